"""The providers of a stack: the only place that says which account and region things are made in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pulumi_docker_build as docker_build

from infra.components.service_image import RegistryLogin
from infra.config.sections import Settings
from infra.core.tags import default_tags
from interface.names import delegation_role_arn, registry_host
from interface.pins import Release


def home(settings: Settings) -> aws.Provider:
    """Return the provider of the stack's own account; it refuses the credentials of any other."""
    return aws.Provider(
        "aws",
        region=settings.organisation.region,
        allowed_account_ids=[settings.account],
        default_tags={"tags": _tags(settings)},
    )


def delegation(settings: Settings) -> aws.Provider:
    """Return the provider that writes the environment's NS record: the tooling account, by a role made for that."""
    role = delegation_role_arn(settings.tooling_account, settings.stack.environment)
    return aws.Provider(
        "aws-delegation",
        region=settings.organisation.region,
        allowed_account_ids=[settings.tooling_account],
        assume_roles=[{"role_arn": role, "session_name": f"slipway-{settings.stack.environment}"}],
        default_tags={"tags": _tags(settings)},
    )


@dataclass(frozen=True)
class Images:
    """The providers that build, push and read images, and the login that they use."""

    read: docker.Provider
    login: RegistryLogin

    @cached_property
    def build(self) -> docker_build.Provider:
        """The provider that builds; a stack that runs releases alone never starts it."""
        return docker_build.Provider("docker-build")

    def options(self, source: Path | Release) -> pulumi.ResourceOptions:
        """Return the options of a component that builds a source's image, or reads a release's."""
        return pulumi.ResourceOptions(providers=[self.read] if isinstance(source, Release) else [self.read, self.build])


def images(settings: Settings, provider: aws.Provider) -> Images:
    """Log in to the organisation's registry with the stack's own credentials, by a token of twelve hours."""
    token = aws.ecr.get_authorization_token_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    login = RegistryLogin(
        host=registry_host(settings.tooling_account, settings.organisation.region),
        username=token.user_name,
        password=pulumi.Output.secret(token.password),
    )
    read = docker.Provider(
        "docker",
        disable_docker_daemon_check=True,  # it only asks registries, so that a preview needs no Docker
        registry_auth=[{"address": login.host, "username": login.username, "password": login.password}],
    )
    return Images(read=read, login=login)


def _tags(settings: Settings) -> dict[str, str]:
    return default_tags(environment=settings.stack.environment, repository=settings.organisation.repository)
