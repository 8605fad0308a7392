"""Application Auto Scaling: how many tasks a service may have, and what decides it."""

import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, required, value, when
from localcloud.plugins.aws.steps import Op, tag_parameters

_PLACE = ("serviceNamespace", "resourceId", "scalableDimension")
_TARGET = (*_PLACE, "minCapacity", "maxCapacity", "roleArn", "suspendedState")
_POLICY = (*_PLACE, "policyType", "targetTrackingScalingPolicyConfiguration")
_RENAME = {"arn": "ScalableTargetARN", "roleArn": "RoleARN"}


def _place(call: Call) -> dict[str, str]:
    """Return namespace, resource and dimension, from inputs or state."""
    found = {name: str(call.inputs.get(name) or call.state.get(name) or "") for name in _PLACE}
    if not found["resourceId"]:  # an import: `ecs/service/CLUSTER/NAME/ecs:service:DesiredCount[/POLICY]`
        parts = call.id.split("/")
        found = {"serviceNamespace": parts[0], "resourceId": "/".join(parts[1:4]), "scalableDimension": parts[4]}
    return found


def _target(call: Call) -> Properties | None:
    """Return the described target, or nothing."""
    place = _place(call)
    answer = call.api(
        "describe_scalable_targets",
        ServiceNamespace=place["serviceNamespace"],
        ResourceIds=[place["resourceId"]],
        ScalableDimension=place["scalableDimension"],
    )
    return next((dict(each) for each in answer["ScalableTargets"] if each["ResourceId"] == place["resourceId"]), None)


def _arn(call: Call) -> str:
    known = call.state.get("arn")
    return str(known or (_target(call) or {}).get("ScalableTargetARN", ""))


def _register(call: Call) -> str:
    """Make the target, or set it anew: AWS has one call for both."""
    tags = {} if call.state or call.redo else tag_parameters(call)
    call.api("register_scalable_target", **call.parameters("register_scalable_target", _TARGET, _RENAME), **tags)
    return str(call.inputs["resourceId"])


def _find(call: Call) -> str | None:
    """Return the resource that has a target already: there is one for each, and setting it anew takes it over."""
    return str(call.inputs["resourceId"]) if _target(call) else None


def _read(call: Call) -> Properties | None:
    live = _target(call)
    return call.properties(live, _RENAME) if live else None


def _policy(call: Call) -> Properties | None:
    place = _place(call)
    name = call.inputs.get("name") or call.state.get("name") or call.id.rpartition("/")[2]
    answer = call.api(
        "describe_scaling_policies",
        PolicyNames=[name],
        ServiceNamespace=place["serviceNamespace"],
        ResourceId=place["resourceId"],
        ScalableDimension=place["scalableDimension"],
    )
    return next((dict(each) for each in answer["ScalingPolicies"] if each["PolicyName"] == name), None)


def _put(call: Call) -> str:
    call.api(
        "put_scaling_policy",
        PolicyName=call.inputs["name"],
        **call.parameters("put_scaling_policy", _POLICY),
    )
    return str(call.inputs["name"])


def _read_policy(call: Call) -> Properties | None:
    live = _policy(call)
    if live is None:
        return None
    alarms = [each["AlarmARN"] for each in live.get("Alarms", [])]
    return {**call.properties(live, {"arn": "PolicyARN"}), "name": live["PolicyName"], "alarmArns": alarms}


def _range(inputs: Properties) -> tuple[str, str] | None:
    """Say that the range is empty."""
    low, high = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        return "maxCapacity", f"must be at least minCapacity {low}, got {high}"
    return None


def _is_service(inputs: Properties) -> tuple[str, str] | None:
    """Say that a resource of ECS is no service."""
    got = inputs.get("resourceId")
    if inputs.get("serviceNamespace") != "ecs" or not isinstance(got, str):
        return None
    right = re.fullmatch(r"service/[^/]+/[^/]+", got)
    return None if right else ("resourceId", f"must be service/CLUSTER/NAME for ecs, got {got!r}")


def _metric(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a target is tracked by one metric, and that a metric of a load balancer says which one."""
    name = "targetTrackingScalingPolicyConfiguration"
    tracking = inputs.get(name)
    if not isinstance(tracking, dict):
        return None
    kinds = ("predefinedMetricSpecification", "customizedMetricSpecification")
    if len([kind for kind in kinds if tracking.get(kind) is not None]) != 1:
        return name, f"must have exactly one of {' and '.join(kinds)}"
    own = tracking.get(kinds[1])
    if isinstance(own, dict):
        return _own_metric(f"{name}.{kinds[1]}", own)
    metric = tracking.get(kinds[0])
    if isinstance(metric, dict) and metric.get("predefinedMetricType") == "ALBRequestCountPerTarget":
        label = metric.get("resourceLabel")
        return None if label is not None else (name, "ALBRequestCountPerTarget needs a resourceLabel")
    return None


def _own_metric(path: str, metric: Properties) -> tuple[str, str] | None:
    """Judge that a metric of one's own is one that is measured, or one that is computed from others."""
    single = [name for name in ("metricName", "namespace", "statistic") if metric.get(name) is not None]
    if metric.get("metrics") is not None:
        return (path, f"cannot have {single[0]} together with metrics") if single else None
    missing = [name for name in ("metricName", "namespace", "statistic") if name not in single]
    return (path, f"must have {missing[0]}, or metrics") if missing else None


_AT_PLACE = {
    "ServiceNamespace": "$input.serviceNamespace",
    "ResourceId": "$input.resourceId",
    "ScalableDimension": "$input.scalableDimension",
}

ENTRIES = (
    Entry(
        token="aws:appautoscaling/target:Target",
        service="application-autoscaling",
        cfn="AWS::ApplicationAutoScaling::ScalableTarget",
        inputs=_TARGET,
        create=_register,
        update=_register,
        read=_read,
        delete=Op("deregister_scalable_target", _AT_PLACE),
        find=_find,
        tags=Tags(
            owner=lambda call: {"ResourceARN": _arn(call)},
            key="",
            list="list_tags_for_resource",
        ),
        limits={"roleArn": ARN},
        rules=(
            value("serviceNamespace", lambda name: name == "ecs", "must be ecs on the embedded cloud"),
            _is_service,
            value("minCapacity", lambda count: int(count) >= 0, "must not be negative"),
            _range,
        ),
        unlike=("a service's count is moved into the range at once, and by nothing else: no metric scales it",),
    ),
    Entry(
        token="aws:appautoscaling/policy:Policy",
        service="application-autoscaling",
        cfn="AWS::ApplicationAutoScaling::ScalingPolicy",
        names={"name": "PolicyName"},
        inputs=("name", *_POLICY),
        create=_put,
        update=_put,
        read=_read_policy,
        delete=Op("delete_scaling_policy", {"PolicyName": "$input.name", **_AT_PLACE}),
        name=Name(longest=256),
        replace={"policyType": "AWS answers with another ARN"},
        rules=(
            value(
                "policyType",
                lambda kind: kind == "TargetTrackingScaling",
                "must be TargetTrackingScaling on the embedded cloud",
            ),
            when("policyType", ("TargetTrackingScaling",), required("targetTrackingScalingPolicyConfiguration")),
            _metric,
            _is_service,
        ),
        unlike=("kept and given back only: no alarm is made for it, and its metric scales nothing",),
    ),
)
