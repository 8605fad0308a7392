"""ELBv2: load balancers, groups, actions and conditions given back whole, and refused where AWS refuses."""

from collections.abc import Iterator
from typing import Any

from .. import wire
from .mend import Mend, replace

LOAD_BALANCER_DEFAULTS = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
TARGET_GROUP_DEFAULTS = {
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}


def forwards_of(actions: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the target groups that actions forward to."""
    for action in actions:
        if "TargetGroupArn" in action:
            yield action["TargetGroupArn"]
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups", []):
            yield group["TargetGroupArn"]


def _actions(alb: Any) -> None:
    def parse(params: dict[str, Any], prefix: str = "DefaultActions") -> list[dict[str, Any]]:
        actions: list[dict[str, Any]] = original(params, prefix)
        given = wire.decode("elbv2", "CreateRule" if prefix == "Actions" else "CreateListener", params).get(prefix)
        for action, whole in zip(actions, given or [], strict=False):
            for key in whole.keys() - action.keys():
                action[key] = whole[key]
            groups = (action.get("ForwardConfig") or {}).get("TargetGroups", [])
            if len(groups) == 1:
                action.setdefault("TargetGroupArn", groups[0]["TargetGroupArn"])
        return actions

    def action_xml(action: dict[str, Any]) -> str:
        secret = action.get("AuthenticateOidcConfig")
        shown = {"Order": 1, **action}
        if secret:
            shown["AuthenticateOidcConfig"] = {key: value for key, value in secret.items() if key != "ClientSecret"}
        if action["Type"] == "forward":
            config = action.get("ForwardConfig") or {"TargetGroups": [{"TargetGroupArn": action["TargetGroupArn"]}]}
            stickiness = config.get("TargetGroupStickinessConfig") or {"Enabled": False}
            groups = [{"Weight": 1, **group} for group in config["TargetGroups"]]
            shown["ForwardConfig"] = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
        return wire.fragment("elbv2", "Action", "member", shown)

    original = replace(alb, "_parse_actions", parse)
    replace(alb, "_action_xml", action_xml)


def _conditions(alb: Any) -> None:
    def parse(params: dict[str, Any], prefix: str = "Conditions") -> list[dict[str, Any]]:
        conditions: list[dict[str, Any]] = original(params, prefix)
        given = wire.decode("elbv2", "CreateRule", params).get(prefix) or []
        for condition, whole in zip(conditions, given, strict=False):
            for key in whole.keys() - condition.keys():
                condition[key] = whole[key]
        return conditions

    def condition_xml(condition: dict[str, Any]) -> str:
        shown = dict(condition)
        typed = alb._CONDITION_VALUE_KEYS.get(condition["Field"])
        if typed:
            shown[typed] = {**(condition.get(typed) or {}), "Values": condition["Values"]}
        return wire.fragment("elbv2", "RuleCondition", "member", shown)

    original = replace(alb, "_parse_conditions", parse)
    replace(alb, "_condition_xml", condition_xml)


def _groups(alb: Any) -> None:
    def create(params: dict[str, Any]) -> Any:
        response = original_create(params)
        if response[0] != 200:
            return response
        given = wire.decode("elbv2", "CreateTargetGroup", params)
        group = next(each for each in alb._tgs.values() if each["TargetGroupName"] == given["Name"])
        if group["Protocol"] in ("HTTP", "HTTPS"):
            group["ProtocolVersion"] = given.get("ProtocolVersion", "HTTP1")
        group["IpAddressType"] = given.get("IpAddressType", "ipv4")
        group["Matcher"] = given.get("Matcher") or group["Matcher"]
        _add_defaults(alb._tg_attrs[group["TargetGroupArn"]], TARGET_GROUP_DEFAULTS)
        return wire.encode("elbv2", "CreateTargetGroup", {"TargetGroups": [with_balancers(group)]})

    def balancers_of(arn: str) -> list[str]:
        found = []
        for rule in alb._rules.values():
            listener = alb._listeners.get(rule["ListenerArn"])
            if listener and arn in forwards_of(rule["Actions"]):
                found.append(listener["LoadBalancerArn"])
        return sorted(set(found))

    def with_balancers(group: dict[str, Any]) -> dict[str, Any]:
        return {**group, "LoadBalancerArns": balancers_of(group["TargetGroupArn"])}

    def delete(params: dict[str, Any]) -> Any:
        arn = alb._p(params, "TargetGroupArn")
        if arn in alb._tgs and balancers_of(arn):
            return alb._error("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
        return original_delete(params)

    original_create = replace(alb, "_create_tg", create)
    original_delete = replace(alb, "_delete_tg", delete)
    replace(alb, "_tg_xml", lambda group: wire.fragment("elbv2", "TargetGroup", "member", with_balancers(group)))


def _load_balancers(alb: Any) -> None:
    from ministack.services import ec2

    def zones(balancer: dict[str, Any]) -> list[dict[str, Any]]:
        known = ((name, ec2._subnets.get(name) or {}) for name in balancer["Subnets"])
        first = f"{alb.get_region()}a"
        return [{"ZoneName": subnet.get("AvailabilityZone", first), "SubnetId": name} for name, subnet in known]

    def create(params: dict[str, Any]) -> Any:
        given = wire.decode("elbv2", "CreateLoadBalancer", params)
        subnets = given.get("Subnets") or [each["SubnetId"] for each in given.get("SubnetMappings") or []]
        named = {f"Subnets.member.{number}": name for number, name in enumerate(subnets, 1)}
        response = original_create({**params, **named})
        if response[0] != 200:
            return response
        balancer = next(each for each in alb._lbs.values() if each["LoadBalancerName"] == given["Name"])
        network = (ec2._subnets.get(subnets[0]) or {}) if subnets else {}
        balancer["VpcId"] = network.get("VpcId", balancer["VpcId"])
        _add_defaults(alb._lb_attrs[balancer["LoadBalancerArn"]], LOAD_BALANCER_DEFAULTS)
        return wire.encode("elbv2", "CreateLoadBalancer", {"LoadBalancers": [shown(balancer)]})

    def shown(balancer: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in balancer.items() if value}
        state, zone = {"Code": balancer["State"]}, "Z35SXDOTRQ7X7K"
        return {**kept, "State": state, "CanonicalHostedZoneId": zone, "AvailabilityZones": zones(balancer)}

    def delete(params: dict[str, Any]) -> Any:
        arn = alb._p(params, "LoadBalancerArn")
        attributes = {each["Key"]: each["Value"] for each in alb._lb_attrs.get(arn, [])}
        if attributes.get("deletion_protection.enabled") == "true":
            text = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            return alb._error("OperationNotPermitted", text)
        for listener in [key for key, each in alb._listeners.items() if each["LoadBalancerArn"] == arn]:
            alb._delete_listener({"ListenerArn": listener})
        return original_delete(params)

    original_create = replace(alb, "_create_lb", create)
    original_delete = replace(alb, "_delete_lb", delete)
    replace(alb, "_lb_xml", lambda balancer: wire.fragment("elbv2", "LoadBalancer", "member", shown(balancer)))


def _add_defaults(attributes: list[dict[str, str]], defaults: dict[str, str]) -> None:
    known = {each["Key"] for each in attributes}
    attributes += [{"Key": key, "Value": value} for key, value in defaults.items() if key not in known]


MENDS = (
    Mend(
        "actions keep every field, weighted forwards included",
        "ForwardConfig and Cognito are lost",
        "ministack.services.alb",
        {"_parse_actions": "40b80c548b38", "_action_xml": "10e98009b945"},
        _actions,
    ),
    Mend(
        "conditions keep every field, escaped",
        "query strings are lost, `&` breaks the answer",
        "ministack.services.alb",
        {"_parse_conditions": "7da9263731cc", "_condition_xml": "88b3d71d30f5"},
        _conditions,
    ),
    Mend(
        "a target group keeps its protocol version, knows its load balancers, and stays while one uses it",
        "rules do not count as use, and a group in use is deleted",
        "ministack.services.alb",
        {"_create_tg": "92aa1c6fea7e", "_tg_xml": "6584daa7a6e9", "_delete_tg": "2c1b395c0f2e"},
        _groups,
    ),
    Mend(
        "a load balancer is in its subnets' network and zones; a protected one is not deleted; listeners go with it",
        "it is in the default network and one zone, protection means nothing, listeners stay behind",
        "ministack.services.alb",
        {"_create_lb": "80262ade9bce", "_lb_xml": "59605e2cb117", "_delete_lb": "40fe6b0fdfb7"},
        _load_balancers,
    ),
)
