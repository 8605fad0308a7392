"""Names that the program and the pipelines must spell alike."""

from collections.abc import Sequence
from typing import Final

SYSTEMS: Final[dict[str, tuple[str, ...]]] = {
    "anythingyouwantt": ("frontend", "mail-service", "rest-api"),
    "counter": ("backend", "frontend"),
    "ewelists": (),
    "market": ("activity", "client", "market-api", "tasks-api"),
    "planner": (),
}
"""Every application and its services in containers; a service is called `system/service` everywhere."""

IMAGE_OF: Final[dict[str, str]] = {"market/activity": "market/tasks-api"}
"""Services that run the image of another one, with a command of their own."""

PLATFORM: Final = "platform"
"""Goes before the names of services that every environment runs for all its systems."""

DEPLOY_STEPS: Final = f"{PLATFORM}/deploy-steps"
"""The function of an environment that does what a deploy needs inside the network."""

COLLECTOR: Final = f"{PLATFORM}/collector"
"""The image that takes an environment's traces and reads its metrics."""

OBSERVED: Final[tuple[str, ...]] = ("anythingyouwantt", "market")
"""Systems whose metrics and traces the collector takes: an environment without any of them has none."""

CANARY: Final = f"{PLATFORM}/canary"
"""The function of an environment that visits its systems as anybody would."""

ZIPS: Final[tuple[str, ...]] = ("ewelists/api", "planner/api", CANARY, DEPLOY_STEPS)
"""What is shipped as a zip for Lambda, called like services: `system/service`."""

SITES: Final[tuple[str, ...]] = ("ewelists/web", "planner/web")
"""Browser applications of files alone, called like services; a site's zip holds what its build leaves in `dist`."""

SERVERLESS: Final[tuple[str, ...]] = ("ewelists",)
"""Systems that need no container at all, neither of their own nor of a store that they use."""

FUNCTIONS: Final[dict[str, str]] = {
    "ewelists/api": "ewelists/api",
    "ewelists/sign-up": "ewelists/api",
    "planner/api": "planner/api",
    "planner/migrate": "planner/api",
    "planner/scan": "planner/api",
    CANARY: CANARY,
}
"""Functions that answer or work while an environment runs, with the zip of each."""

SERVICE_IMAGE_TYPE: Final = "platform:workloads:ServiceImage"
CONTAINER_SERVICE_TYPE: Final = "platform:workloads:ContainerService"
TABLE_TYPE: Final = "platform:data:Table"
LOAD_BALANCER_TYPE: Final = "platform:edge:LoadBalancer"
WORKER_TYPE: Final = "platform:workloads:Worker"
FUNCTION_TYPE: Final = "platform:workloads:Function"
"""Type tokens of components that the pipelines look for in a stack's state."""

TOOLING: Final = "tooling"
"""The account and the stack that own what all environments share."""


def services() -> tuple[str, ...]:
    """Return every service of every system as `system/service`, in a stable order."""
    return tuple(f"{system}/{service}" for system in sorted(SYSTEMS) for service in sorted(SYSTEMS[system]))


def images() -> tuple[str, ...]:
    """Return what is shipped as an image: services that have one of their own, in a stable order, and the collector."""
    return (*(service for service in services() if service not in IMAGE_OF), COLLECTOR)


def artifacts(systems: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return what a stack file pins: images, zips, sites; or what a stack that carries some systems needs of it."""
    return tuple(name for name in (*images(), *ZIPS, *SITES) if carried(name, systems))


def carried(service: str, systems: Sequence[str] | None) -> bool:
    """Say whether a stack that carries these systems (all, where none are named) needs what `system/service` ships."""
    if systems is None:
        return True
    if service == COLLECTOR:
        return not set(OBSERVED).isdisjoint(systems)
    return service.partition("/")[0] in (*systems, PLATFORM)


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


def internal_domain(environment: str) -> str:
    """Return what names end in by which services of an environment find each other: `dev.internal`."""
    return f"{environment}.internal"


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


def artifact_bucket(tooling_account: str, region: str) -> str:
    """Return the name of the tooling account's bucket of zips; known before the bucket exists."""
    return f"slipway-artifacts-{tooling_account}-{region}"


def artifact_key(service: str, address: str) -> str:
    """Return where the zip of `system/service` with a content address lies in the bucket of artifacts."""
    return f"{service}/{address}.zip"
