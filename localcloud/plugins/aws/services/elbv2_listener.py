"""Listeners and their rules: which request goes where."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import ARN, absent, one_of, required, value, when
from localcloud.plugins.aws.services import elbv2_limits, elbv2_tags
from localcloud.plugins.aws.services.elbv2_tags import TAGS
from localcloud.plugins.aws.steps import Op, Read, settled, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_ACTION = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "stickiness": "TargetGroupStickinessConfig",
    "duration": "DurationSeconds",
}
_CONDITIONS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
_ATTRIBUTES = {
    "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
    "routingHttpResponseStrictTransportSecurityHeaderValue": (
        "routing.http.response.strict_transport_security.header_value"
    ),
    "routingHttpResponseXContentTypeOptionsHeaderValue": "routing.http.response.x_content_type_options.header_value",
    "routingHttpResponseXFrameOptionsHeaderValue": "routing.http.response.x_frame_options.header_value",
    "routingHttpResponseContentSecurityPolicyHeaderValue": (
        "routing.http.response.content_security_policy.header_value"
    ),
}
_NOT_HERE = {
    "authenticateCognito": "no program signs people in at the load balancer yet",
    "authenticateOidc": "no program signs people in at the load balancer yet",
    "jwtValidation": "the emulator does not know it",
}


def _names(actions: str, arn: str) -> dict[str, str]:
    """Return the renames of a type whose actions are in the input `actions` and whose ARN is called `arn`."""
    return {**_ACTION, "arn": arn, f"{actions}.forward.targetGroups.arn": "TargetGroupArn"}


_LISTENER = _names("defaultActions", "ListenerArn")
_RULE = _names("actions", "RuleArn")


def _certificates(call: Call) -> Properties:
    arn = call.inputs.get("certificateArn")
    return {"Certificates": [{"CertificateArn": arn}]} if arn else {}


_LISTENER_INPUTS = ("port", "protocol", "sslPolicy", "defaultActions")


def _create_listener(call: Call) -> str:
    parameters = call.parameters("create_listener", ("loadBalancerArn", *_LISTENER_INPUTS), _LISTENER)
    answer = call.api("create_listener", **parameters, **_certificates(call), **tag_parameters(call))
    return str(answer["Listeners"][0]["ListenerArn"])


def _settle_listener(call: Call) -> None:
    if (call.state or call.redo) and call.changed(*_LISTENER_INPUTS, "certificateArn"):
        parameters = call.parameters("modify_listener", _LISTENER_INPUTS, _LISTENER)
        call.api("modify_listener", ListenerArn=call.id, **parameters, **_certificates(call))
    attributes = elbv2_tags.wanted(call, _ATTRIBUTES)
    if attributes:
        call.api("modify_listener_attributes", ListenerArn=call.id, Attributes=attributes)


def _listener(call: Call, live: Properties) -> Properties:
    attributes = call.api("describe_listener_attributes", ListenerArn=call.id)["Attributes"]
    certificates = live.get("Certificates", [])
    return {
        "certificateArn": certificates[0]["CertificateArn"] if certificates else None,
        **elbv2_tags.live(attributes, _ATTRIBUTES, {"routingHttpResponseServerEnabled": True}),
    }


def _conditions(call: Call) -> list[Properties]:
    """Return the conditions as boto3 wants them: a field name, and a config by the same name."""
    found: list[Properties] = []
    for condition in call.inputs["conditions"]:
        for name, (field, config) in _CONDITIONS.items():
            if condition.get(name):
                inner: Properties = {"Values": condition[name]["values"]}
                if name == "httpHeader":
                    inner["HttpHeaderName"] = condition[name]["httpHeaderName"]
                found.append({"Field": field, config: inner})
        if condition.get("queryStrings"):
            pairs = [{k.capitalize(): v for k, v in each.items()} for each in condition["queryStrings"]]
            found.append({"Field": "query-string", "QueryStringConfig": {"Values": pairs}})
    return found


def _live_conditions(conditions: list[Properties]) -> list[Properties]:
    found: list[Properties] = []
    for condition in conditions:
        for name, (field, config) in _CONDITIONS.items():
            if condition["Field"] == field:
                inner = condition.get(config, {})
                got: Properties = {"values": inner.get("Values") or condition.get("Values", [])}
                if name == "httpHeader":
                    got["httpHeaderName"] = inner.get("HttpHeaderName")
                found.append({name: got})
        if condition["Field"] == "query-string":
            pairs = condition.get("QueryStringConfig", {}).get("Values", [])
            found.append({"queryStrings": [{k.lower(): v for k, v in each.items()} for each in pairs]})
    return found


def _priority(call: Call) -> int:
    """Return the priority that the program gives, else the one after the last on the listener."""
    if call.inputs.get("priority"):
        return int(call.inputs["priority"])
    rules = call.api("describe_rules", ListenerArn=call.inputs["listenerArn"])["Rules"]
    return max((int(each["Priority"]) for each in rules if each["Priority"] != "default"), default=0) + 1


def _create_rule(call: Call) -> str:
    answer = call.api(
        "create_rule",
        Priority=_priority(call),
        Conditions=_conditions(call),
        **call.parameters("create_rule", ("listenerArn", "actions"), _RULE),
        **tag_parameters(call),
    )
    return str(answer["Rules"][0]["RuleArn"])


def _settle_rule(call: Call) -> None:
    if not (call.state or call.redo):
        return
    if call.changed("conditions", "actions"):
        actions = call.parameters("modify_rule", ("actions",), _RULE)
        call.api("modify_rule", RuleArn=call.id, Conditions=_conditions(call), **actions)
    if call.changed("priority") and call.inputs.get("priority"):
        wanted = [{"RuleArn": call.id, "Priority": int(call.inputs["priority"])}]
        call.api("set_rule_priorities", RulePriorities=wanted)


def _rule(call: Call, live: Properties) -> Properties:
    listener = call.id.replace(":listener-rule/", ":listener/").rpartition("/")[0]
    return {
        "listenerArn": listener,
        "conditions": _live_conditions(live["Conditions"]),
        "priority": None if live["Priority"] == "default" else live["Priority"],
    }


def _one_field(inputs: Properties) -> tuple[str, str] | None:
    """Say that a condition has no field, or several: AWS wants one each."""
    conditions = inputs.get("conditions")
    for index, each in enumerate(conditions if isinstance(conditions, list) else ()):
        if each is UNKNOWN:
            continue
        fields = [name for name, got in each.items() if got is not None]
        if len(fields) != 1:
            return f"conditions[{index}]", f"must have exactly one field, got {', '.join(fields) or 'none'}"
    return None


def _actions_fit(name: str) -> Any:
    """Return the rule that every action has what its type needs."""
    wanted = {"redirect": ("redirect",), "fixed-response": ("fixedResponse",), "forward": ("targetGroupArn", "forward")}

    def rule(inputs: Properties) -> tuple[str, str] | None:
        actions = inputs.get(name)
        for index, each in enumerate(actions if isinstance(actions, list) else ()):
            if not isinstance(each, dict) or each.get("type") not in wanted:
                continue
            needed = wanted[each["type"]]
            if not any(each.get(key) is not None for key in needed):
                return f"{name}[{index}]", f"of type {each['type']} needs {' or '.join(needed)}"
        return None

    return rule


ENTRIES = (
    Entry(
        token="aws:lb/listener:Listener",
        service="elbv2",
        cfn="AWS::ElasticLoadBalancingV2::Listener",
        inputs=("loadBalancerArn", *_LISTENER_INPUTS, "certificateArn", *_ATTRIBUTES),
        create=_create_listener,
        update=settled,
        settle=_settle_listener,
        read=Read("describe_listeners", {"ListenerArns": ["$id"]}, "Listeners[0]", _LISTENER, _listener),
        delete=Op("delete_listener", {"ListenerArn": "$id"}),
        find=elbv2_tags.find(
            "describe_listeners",
            lambda call: {"LoadBalancerArn": call.inputs["loadBalancerArn"]},
            "Listeners[].ListenerArn",
        ),
        tags=TAGS,
        defaults={"routingHttpResponseServerEnabled": True},
        refused={f"defaultActions[*].{name}": why for name, why in _NOT_HERE.items()},
        limits={
            **elbv2_limits.actions("defaultActions"),
            "certificateArn": ARN,
            "defaultActions": {"minItems": 1},
            "loadBalancerArn": ARN,
        },
        rules=(
            required("port", "protocol"),
            when("protocol", ("HTTPS", "TLS"), required("certificateArn")),
            when("protocol", ("HTTP", "TCP", "UDP", "TCP_UDP"), absent("certificateArn", "sslPolicy")),
            _actions_fit("defaultActions"),
        ),
        unlike=(
            "TLS is not spoken: the front door speaks plain HTTP on loopback",
            "headers that a listener adds or removes are kept as settings only",
        ),
    ),
    Entry(
        token="aws:lb/listenerRule:ListenerRule",
        service="elbv2",
        cfn="AWS::ElasticLoadBalancingV2::ListenerRule",
        inputs=("listenerArn", "priority", "conditions", "actions"),
        create=_create_rule,
        update=settled,
        settle=_settle_rule,
        read=Read("describe_rules", {"RuleArns": ["$id"]}, "Rules[0]", _RULE, _rule),
        delete=Op("delete_rule", {"RuleArn": "$id"}),
        find=elbv2_tags.find(
            "describe_rules", lambda call: {"ListenerArn": call.inputs["listenerArn"]}, "Rules[?!IsDefault].RuleArn"
        ),
        tags=TAGS,
        sets=(
            "conditions",
            *(f"conditions[*].{name}.values" for name in _CONDITIONS),
            "conditions[*].queryStrings",
            "actions[*].forward.targetGroups",
        ),
        refused={
            **{f"actions[*].{name}": why for name, why in _NOT_HERE.items()},
            **{
                f"conditions[*].{name}.regexValues": "the emulator matches no regular expressions"
                for name in _CONDITIONS
            },
        },
        limits={**elbv2_limits.actions("actions"), **elbv2_limits.CONDITIONS, "listenerArn": ARN},
        rules=(
            one_of("conditions"),
            value("conditions", lambda conditions: len(conditions) <= 5, "must be at most 5"),
            _one_field,
            _actions_fit("actions"),
        ),
        unlike=("sticky target groups of a forward are kept as a setting only",),
    ),
)
