"""Task definitions: what runs, by image, with what it may use."""

import json
import re
from typing import Any

from localcloud.plugins.aws import drift, shapes
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import ARN, required, when
from localcloud.plugins.aws.services.ecs_tags import TAGS
from localcloud.plugins.aws.steps import tag_parameters
from localcloud.plugins.provider import UNKNOWN

_INPUTS = (
    "family",
    "cpu",
    "memory",
    "networkMode",
    "requiresCompatibilities",
    "executionRoleArn",
    "taskRoleArn",
    "runtimePlatform",
    "ephemeralStorage",
    "volumes",
)
_CONTAINER = "[a-zA-Z0-9_-]{1,255}"
_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
"""Memory in MiB that Fargate allows for CPU units, from AWS's page on task size."""


def _containers(call: Call) -> Any:
    """Return the container definitions as boto3 wants them; a key that AWS does not know is an error."""
    shape = call.client().meta.service_model.operation_model("RegisterTaskDefinition").input_shape
    given = json.loads(call.inputs["containerDefinitions"])
    return shapes.to_boto(shape.members["containerDefinitions"], given, {}, "containerDefinitions")


def _register(call: Call) -> str:
    parameters = call.parameters("register_task_definition", _INPUTS)
    answer = call.api(
        "register_task_definition",
        containerDefinitions=_containers(call),
        **parameters,
        **tag_parameters(call),
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _find(call: Call) -> str | None:
    """Return the family's newest revision if an interrupted run has registered it with just these inputs."""
    newest = call.api("list_task_definitions", familyPrefix=call.inputs["family"], sort="DESC", status="ACTIVE")
    for arn in newest["taskDefinitionArns"][:1]:
        tags = call.api("list_tags_for_resource", resourceArn=arn)["tags"]
        return str(arn) if call.mine(tags) else None
    return None


def _read(call: Call) -> Properties | None:
    live = call.api("describe_task_definition", taskDefinition=call.id)["taskDefinition"]
    if live["status"] != "ACTIVE":
        return None
    arn = str(live["taskDefinitionArn"])
    return {
        **call.properties({key: each for key, each in live.items() if key != "containerDefinitions"}),
        "arn": arn,
        "arnWithoutRevision": arn.rpartition(":")[0],
        "containerDefinitions": json.dumps(live["containerDefinitions"], sort_keys=True),
    }


def _same(given: str, live: str) -> bool:
    """Say whether live containers, as JSON text, are the given ones."""
    return _mean(drift.parsed(given), drift.parsed(live))


def _mean(given: Any, live: Any) -> bool:
    """Say whether live containers are the given ones: what AWS adds is ignored, named lists have no order."""
    if isinstance(given, dict) and isinstance(live, dict):
        return all(_mean(each, live.get(key)) for key, each in given.items())
    if isinstance(given, list) and isinstance(live, list):
        if len(given) != len(live):
            return False
        return all(map(_mean, sorted(given, key=_name), sorted(live, key=_name)))
    if given in (None, "", [], {}):
        return live in (None, "", [], {})
    return str(given).lower() == str(live).lower() if isinstance(given, bool) else str(given) == str(live)


def _name(item: Any) -> str:
    """Return what a list is sorted by: names where its items have them, else nothing, so that the order stays."""
    return str(item.get("name", "")) if isinstance(item, dict) else ""


def _deregister(call: Call) -> None:
    if not (call.inputs.get("skipDestroy") or call.state.get("skipDestroy")):
        call.api("deregister_task_definition", taskDefinition=call.id)


def _parsed(inputs: Properties) -> list[Any]:
    text = inputs.get("containerDefinitions")
    found = drift.parsed(text) if isinstance(text, str) else []
    return found if isinstance(found, list) else []


def _containers_rule(inputs: Properties) -> tuple[str, str] | None:
    """Say what AWS refuses in the containers: no list, no name, no image, none essential."""
    text = inputs.get("containerDefinitions")
    if text is UNKNOWN or text is None:
        return None
    containers = _parsed(inputs)
    if not containers or not all(isinstance(each, dict) for each in containers):
        return "containerDefinitions", "must be the JSON text of a list of at least one container"
    for index, each in enumerate(containers):
        for key in ("name", "image"):
            if not each.get(key):
                return "containerDefinitions", f"container {index} has no {key}"
    if not any(each.get("essential", True) for each in containers):
        return "containerDefinitions", "at least one container must be essential"
    alone = inputs.get("networkMode") == "awsvpc"
    reason = _named(containers) or next(filter(None, (_ports(each, alone) for each in containers)), "")
    return ("containerDefinitions", reason) if reason else None


def _named(containers: list[Any]) -> str:
    names = [str(each["name"]) for each in containers]
    twin = next((name for name in names if names.count(name) > 1), None)
    odd = next((name for name in names if not re.fullmatch(_CONTAINER, name)), None)
    return f"a container's name must match {_CONTAINER}, got {odd!r}" if odd else _twice(twin)


def _twice(name: str | None) -> str:
    return f"two containers are named {name}" if name else ""


def _ports(container: Any, alone: bool) -> str:
    """Say what AWS refuses in a container's ports; a task `alone` at its address (awsvpc) maps no port to another."""
    for each in container.get("portMappings") or ():
        port, host = each.get("containerPort"), each.get("hostPort", 0)
        if isinstance(port, int) and not 0 <= port <= 65535:
            return f"containerPort must be 0 to 65535, got {port}"
        if alone and isinstance(port, int) and host not in (0, None, port):
            return f"hostPort must be the containerPort {port} or absent, got {host}"
        if each.get("protocol", "tcp") not in ("tcp", "udp"):
            return f"protocol must be tcp or udp, got {each['protocol']!r}"
    return ""


def _fargate_size(inputs: Properties) -> tuple[str, str] | None:
    """Say that Fargate has no task of this CPU and memory."""
    if any(inputs.get(name) in (None, UNKNOWN) for name in ("cpu", "memory")):
        return None
    cpu, memory = str(inputs["cpu"]), str(inputs["memory"])
    if not cpu.isdigit() or int(cpu) not in _MEMORY:
        return "cpu", f"must be one of {', '.join(map(str, _MEMORY))} on Fargate, got {cpu!r}"
    allowed = _MEMORY[int(cpu)]
    if not memory.isdigit() or int(memory) not in allowed:
        return "memory", f"must be one of {', '.join(map(str, allowed))} for {cpu} CPU units, got {memory!r}"
    return None


def _execution_role(inputs: Properties) -> tuple[str, str] | None:
    """Say that Fargate cannot pull, log or read secrets for the containers without an execution role."""
    if inputs.get("executionRoleArn") is not None:
        return None
    for each in _parsed(inputs):
        logs = (each.get("logConfiguration") or {}).get("logDriver") == "awslogs"
        if logs or each.get("secrets") or ".dkr.ecr." in str(each.get("image")):
            return "executionRoleArn", "is required on Fargate for images of ECR, logs and secrets"
    return None


def _on_fargate(rule: Any) -> Any:
    """Return a rule that holds only for Fargate."""

    def guarded(inputs: Properties) -> Any:
        kinds = inputs.get("requiresCompatibilities")
        return rule(inputs) if isinstance(kinds, list) and "FARGATE" in kinds else None

    return guarded


ENTRIES = (
    Entry(
        token="aws:ecs/taskDefinition:TaskDefinition",
        service="ecs",
        cfn="AWS::ECS::TaskDefinition",
        inputs=(*_INPUTS, "containerDefinitions", "skipDestroy", "trackLatest"),
        local=("skipDestroy", "trackLatest"),
        create=_register,
        read=_read,
        delete=_deregister,
        find=_find,
        tags=TAGS,
        json=("containerDefinitions",),
        same={"containerDefinitions": _same},
        sets=("requiresCompatibilities", "volumes"),
        refused={
            f"volumes[*].{name}": "tasks of the embedded cloud have volumes of their own only"
            for name in (
                "configureAtLaunch",
                "dockerVolumeConfiguration",
                "efsVolumeConfiguration",
                "fsxWindowsFileServerVolumeConfiguration",
                "hostPath",
                "s3filesVolumeConfiguration",
            )
        },
        limits={
            "ephemeralStorage.sizeInGib": {"minimum": 21, "maximum": 200},
            "executionRoleArn": ARN,
            "family": {"pattern": "^[0-9A-Za-z_-]*$", "maxLength": 255},
            "taskRoleArn": ARN,
        },
        rules=(
            _containers_rule,
            _on_fargate(required("cpu", "memory", "networkMode")),
            _on_fargate(when("networkMode", ("bridge", "host", "none"), lambda _: ("networkMode", "must be awsvpc"))),
            _on_fargate(_fargate_size),
            _on_fargate(_execution_role),
        ),
        unlike=(
            "its id is its ARN; on AWS it is the family",
            "CPU and memory are not enforced",
        ),
    ),
)
