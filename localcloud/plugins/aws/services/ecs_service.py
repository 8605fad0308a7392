"""Services: so many tasks of a definition, kept running, rolled over, registered with load balancers."""

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import conflict, needs, required, value, when
from localcloud.plugins.aws.services.ecs import strategy_limits
from localcloud.plugins.aws.services.ecs_tags import TAGS
from localcloud.plugins.aws.steps import tag_parameters

_PLAIN = (
    "taskDefinition",
    "desiredCount",
    "platformVersion",
    "loadBalancers",
    "healthCheckGracePeriodSeconds",
    "enableEcsManagedTags",
    "enableExecuteCommand",
    "propagateTags",
    "capacityProviderStrategies",
    "availabilityZoneRebalancing",
    "serviceRegistries",
)
"""Inputs that both create_service and update_service take as they are."""
_ONCE = ("name", "cluster", "launchType", "schedulingStrategy", "deploymentController")
_DEPLOYMENT = (
    "deploymentMinimumHealthyPercent",
    "deploymentMaximumPercent",
    "deploymentCircuitBreaker",
    "deploymentConfiguration",
    "alarms",
)
_LOCAL = ("forceDelete", "forceNewDeployment", "triggers", "waitForSteadyState")
_RENAME = {
    "name": "serviceName",
    "arn": "serviceArn",
    "enableEcsManagedTags": "enableECSManagedTags",
    "capacityProviderStrategies": "capacityProviderStrategy",
}


def _cluster(call: Call) -> str:
    """Return the service's cluster: from inputs or state, else from the ARN `…:service/CLUSTER/NAME`."""
    known = call.inputs.get("cluster") or call.state.get("cluster")
    return str(known or (call.id.split("/")[1] if call.id.count("/") == 2 else "default"))


def _live(call: Call, service: str) -> Properties | None:
    answer = call.api("describe_services", cluster=_cluster(call), services=[service], include=["TAGS"])
    return next((dict(each) for each in answer["services"] if each["status"] != "INACTIVE"), None)


def _find(call: Call) -> str | None:
    live = _live(call, call.inputs["name"])
    return str(live["serviceArn"]) if live and call.mine(live.get("tags")) else None


