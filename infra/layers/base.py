"""What everything of a system is built on: the stack file, and the layers below."""

from dataclasses import dataclass

import pulumi

from infra.components.network import Network
from infra.components.zip_artifact import ZipArtifact, ZipArtifactArgs
from infra.config import Settings
from infra.core.contents import REPOSITORY
from infra.layers.data import Data
from infra.layers.edge import Edge
from infra.layers.stores import Stores
from infra.providers import Images
from interface import names


@dataclass(frozen=True)
class Base:
    """The settings and the layers below."""

    settings: Settings
    network: Network
    data: Data
    edge: Edge
    stores: Stores
    images: Images
    opts: pulumi.ResourceOptions

    def host(self, system: str) -> str:
        """Return the whole host name of a system."""
        return f"{self.settings.edge.hosts[system]}.{self.settings.domain}"

    def zip(self, service: str) -> ZipArtifact:
        """Take the zip of `system/service`: of the sources at hand, or of the release that the stack file pins."""
        pin = self.settings.artifacts.pin(service)
        args = ZipArtifactArgs(
            service=service,
            bucket=names.artifact_bucket(self.settings.tooling_account, self.settings.organisation.region),
            region=self.settings.organisation.region,
            account=self.settings.tooling_account,
            source=REPOSITORY / names.service_folder(service) if isinstance(pin, str) else pin,
        )
        return ZipArtifact(service.replace("/", "-"), args, self.opts)
