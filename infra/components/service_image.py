"""A service's container image in the organisation's registry; stateful: kept when the stack is gone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pulumi
import pulumi_docker_build as docker_build

from infra.core.contents import DOCKERFILE, content_address, normalised_context
from infra.core.questions import ask
from infra.core.resources import Component
from interface.names import SERVICE_IMAGE_TYPE
from interface.pins import Release

Architecture = Literal["x86_64", "arm64"]

PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
READ_REGISTRY = "docker:index/getRegistryImage:getRegistryImage"
"""pulumi-docker's function."""
BUILD_CA = "SLIPWAY_BUILD_CA"
"""The environment variable with the path of a certificate bundle, for networks that inspect TLS."""


@dataclass(frozen=True, kw_only=True)
class RegistryLogin:
    """How to speak to the registry: its host, and credentials that are good for some hours."""

    host: str
    username: pulumi.Input[str]
    password: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class ServiceImageArgs:
    """Where an image comes from: from a folder of sources, or from the registry by its digest."""

    repository_url: str
    """The image's name without tag and digest."""
    source: Path | Release
    """A folder with a Dockerfile, which is built and pushed, or a release, which must be in the registry already."""
    architecture: Architecture
    """What it is built for; the same setting decides what tasks run on."""
    login: RegistryLogin

    def __post_init__(self) -> None:
        """Refuse a folder that nothing can be built from."""
        if isinstance(self.source, Path) and not (self.source / DOCKERFILE).is_file():
            raise ValueError(f"{self.source} has no {DOCKERFILE}")


class ServiceImage(Component):
    """A stateful image, tagged with the content address of its sources, and used by digest only.

    The address is known at preview; an image is built during an update, and only when its address is new. A
    release that the registry does not hold ends the preview in one line.
    """

    TYPE = SERVICE_IMAGE_TYPE

    def __init__(self, name: str, args: ServiceImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.address: str
        self.digest: pulumi.Output[str]
        if isinstance(args.source, Release):
            self.address = args.source.address
            self.digest = self._find(args.repository_url, args.source)
        else:
            self.address = content_address(args.source)
            self.digest = self._build(args, args.source).digest
        self.uri = pulumi.Output.concat(args.repository_url, "@", self.digest)
        self.publish({"address": self.address, "digest": self.digest, "uri": self.uri})

    def _build(self, args: ServiceImageArgs, folder: Path) -> "docker_build.Image":
        # The return type is text: a stack of releases needs no class of the builder's.
        # Relative to the program's folder, so that the state is the same whichever machine wrote it.
        context = os.path.relpath(normalised_context(folder, self.address))
        secrets = _build_secrets()
        return docker_build.Image(
            self.name,
            tags=[f"{args.repository_url}:{self.address}"],
            context={"location": context},
            dockerfile={"location": f"{context}/{DOCKERFILE}"},
            platforms=[PLATFORMS[args.architecture]],
            registries=[{"address": args.login.host, "username": args.login.username, "password": args.login.password}],
            secrets=secrets or None,
            ignore_secrets_in_diff_calculation=sorted(secrets) or None,
            push=True,
            build_on_preview=False,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

    def _find(self, repository_url: str, release: Release) -> pulumi.Output[str]:
        tagged = f"{repository_url}:{release.address}"

        def confirmed(answer: Mapping[str, Any]) -> str:
            if answer["sha256Digest"] != release.digest:
                raise pulumi.RunError(f"{tagged}: pinned {release.digest}, the registry holds {answer['sha256Digest']}")
            return release.digest

        return ask(
            READ_REGISTRY,
            {"name": tagged},
            pulumi.InvokeOptions(parent=self),
            read=confirmed,
            failure=f"{tagged}: the registry does not hold this release",
        )


def _build_secrets() -> dict[str, pulumi.Output[str]]:
    """Return the BuildKit secrets of a build: `ca`, where a bundle is named by the environment."""
    bundle = os.environ.get(BUILD_CA)
    return {"ca": pulumi.Output.secret(Path(bundle).read_text())} if bundle else {}
