"""What the systems of an environment are made on: one cluster, the registry, and the layers below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi

from infra.components.cluster import Cluster, ClusterArgs
from infra.components.container_service import ContainerService, ContainerServiceArgs, Route
from infra.components.network import Network
from infra.components.role import Grant
from infra.components.service_image import ServiceImage, ServiceImageArgs
from infra.components.table import Table, TableArgs
from infra.config import Settings
from infra.core.contents import REPOSITORY
from infra.layers.data import Data
from infra.layers.edge import Edge
from infra.providers import Images
from interface import names, outputs


@dataclass(frozen=True)
class System:
    """One application as it was built: where it answers, and what it is made of."""

    name: str
    host: str
    services: dict[str, ContainerService]
    images: dict[str, ServiceImage]
    tables: dict[str, Table]

    def output(self) -> outputs.System:
        """Return the system as the stack's outputs show it; the images' digests are outputs still."""
        return {
            "url": f"https://{self.host}",
            "images": {
                name: {"digest": image.digest, "address": image.address}  # type: ignore[typeddict-item]
                for name, image in sorted(self.images.items())
            },
        }


@dataclass(frozen=True)
class Workloads:
    """What a system asks for what it needs; the stack file decides how much of it there is."""

    settings: Settings
    network: Network
    data: Data
    edge: Edge
    cluster: Cluster
    images: Images
    opts: pulumi.ResourceOptions

    def host(self, system: str) -> str:
        """Return the whole host name of a system, and point it at the load balancer."""
        host = f"{self.settings.edge.hosts[system]}.{self.settings.domain}"
        balancer = self.edge.load_balancer
        self.edge.zone.alias(host, dns_name=balancer.dns_name, zone_id=balancer.zone_id)
        return host

    def table(self, name: str, *, hash_key: str) -> Table:
        """Create a table of a system."""
        args = TableArgs(
            hash_key=hash_key,
            key=self.data.key,
            recovery_days=self.settings.data.recovery_days,
            deletion_protection=self.settings.deletion_protection,
        )
        return Table(name, args, self.opts)

    def image(self, service: str) -> ServiceImage:
        """Build the image of `system/service`, or take the release that the stack file pins."""
        organisation, pin = self.settings.organisation, self.settings.artifacts.pin(service)
        args = ServiceImageArgs(
            repository_url=names.repository_url(self.settings.tooling_account, organisation.region, service),
            source=REPOSITORY / names.service_folder(service) if isinstance(pin, str) else pin,
            architecture=self.settings.workloads.architecture,
            login=self.images.login,
        )
        return ServiceImage(service.replace("/", "-"), args, self.images.options())

    def service(
        self,
        service: str,
        *,
        image: ServiceImage,
        port: int,
        host: str,
        paths: tuple[str, ...],
        environment: dict[str, pulumi.Input[str]],
        grants: Sequence[Grant] = (),
    ) -> ContainerService:
        """Run `system/service` behind the load balancer, as big and as many as the stack file says."""
        settings, size = self.settings, self.settings.workloads.services[service]
        args = ContainerServiceArgs(
            network=self.network,
            cluster=self.cluster,
            load_balancer=self.edge.load_balancer,
            key=self.data.key,
            registry_arn=f"arn:aws:ecr:{settings.organisation.region}:{settings.tooling_account}:repository/{service}",
            image=image,
            port=port,
            route=Route(host=host, paths=paths),
            region=settings.organisation.region,
            account=settings.account,
            architecture=settings.workloads.architecture,
            cpu=size.cpu,
            memory=size.memory,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
            log_retention_days=settings.workloads.log_retention_days,
            environment=environment,
            grants=grants,
        )
        return ContainerService(service.replace("/", "-"), args, self.opts)


Architecture = Callable[[Workloads], System]
"""A system of `infra.systems`: what it builds, given what to build on."""


def build(
    settings: Settings, network: Network, data: Data, edge: Edge, images: Images, opts: pulumi.ResourceOptions
) -> Workloads:
    """Create the cluster and return what systems are built on."""
    args = ClusterArgs(
        spot=settings.workloads.spot,
        container_insights=settings.workloads.container_insights,
    )
    cluster = Cluster("cluster", args, opts)
    return Workloads(settings, network, data, edge, cluster, images, opts)
