"""Route 53 health checks with their defaults, and rules that stay while they have targets."""

import logging
from typing import Any

from .mend import Mend, replace

SERVICE = "events.amazonaws.com"
log = logging.getLogger("slipway.events")
CHECK = {
    "RequestInterval": 30,
    "FailureThreshold": 3,
    "MeasureLatency": False,
    "Inverted": False,
    "Disabled": False,
}
ENDPOINTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443, "TCP": 443}
"""Kinds of checks that call an address, and the port of each where none is given."""
RULE = {"State": "ENABLED", "Description": "", "RoleArn": ""}
"""What a rule has where it says nothing."""
LISTS = {"Regions": "Region", "ChildHealthChecks": "ChildHealthCheck"}
RESETS = ("FullyQualifiedDomainName", "Regions", "ResourcePath", "ChildHealthChecks")


def _checks(route53: Any) -> None:
    def parse(element: Any) -> dict[str, Any]:
        given: dict[str, Any] = original_parse(element)
        for name, item in LISTS.items():
            listed = route53._find(element, name)
            if listed is not None:
                given[name] = [each.text for each in route53._findall(listed, item)]
        kind = given.get("Type", "")
        if not kind:
            return given
        secure = {"EnableSNI": True} if kind.startswith("HTTPS") else {}
        endpoint = {"Port": ENDPOINTS[kind], **secure, **CHECK} if kind in ENDPOINTS else {}
        return {"Inverted": False, "Disabled": False, **endpoint, **given}

    def build(parent: Any, check: dict[str, Any]) -> None:
        written = {
            key: str(value).lower() if isinstance(value, bool) else value for key, value in check["config"].items()
        }
        original_build(parent, {**check, "config": written})

    def update(identity: str, body: bytes) -> Any:
        response = original_update(identity, body)
        root = route53._parse_body(body)
        resets = route53._find(root, "ResetElements") if response[0] == 200 else None
        for each in [] if resets is None else resets:
            if each.text in RESETS:
                route53._health_checks[identity]["config"].pop(each.text, None)
        return response

    original_parse = replace(route53, "_parse_health_check_config", parse)
    original_build = replace(route53, "_build_health_check_el", build)
    original_update = replace(route53, "_update_health_check", update)


def _rules(eventbridge: Any) -> None:
    def put(data: dict[str, Any]) -> Any:
        key = eventbridge._rule_key(data.get("Name"), data.get("EventBusName", "default"))
        known = key in eventbridge._rules
        given = {name: value for name, value in data.items() if name != "Tags" or not known}
        return original_put({**RULE, **given})

    def delete(data: dict[str, Any]) -> Any:
        key = eventbridge._rule_key(data.get("Name"), data.get("EventBusName", "default"))
        if eventbridge._targets.get(key):
            text = "Rule can't be deleted since it has targets."
            return eventbridge.error_response_json("ValidationException", text, 400)
        return original(data)

    def invoke(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> Any:
        from ..permissions import may_invoke

        source, arn = rule.get("Arn", ""), target.get("Arn", "")
        is_function = ":lambda:" in arn and ":events:" in source
        if is_function and not may_invoke(arn, SERVICE, source, eventbridge.get_account_id()):
            log.warning("the rule %s may not invoke %s", source, arn)
            return None
        return original_invoke(target, event, rule, view)

    original_invoke = replace(eventbridge, "_invoke_target", invoke)
    original_put = replace(eventbridge, "_put_rule", put)
    original = replace(eventbridge, "_delete_rule", delete)


MENDS = (
    Mend(
        "a health check has AWS's defaults and its switches, and an update can take fields away",
        "defaults are missing, every switch reads as off, lists lose their texts, nothing can be taken away",
        "ministack.services.route53",
        {
            "_parse_health_check_config": "fffd8cf8c7a1",
            "_build_health_check_el": "8b8fda74069e",
            "_update_health_check": "29b93d2a9bf3",
        },
        _checks,
    ),
    Mend(
        "a rule with targets stays, one that is put again has only its old tags, a function must permit it",
        "it is deleted together with them, it keeps what the new one leaves out, nobody is asked",
        "ministack.services.eventbridge",
        {
            "_invoke_target": "550e304af080",
            "_put_rule": "829a0feae103",
            "_delete_rule": "d9465abcda0e",
            "_rule_key": "b580a78d885d",
        },
        _rules,
    ),
)
