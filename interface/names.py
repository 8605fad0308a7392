"""Names that the program and the pipelines must spell alike."""

from typing import Final

SYSTEMS: Final[dict[str, tuple[str, ...]]] = {"counter": ("backend", "frontend")}
"""Every application and its services; a service is called `system/service` everywhere."""

SERVICE_IMAGE_TYPE: Final = "platform:workloads:ServiceImage"
CONTAINER_SERVICE_TYPE: Final = "platform:workloads:ContainerService"
TABLE_TYPE: Final = "platform:data:Table"
LOAD_BALANCER_TYPE: Final = "platform:edge:LoadBalancer"
"""Type tokens of components that the pipelines look for in a stack's state."""

TOOLING: Final = "tooling"
"""The account and the stack that own what all environments share."""


def services() -> tuple[str, ...]:
    """Return every service of every system as `system/service`, in a stable order."""
    return tuple(f"{system}/{service}" for system in sorted(SYSTEMS) for service in sorted(SYSTEMS[system]))


def service_folder(service: str) -> str:
    """Return where the sources of `system/service` lie, relative to the repository."""
    return f"services/{service}"


def registry_host(account: str, region: str) -> str:
    """Return the host name of an account's container registry."""
    return f"{account}.dkr.ecr.{region}.amazonaws.com"


def repository_url(account: str, region: str, service: str) -> str:
    """Return the image name, without tag or digest, of `system/service` in the registry of `account`."""
    return f"{registry_host(account, region)}/{service}"


def environment_domain(environment: str, domain: str) -> str:
    """Return the zone of an environment: `dev.slipway.example`."""
    return f"{environment}.{domain}"


def delegation_role_name(environment: str) -> str:
    """Return the name of the tooling account's role that writes an environment's NS record."""
    return f"{environment}-delegation"


def delegation_role_arn(tooling_account: str, environment: str) -> str:
    """Return the ARN of the role of `delegation_role_name`; known before the role exists."""
    return f"arn:aws:iam::{tooling_account}:role/{delegation_role_name(environment)}"


def deploy_role_name(environment: str) -> str:
    """Return the name of the tooling account's role that the repository's workflows take for one environment."""
    return f"{environment}-deploy"


def deploy_target_role_arn(account: str) -> str:
    """Return the ARN of the role in the environment's own account that a deploy role goes on to."""
    return f"arn:aws:iam::{account}:role/slipway-deploy"
