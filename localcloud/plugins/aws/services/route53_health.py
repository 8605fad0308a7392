"""Route 53: health checks."""

import uuid
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties, Tags
from localcloud.plugins.aws.rules import absent, given, required, when
from localcloud.plugins.aws.steps import Op, changes, pages

_ALARM = ("cloudwatchAlarmName", "cloudwatchAlarmRegion")
_CHANGED = {
    "childHealthThreshold": 0,
    "childHealthchecks": [],
    "disabled": False,
    "enableSni": None,
    "failureThreshold": 3,
    "fqdn": "",
    "insufficientDataHealthStatus": None,
    "invertHealthcheck": False,
    "ipAddress": None,
    "port": None,
    "regions": None,
    "resourcePath": "",
    "searchString": None,
}
_FIXED = ("measureLatency", "requestInterval", "type")
_RENAME = {
    "childHealthThreshold": "HealthThreshold",
    "fqdn": "FullyQualifiedDomainName",
    "invertHealthcheck": "Inverted",
}
_HTTP = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH")
_WATCHED = (*_HTTP, "TCP")
_COMPUTED, _OF_AN_ALARM = "CALCULATED", "CLOUDWATCH_METRIC"
_REGIONS = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
]


def _alarm(call: Call) -> Properties:
    if not call.inputs.get(_ALARM[0]):
        return {}
    return {"AlarmIdentifier": {"Name": call.inputs[_ALARM[0]], "Region": call.inputs[_ALARM[1]]}}


def _create(call: Call) -> str:
    given_inputs = {name: call.inputs[name] for name in (*_CHANGED, *_FIXED) if call.inputs.get(name) is not None}
    sent = call.parameters("create_health_check", ("config",), _RENAMED, values={"config": given_inputs})
    sent["HealthCheckConfig"].update(_alarm(call))
    return str(call.api("create_health_check", CallerReference=str(uuid.uuid4()), **sent)["HealthCheck"]["Id"])


_RENAMED = {**_RENAME, "config": "HealthCheckConfig"}


def _change(call: Call) -> None:
    sent = changes(call, "update_health_check", _CHANGED, _RENAME)
    if call.changed(*_ALARM):
        sent |= _alarm(call)
    if sent:
        call.api("update_health_check", HealthCheckId=call.id, **sent)


def _read(call: Call) -> Properties:
    live = call.api("get_health_check", HealthCheckId=call.id)["HealthCheck"]["HealthCheckConfig"]
    alarm = live.get("AlarmIdentifier") or {}
    return {
        **call.properties(live, _RENAME),
        "arn": f"arn:aws:route53:::healthcheck/{call.id}",
        _ALARM[0]: alarm.get("Name", ""),
        _ALARM[1]: alarm.get("Region", ""),
    }


def _find(call: Call) -> str | None:
    for live in pages(call, "list_health_checks", "HealthChecks", "Marker", "NextMarker"):
        owner = {"ResourceType": "healthcheck", "ResourceId": live["Id"]}
        tags = call.api("list_tags_for_resource", **owner)["ResourceTagSet"]["Tags"]
        if live["Id"] not in call.known and call.mine(tags):
            return str(live["Id"])
    return None


def _somewhere(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a check of a server says which."""
    if inputs.get("type") not in _WATCHED or given(inputs, "fqdn") or given(inputs, "ipAddress"):
        return None
    return "fqdn", "one of fqdn, ipAddress must be given"


def _reachable(inputs: Properties) -> tuple[str, str] | None:
    """Judge the numbers of checks and the places that ask."""
    interval, children = inputs.get("requestInterval"), inputs.get("childHealthchecks")
    if isinstance(interval, (int, float)) and interval not in (10, 30):
        return "requestInterval", f"must be 10 or 30 seconds, got {interval!r}"
    if isinstance(children, list) and len(children) > 255:
        return "childHealthchecks", f"must be at most 255, got {len(children)}"
    return None


_NOT_WATCHED: tuple[Any, ...] = (_COMPUTED, _OF_AN_ALARM)

ENTRIES = (
    Entry(
        token="aws:route53/healthCheck:HealthCheck",
        service="route53",
        inputs=(*_CHANGED, *_FIXED, *_ALARM),
        create=_create,
        read=_read,
        update=_change,
        delete=Op("delete_health_check", {"HealthCheckId": "$id"}),
        find=_find,
        tags=Tags(
            add="change_tags_for_resource",
            remove="change_tags_for_resource",
            owner=lambda call: {"ResourceType": "healthcheck", "ResourceId": call.id},
            member="AddTags",
            keys="RemoveTagKeys",
            list="list_tags_for_resource",
            listed="ResourceTagSet.Tags",
            after=True,
        ),
        replace=dict.fromkeys(_FIXED, "AWS: a health check keeps it for life"),
        defaults={
            "childHealthchecks": [],
            "cloudwatchAlarmName": "",
            "disabled": False,
            "fqdn": "",
            "invertHealthcheck": False,
            "measureLatency": False,
            "resourcePath": "",
        },
        sets=("childHealthchecks", "regions"),
        limits={
            "failureThreshold": {"minimum": 1, "maximum": 10},
            "fqdn": {"maxLength": 255},
            "insufficientDataHealthStatus": {"enum": ["Healthy", "LastKnownStatus", "Unhealthy"]},
            "port": {"minimum": 1, "maximum": 65535},
            "regions": {"minItems": 3},
            "regions[*]": {"enum": _REGIONS},
            "resourcePath": {"maxLength": 255},
            "searchString": {"maxLength": 255},
            "type": {"enum": [*_WATCHED, _COMPUTED, _OF_AN_ALARM]},
        },
        rules=(
            _somewhere,
            _reachable,
            when("type", _WATCHED, required("requestInterval")),
            when("type", ("HTTP_STR_MATCH", "HTTPS_STR_MATCH"), required("searchString")),
            when("type", ("HTTP", "HTTPS", "TCP", *_NOT_WATCHED), absent("searchString")),
            when("type", ("TCP", *_NOT_WATCHED), absent("resourcePath")),
            when("type", (_COMPUTED,), required("childHealthThreshold", "childHealthchecks")),
            when("type", (_OF_AN_ALARM,), required(*_ALARM)),
            when("type", _NOT_WATCHED, absent("fqdn", "ipAddress", "requestInterval")),
        ),
    ),
)
