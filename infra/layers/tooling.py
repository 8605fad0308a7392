"""What the organisation has once: registries, zips, the root zone, and the roles by which environments reach them."""

import pulumi

from infra.components.artifact_store import ArtifactStore, ArtifactStoreArgs
from infra.components.delegation import Delegation, DelegationArgs
from infra.components.deploy_roles import DeployRoles, DeployRolesArgs
from infra.components.registry import Registry, RegistryArgs
from infra.components.zone import Zone, ZoneArgs
from infra.config import Settings
from infra.layers.data import Data
from interface import names, outputs


def build(settings: Settings, data: Data, opts: pulumi.ResourceOptions) -> outputs.ToolingFoundation:
    """Create the organisation's shared things and return what the stack's outputs say of them."""
    organisation = settings.organisation
    environments = settings.environments()
    zone = Zone("root", ZoneArgs(domain=settings.domain, deletion_protection=settings.deletion_protection), opts)
    for environment, account in environments.items():
        args = DelegationArgs(environment=environment, environment_account=account, zone=zone)
        Delegation(f"{environment}-delegation", args, opts)
    DeployRoles("deploy", DeployRolesArgs(repository=organisation.repository, accounts=environments), opts)
    for service in names.images():
        _registry(service, settings, data, opts)
    _artifacts(settings, data, opts)
    return {
        "account": settings.account,
        "region": organisation.region,
        "domain": settings.domain,
        "name_servers": zone.name_servers,  # type: ignore[typeddict-item]  # an output still
        "repositories": {
            service: names.repository_url(settings.account, organisation.region, service) for service in names.images()
        },
        "artifacts": names.artifact_bucket(settings.account, organisation.region),
    }


def _artifacts(settings: Settings, data: Data, opts: pulumi.ResourceOptions) -> ArtifactStore:
    accounts = settings.organisation.accounts
    args = ArtifactStoreArgs(
        bucket=names.artifact_bucket(settings.account, settings.organisation.region),
        key=data.key,
        readers=tuple(settings.environments().values()),
        writers=tuple(accounts[name] for name in settings.organisation.builders),
        deletion_protection=settings.deletion_protection,
    )
    return ArtifactStore("artifacts", args, opts)


def _registry(service: str, settings: Settings, data: Data, opts: pulumi.ResourceOptions) -> Registry:
    accounts = settings.organisation.accounts
    args = RegistryArgs(
        repository=service,
        key=data.key,
        readers=tuple(settings.environments().values()),
        writers=tuple(accounts[name] for name in settings.organisation.builders),
        deletion_protection=settings.deletion_protection,
    )
    return Registry(service.replace("/", "-"), args, opts)