def _settings(call: Call) -> Properties:
    """Return deployment and network settings, which Pulumi has flat and AWS nested."""
    found: Properties = {}
    network = call.inputs.get("networkConfiguration")
    if network:
        inner: Properties = {key: network[key] for key in ("subnets", "securityGroups") if network.get(key)}
        inner["assignPublicIp"] = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        found["networkConfiguration"] = {"awsvpcConfiguration": inner}
    deployment = dict(call.inputs.get("deploymentConfiguration") or {})
    for name, key in (
        ("deploymentMaximumPercent", "maximumPercent"),
        ("deploymentMinimumHealthyPercent", "minimumHealthyPercent"),
        ("deploymentCircuitBreaker", "deploymentCircuitBreaker"),
        ("alarms", "alarms"),
    ):
        if call.inputs.get(name) is not None:
            deployment[key] = call.inputs[name]
    if deployment:
        values = {"deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100, **deployment}}
        found |= call.parameters("create_service", ("deploymentConfiguration",), values=values)
    return found


def _create(call: Call) -> str:
    answer = call.api(
        "create_service",
        **{
            "desiredCount": 0,
            **call.parameters("create_service", (*_ONCE, *_PLAIN), _RENAME),
        },
        **_settings(call),
        **tag_parameters(call),
    )
    return str(answer["service"]["serviceArn"])


def _update(call: Call) -> None:
    """Send what changed, so that a count owned by auto scaling stays as it is."""
    changed = [name for name in _PLAIN if call.changed(name)]
    parameters = call.parameters("update_service", changed, _RENAME)
    settings = _settings(call)
    if call.changed("networkConfiguration") and "networkConfiguration" in settings:
        parameters["networkConfiguration"] = settings["networkConfiguration"]
    if call.changed(*_DEPLOYMENT) and "deploymentConfiguration" in settings:
        parameters["deploymentConfiguration"] = settings["deploymentConfiguration"]
    for name in ("loadBalancers", "serviceRegistries"):
        if name in changed and not call.inputs.get(name):
            parameters[name] = []
    if call.inputs.get("forceNewDeployment") and (parameters or call.changed("triggers")):
        parameters["forceNewDeployment"] = True
    if _broken(call):
        parameters["forceNewDeployment"] = True  # AWS tries a definition that failed no second time by itself
    if parameters:
        call.api("update_service", cluster=_cluster(call), service=call.id, **parameters)


def _settle(call: Call) -> None:
    """Wait for the rollout when the program asks for it; a failed or rolled-back one says why."""
    if call.inputs.get("waitForSteadyState"):
        call.wait(lambda: _is_steady(call), f"service {call.id.rpartition('/')[2]} to be steady", 0.25)


def _is_steady(call: Call) -> bool:
    live = _live(call, call.id)
    if live is None:
        raise Trouble(f"service {call.id} is gone")
    deployments = live.get("deployments", [])
    primary = _primary(live)
    if not primary:
        return False
    wanted = str(call.inputs.get("taskDefinition", ""))
    if primary.get("rolloutState") == "FAILED" or _is_rolled_back(deployments, primary, wanted):
        raise Trouble(f"service {live['serviceName']} did not become steady: {_why(live, deployments)}")
    running = live["runningCount"] == live["desiredCount"] and not live.get("pendingCount")
    alone = all(each is primary or not each.get("runningCount") for each in deployments)
    return running and alone and primary.get("rolloutState", "COMPLETED") == "COMPLETED"


def _primary(live: Properties) -> Properties:
    """Return the deployment that the service is on; empty while there is none."""
    return next((each for each in live.get("deployments", []) if each["status"] == "PRIMARY"), {})


def _broken(call: Call) -> str | None:
    """Say why the rollout failed, when there was nothing to go back to: nobody starts the missing tasks any more."""
    live = _live(call, call.id)
    if live is None or _primary(live).get("rolloutState") != "FAILED" or live["runningCount"] >= live["desiredCount"]:
        return None
    return f"service {live['serviceName']} has failed: {_why(live, live['deployments'])}"


def _is_rolled_back(deployments: list[Properties], primary: Properties, wanted: str) -> bool:
    """Say whether the circuit breaker has gone back: what we asked for has failed and is not the primary one."""
    if not wanted.startswith("arn:") or primary["taskDefinition"] == wanted:
        return False
    return any(each["taskDefinition"] == wanted and each.get("rolloutState") == "FAILED" for each in deployments)


def _why(live: Properties, deployments: list[Properties]) -> str:
    """Return the reason of the failed deployment and the newest events, which name the tasks that stopped."""
    reasons = [each.get("rolloutStateReason", "") for each in deployments if each.get("rolloutState") == "FAILED"]
    events = [each["message"] for each in live.get("events", [])[:4]]
    return "; ".join(dict.fromkeys(filter(None, [*reasons, *events]))) or "no reason was given"


def _read(call: Call) -> Properties | None:
    live = _live(call, call.id)
    if live is None:
        return None
    found = call.properties({key: each for key, each in live.items() if key not in _NESTED}, _RENAME)
    deployment = live.get("deploymentConfiguration", {})
    network = live.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network:
        public = network.get("assignPublicIp") == "ENABLED"
        found["networkConfiguration"] = {**network, "assignPublicIp": public}
    found |= {
        "cluster": live["clusterArn"],
        "deploymentMaximumPercent": deployment.get("maximumPercent"),
        "deploymentMinimumHealthyPercent": deployment.get("minimumHealthyPercent"),
        "deploymentCircuitBreaker": deployment.get("deploymentCircuitBreaker"),
        "alarms": deployment.get("alarms"),
        "deploymentConfiguration": deployment,
        "launchType": live.get("launchType"),
    }
    return found


_NESTED = ("networkConfiguration", "deploymentConfiguration", "deployments", "events", "tags")


def _names(given: str, live: str) -> bool:
    """Say whether a program's name of a cluster or definition is that of a live ARN; a family means any revision."""
    name = live.rpartition("/")[2]
    return given in (live, name, name.partition(":")[0])


def _delete(call: Call) -> None:
    """Scale down, end, and wait until it is inactive."""
    live = _live(call, call.id)
    if live is None:
        return
    forced = bool(call.inputs.get("forceDelete"))
    if live["status"] == "ACTIVE":
        if not forced and live.get("schedulingStrategy") != "DAEMON":
            call.api("update_service", cluster=_cluster(call), service=call.id, desiredCount=0)
        call.api("delete_service", cluster=_cluster(call), service=call.id, force=forced)
    call.wait(lambda: _live(call, call.id) is None, f"the end of service {call.id.rpartition('/')[2]}")


def _percents(inputs: Properties) -> tuple[str, str] | None:
    """Say that a rollout could never move: as many tasks must stay as there may be."""
    low, high = inputs.get("deploymentMinimumHealthyPercent", 100), inputs.get("deploymentMaximumPercent", 200)
    if isinstance(low, int) and isinstance(high, int) and high <= low and high <= 100:
        return "deploymentMaximumPercent", f"must leave room above {low} %, got {high}"
    return None


ENTRIES = (
    Entry(
        token="aws:ecs/service:Service",
        service="ecs",
        cfn="AWS::ECS::Service",
        names={"name": "ServiceName"},
        inputs=(*_ONCE, *_PLAIN, *_DEPLOYMENT, "networkConfiguration", *_LOCAL),
        local=_LOCAL,
        create=_create,
        update=_update,
        settle=_settle,
        broken=_broken,
        read=_read,
        delete=_delete,
        find=_find,
        name=Name(longest=255, pattern=r"[a-zA-Z0-9_-]+"),
        tags=TAGS,
        same={"cluster": _names, "taskDefinition": _names},
        replace={"deploymentController": "AWS has no call for it"},
        sets=(
            "networkConfiguration.subnets",
            "networkConfiguration.securityGroups",
            "capacityProviderStrategies",
            "loadBalancers",
            "alarms.alarmNames",
        ),
        defaults={
            "deploymentMaximumPercent": 200,
            "deploymentMinimumHealthyPercent": 100,
            "enableExecuteCommand": False,
            "enableEcsManagedTags": False,
            "schedulingStrategy": "REPLICA",
        },
        limits={
            **strategy_limits("capacityProviderStrategies"),
            "serviceRegistries.registryArn": {"pattern": r"^arn:aws:servicediscovery:[a-z0-9-]+:\d{12}:service/srv-.+"},
            "loadBalancers[*].containerPort": {"minimum": 0, "maximum": 65535},
            "networkConfiguration.securityGroups": {"maxItems": 5},
            "networkConfiguration.subnets": {"maxItems": 16},
            "propagateTags": {"enum": ["SERVICE", "TASK_DEFINITION", "NONE"]},
        },
        rules=(
            conflict("launchType", "capacityProviderStrategies"),
            needs("healthCheckGracePeriodSeconds", "loadBalancers"),
            when("launchType", ("FARGATE",), required("networkConfiguration")),
            when("launchType", (None, "FARGATE", "EC2"), required("taskDefinition")),
            value("desiredCount", lambda count: int(count) >= 0, "must not be negative"),
            _percents,
        ),
        unlike=(
            "every deployment strategy rolls: blue/green and canary are kept as settings only",
            "zone rebalancing, execute command and security groups have no effect",
        ),
        seconds=1200,
    ),
)
