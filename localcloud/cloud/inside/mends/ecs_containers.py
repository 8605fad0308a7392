"""ECS: containers run as their definition says, from our registry, and know the cloud's address."""

import contextlib
import threading
import time
from typing import Any

from ..addresses import registry_address
from ..network import Gateway
from ..removal import surely
from ..settings import SETTINGS
from .mend import Mend

STOP_LABEL = "slipway.stop-seconds"
STOP_SECONDS = 10
LAST_WORDS_SECONDS = 3
NANOSECONDS = 1_000_000_000

gateway: Gateway | None = None
"""How containers reach this process; set before the server starts, nothing without Docker."""


def _definition_honoured(ecs: Any) -> None:
    build = ecs._build_run_kwargs
    sources = ecs._docker_binds_from_taskdef

    def run_arguments(definition: dict[str, Any], task_definition: dict[str, Any], *rest: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = build(definition, task_definition, *rest)
        for name, key in (("entrypoint", "entryPoint"), ("user", "user"), ("working_dir", "workingDirectory")):
            if definition.get(key):
                arguments[name] = definition[key]
        if definition.get("readonlyRootFilesystem"):
            arguments["read_only"] = True
        if (definition.get("linuxParameters") or {}).get("initProcessEnabled"):
            arguments["init"] = True
        arguments["healthcheck"] = docker_health_check(definition.get("healthCheck"))
        arguments["labels"][STOP_LABEL] = str(definition.get("stopTimeout", STOP_SECONDS))
        return arguments

    def binds(task_definition: dict[str, Any], definition: dict[str, Any]) -> list[str]:
        empty = {each["name"] for each in task_definition.get("volumes", []) if not (each.get("host") or {})}
        scratch = [
            mount["containerPath"] for mount in definition.get("mountPoints", []) if mount["sourceVolume"] in empty
        ]
        return [*sources(task_definition, definition), *scratch]

    ecs._build_run_kwargs, ecs._docker_binds_from_taskdef = run_arguments, binds


def docker_health_check(check: dict[str, Any] | None) -> dict[str, Any]:
    """Return an ECS health check as Docker takes it; without one the image's own is switched off, as ECS does."""
    if not check:
        return {"test": ["NONE"]}
    return {
        "test": check["command"],
        "interval": check.get("interval", 30) * NANOSECONDS,
        "timeout": check.get("timeout", 5) * NANOSECONDS,
        "retries": check.get("retries", 3),
        "start_period": check.get("startPeriod", 0) * NANOSECONDS,
    }


def _environment(ecs: Any) -> None:
    register = ecs._register_metadata

    def register_metadata(
        arn: str, cluster: str, task: Any, definition: Any, launch: str, env: dict[str, str], host: bool, ip: str | None
    ) -> str:
        own = gateway if not host else None
        token: str = register(arn, cluster, task, definition, launch, env, host, own.address if own else ip)
        for refused in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
            env.pop(refused, None)  # SDKs refuse credentials from an address that is not one of ECS's own
        if own:
            env["AWS_ENDPOINT_URL"] = own.endpoint
            env["ECS_CONTAINER_METADATA_URI_V4"] = f"{own.endpoint}/v4/{token}"
        env["AWS_ACCESS_KEY_ID"] = ecs.get_account_id()
        env["AWS_SECRET_ACCESS_KEY"] = "embedded"  # noqa: S105  # any text does, it protects nothing
        env.setdefault("AWS_REGION", ecs.get_region())
        env.setdefault("AWS_DEFAULT_REGION", ecs.get_region())
        return token

    ecs._register_metadata = register_metadata


def _images(ecs: Any) -> None:
    run = ecs._run_docker_container

    def run_container(
        client: Any, definition: dict[str, Any], arguments: dict[str, Any], *, refresh_image: bool = False, **rest: Any
    ) -> Any:
        image = registry_address(definition["image"], SETTINGS.address)
        pull = image != definition["image"] or image.startswith(f"{SETTINGS.address}/") or not is_local(client, image)
        return run(client, {**definition, "image": image}, arguments, refresh_image=pull and refresh_image, **rest)

    ecs._run_docker_container = run_container
    ecs._supports_image_resolution = lambda context, task_definition: False


def is_local(client: Any, image: str) -> bool:
    """Say whether the engine has the image already."""
    from docker.errors import DockerException

    try:
        client.images.get(image)
    except DockerException:
        return False
    return True


def _secure_strings(ssm: Any) -> None:
    resolve = ssm.resolve_parameter_value

    def resolve_parameter_value(name: str, version: Any = None, decrypt: bool = True) -> Any:
        return resolve(name, version, decrypt)

    ssm.resolve_parameter_value = resolve_parameter_value


def _removal(ecs: Any) -> None:
    cleanup = ecs._cleanup_task_resources

    def remove(client: Any, container: Any) -> None:
        if client is not None and container is not None:
            surely(lambda: end(client, container), f"container {getattr(container, 'id', container)}")

    def end(client: Any, container: Any) -> None:
        from docker.errors import DockerException

        try:
            found = client.containers.get(getattr(container, "id", container))
            with contextlib.suppress(DockerException):
                found.stop(timeout=int(found.labels.get(STOP_LABEL, STOP_SECONDS)))
            found.remove(v=True, force=True)
        except DockerException as error:
            ecs.logger.debug("ECS: %s is gone by itself: %s", container, error)

    def cleanup_later(task: dict[str, Any], client: Any, extra_container: Any = None) -> None:
        client = client or ecs._get_docker()
        seconds = linger_seconds(ecs, task)  # here, where the account of the task is known

        def work() -> None:
            time.sleep(seconds)
            cleanup(task, client, extra_container)

        threading.Thread(target=work, daemon=True, name="slipway-remove").start()

    ecs._remove_docker_container, ecs._cleanup_task_resources = remove, cleanup_later


def linger_seconds(ecs: Any, task: dict[str, Any]) -> float:
    """Return how long a stopped task's containers stay: as long as their targets drain, else for their last lines."""
    if task.get("stopCode") != "UserInitiated":
        return LAST_WORDS_SECONDS
    cluster = ecs._cluster_name_from_arn(task.get("clusterArn", ""))
    service = ecs._services.get(f"{cluster}/{task.get('group', '').removeprefix('service:')}")
    if not service or service["status"] != "ACTIVE" or not service.get("loadBalancers"):
        return 0
    from ministack.services import alb

    from .elbv2_targets import drain_seconds

    return max((drain_seconds(alb, each.get("targetGroupArn", "")) for each in service["loadBalancers"]), default=0)


MENDS = (
    Mend(
        "entry point, user, working directory, read-only root, health check, stop timeout and empty volumes count",
        "only the command, binds of host folders and a few Linux parameters do",
        "ministack.services.ecs",
        {"_build_run_kwargs": "25f7593b8823", "_docker_binds_from_taskdef": "55a7d8645428"},
        _definition_honoured,
    ),
    Mend(
        "a container finds the cloud at the bridge's gateway, with the credentials of its task's account",
        "it is sent to host.docker.internal and to a credentials address that SDKs refuse",
        "ministack.services.ecs",
        {"_register_metadata": "7778fecfed8b"},
        _environment,
    ),
    Mend(
        "ECR names are pulled from our registry; an image that the engine has and no registry of ours is not pulled",
        "every name is looked up three times and pulled, 5 s for one that leads nowhere",
        "ministack.services.ecs",
        {
            "_run_docker_container": "9630f0c32368",
            "_supports_image_resolution": "5b75917347c3",
            "_deployment_needs_first_task": "e9770703048a",
        },
        _images,
    ),
    Mend(
        "a SecureString reaches a container in clear",
        "the container gets `ENCRYPTED:` and base64",
        "ministack.services.ssm",
        {"resolve_parameter_value": "2ec29b9fcbad"},
        _secure_strings,
    ),
    Mend(
        "containers of a stopped task are removed in the background, after their targets have drained",
        "the call that stops them waits until the last one is dead",
        "ministack.services.ecs",
        {
            "_remove_docker_container": "209837990b2f",
            "_cleanup_task_resources": "077c78a7702a",
            "_stop_task": "06eb83088bbc",
        },
        _removal,
    ),
)
