"""Target groups: where a load balancer sends requests, and how it learns who is well."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import absent, required, value, when
from localcloud.plugins.aws.services import elbv2_tags
from localcloud.plugins.aws.services.elbv2_tags import TAGS
from localcloud.plugins.aws.steps import Op, Read, settled

_ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
}
_DEFAULTS = {
    "deregistrationDelay": 300,
    "slowStart": 0,
    "loadBalancingAlgorithmType": "round_robin",
    "loadBalancingAnomalyMitigation": "off",
    "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
}
_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_ARN = "TargetGroups[0].TargetGroupArn"
_LIMITS: dict[str, dict[str, Any]] = {
    "healthCheck.matcher": {"pattern": r"^\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*$"},
    "healthCheck.path": {"pattern": "^/", "maxLength": 1024},
    "healthCheck.port": {"pattern": r"^(traffic-port|[1-9]\d{0,4})$"},
    "healthCheck.protocol": {"enum": ["HTTP", "HTTPS", "TCP"]},
    "loadBalancingAlgorithmType": {"enum": ["round_robin", "least_outstanding_requests", "weighted_random"]},
    "loadBalancingAnomalyMitigation": {"enum": ["on", "off"]},
    "loadBalancingCrossZoneEnabled": {"enum": ["true", "false", "use_load_balancer_configuration"]},
    "stickiness.cookieDuration": {"minimum": 0, "maximum": 604800},
    "stickiness.type": {
        "enum": [
            "lb_cookie",
            "app_cookie",
            "source_ip",
            "source_ip_dest_ip",
            "source_ip_dest_ip_proto",
        ]
    },
}


def _health_check(call: Call) -> Properties:
    """Return the parameters of the health check."""
    check = call.inputs.get("healthCheck") or {}
    found: Properties = {_CHECK[name]: each for name, each in check.items() if name in _CHECK and each is not None}
    if "HealthCheckPort" in found:
        found["HealthCheckPort"] = str(found["HealthCheckPort"])
    if check.get("matcher"):
        found["Matcher"] = {"HttpCode": check["matcher"]}
    return found


def _create(call: Call) -> Any:
    taken = ("name", "port", "protocol", "protocolVersion", "vpcId", "targetType", "ipAddressType")
    return Op("create_target_group", _health_check(call), taken, pick=_ARN, tagged=True)(call)


def _settle(call: Call) -> None:
    attributes = elbv2_tags.wanted(call, _ATTRIBUTES)
    if call.changed("stickiness"):
        attributes += _stickiness(call.inputs.get("stickiness") or {"enabled": False})
    if attributes:
        call.api("modify_target_group_attributes", TargetGroupArn=call.id, Attributes=attributes)
    if (call.state or call.redo) and call.changed("healthCheck"):
        call.api("modify_target_group", TargetGroupArn=call.id, **_health_check(call))


def _stickiness(wanted: Properties) -> list[dict[str, str]]:
    """Return the attributes of stickiness; it is on when the program does not say otherwise."""
    kind = wanted.get("type", "lb_cookie")
    found = {"stickiness.enabled": wanted.get("enabled", True), "stickiness.type": kind}
    if wanted.get("cookieDuration") is not None:
        found[f"stickiness.{kind}.duration_seconds"] = wanted["cookieDuration"]
    if wanted.get("cookieName"):
        found["stickiness.app_cookie.cookie_name"] = wanted["cookieName"]
    return [{"Key": key, "Value": elbv2_tags.text(each)} for key, each in found.items()]


def _target_group(call: Call, live: Properties) -> Properties:
    attributes = call.api("describe_target_group_attributes", TargetGroupArn=call.id)["Attributes"]
    known = {each["Key"]: each.get("Value") for each in attributes}
    kind = known.get("stickiness.type", "lb_cookie")
    check = {name: live.get(key) for name, key in _CHECK.items()}
    return {
        "arnSuffix": call.id.rpartition(":")[2],
        "name": live["TargetGroupName"],
        "healthCheck": {**check, "matcher": live.get("Matcher", {}).get("HttpCode")},
        "stickiness": {
            "type": kind,
            "enabled": known.get("stickiness.enabled", "false"),
            "cookieDuration": known.get(f"stickiness.{kind}.duration_seconds", 86400),
            "cookieName": known.get("stickiness.app_cookie.cookie_name"),
        },
        **elbv2_tags.live(attributes, _ATTRIBUTES, _DEFAULTS),
    }


def _check_rules(inputs: Properties) -> tuple[str, str] | None:
    """Say what AWS refuses in a health check: counts, times, and a check that outlasts its interval."""
    check = inputs.get("healthCheck")
    if not isinstance(check, dict):
        return None
    for name, low, high in (
        ("healthyThreshold", 2, 10),
        ("unhealthyThreshold", 2, 10),
        ("interval", 5, 300),
        ("timeout", 2, 120),
    ):
        got = check.get(name)
        if isinstance(got, (int, float)) and not low <= got <= high:
            return f"healthCheck.{name}", f"must be {low} to {high}, got {got}"
    timeout, interval = check.get("timeout", 5), check.get("interval", 30)
    if isinstance(timeout, (int, float)) and isinstance(interval, (int, float)) and timeout >= interval:
        return "healthCheck.timeout", f"must be shorter than the interval of {interval} s, got {timeout}"
    return None


def _slow_start(seconds: Any) -> bool:
    return int(seconds) == 0 or 30 <= int(seconds) <= 900


ENTRIES = (
    Entry(
        token="aws:lb/targetGroup:TargetGroup",
        service="elbv2",
        cfn="AWS::ElasticLoadBalancingV2::TargetGroup",
        inputs=(
            "name",
            "port",
            "protocol",
            "protocolVersion",
            "vpcId",
            "targetType",
            "ipAddressType",
            "healthCheck",
            "stickiness",
            *_ATTRIBUTES,
        ),
        create=_create,
        update=settled,
        settle=_settle,
        read=Read(
            "describe_target_groups",
            {"TargetGroupArns": ["$id"]},
            "TargetGroups[0]",
            rename={"arn": "TargetGroupArn"},
            extra=_target_group,
        ),
        delete=Op("delete_target_group", {"TargetGroupArn": "$id"}),
        find=elbv2_tags.find(
            "describe_target_groups", lambda call: {"Names": [call.inputs["name"]]}, "TargetGroups[].TargetGroupArn"
        ),
        name=Name(longest=32, pattern=r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"),
        tags=TAGS,
        defaults={**_DEFAULTS, "targetType": "instance", "ipAddressType": "ipv4"},
        limits=_LIMITS,
        rules=(
            value("targetType", lambda kind: kind in ("ip", "instance"), "must be ip or instance on this cloud"),
            when("targetType", (None, "ip", "instance"), required("port", "protocol", "vpcId")),
            value("slowStart", _slow_start, "must be 0 or 30 to 900 seconds"),
            value("deregistrationDelay", lambda seconds: 0 <= int(seconds) <= 3600, "must be 0 to 3600 seconds"),
            value("protocolVersion", lambda kind: kind in ("HTTP1", "HTTP2", "GRPC"), "must be HTTP1, HTTP2 or GRPC"),
            when("protocol", ("TCP", "UDP", "TLS", "TCP_UDP"), absent("slowStart", "protocolVersion")),
            _check_rules,
        ),
        unlike=("the front door checks health itself, by path and codes; thresholds and slow start mean nothing",),
    ),
)
