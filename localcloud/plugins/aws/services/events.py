"""EventBridge: rules, and who is told when one matches."""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, conflict, given, value
from localcloud.plugins.aws.services.documents import document
from localcloud.plugins.aws.steps import Named, pages, tag_parameters

DEFAULT = "default"
_RULE = ("description", "eventBusName", "eventPattern", "name", "roleArn", "scheduleExpression", "state")
_TARGET = (
    "arn",
    "deadLetterConfig",
    "input",
    "inputPath",
    "inputTransformer",
    "retryPolicy",
    "roleArn",
    "sqsTarget",
    "targetId",
)
_RENAME = {
    "targetId": "Id",
    "sqsTarget": "SqsParameters",
    "inputPaths": "InputPathsMap",
}
_SCHEDULE = re.compile(r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)|cron\(\S+( \S+){5}\)")


def _bus(call: Call) -> str:
    return str(call.inputs.get("eventBusName") or call.state.get("eventBusName") or DEFAULT)


def _put_rule(call: Call) -> str:
    """Write the whole rule: the call replaces everything but the tags."""
    name = str(call.inputs["name"])
    sent = {"Description": "", "State": "ENABLED", **call.parameters("put_rule", _RULE)}
    call.api("put_rule", **sent, **({} if call.id else tag_parameters(call)))
    return _rule_id(call, name)


def _rule_id(call: Call, name: str) -> str:
    return name if _bus(call) == DEFAULT else f"{_bus(call)}/{name}"


def _rule(call: Call) -> Properties:
    """Return the parameters that name a rule: its id is `NAME`, on a bus of its own `BUS/NAME`."""
    bus, _, name = call.id.rpartition("/")
    return {"Name": name, "EventBusName": bus or _bus(call)}


def _rule_arn(call: Call) -> str:
    return call.arn(f"rule/{call.id}")


def _read_rule(call: Call) -> Properties:
    live = call.api("describe_rule", **_rule(call))
    found = {name: live.get(f"{name[0].upper()}{name[1:]}") or "" for name in _RULE if name != "state"}
    return {**found, "arn": live["Arn"], "state": live["State"], "eventBusName": live.get("EventBusName") or DEFAULT}


def _targets(call: Call, named: Properties) -> list[Any]:
    return pages(call, "list_targets_by_rule", "Targets", Rule=named["Name"], EventBusName=named["EventBusName"])


def _delete_rule(call: Call) -> None:
    """Delete the rule; with `forceDestroy` targets of others go first."""
    named = _rule(call)
    if call.inputs.get("forceDestroy"):
        ids = [each["Id"] for each in _targets(call, named)]
        if ids:
            call.api("remove_targets", Rule=named["Name"], EventBusName=named["EventBusName"], Ids=ids)
    call.api("delete_rule", **named)


def _put_target(call: Call) -> str:
    sent = call.parameters("put_targets", ("targets",), _RENAME, values={"targets": [_given(call)]})
    answer = call.api("put_targets", Rule=call.inputs["rule"], EventBusName=_bus(call), **sent)
    for failed in answer.get("FailedEntries") or ():
        raise Trouble(f"the target {call.inputs['targetId']} was refused: {failed.get('ErrorMessage')}")
    return f"{call.inputs['rule']}-{call.inputs['targetId']}"


def _given(call: Call) -> Properties:
    return {name: call.inputs[name] for name in _TARGET if call.inputs.get(name) is not None}


def _place(call: Call) -> tuple[Properties, str]:
    """Return what names the rule of a target, and the target's own id."""
    names = {name: str(call.inputs.get(name) or call.state.get(name) or "") for name in ("rule", "targetId")}
    return {"Name": names["rule"], "EventBusName": _bus(call)}, names["targetId"]


def _read_target(call: Call) -> Properties | None:
    named, target = _place(call)
    live = next((each for each in _targets(call, named) if each["Id"] == target), None)
    if live is None:
        return None
    found = call.properties(live, _RENAME)
    return {**found, "eventBusName": named["EventBusName"], "rule": named["Name"]}


def _find_target(call: Call) -> str | None:
    """Return the rule's target of that id: targets have no tags."""
    return f"{call.inputs['rule']}-{call.inputs['targetId']}" if _read_target(call) else None


def _remove_target(call: Call) -> None:
    named, target = _place(call)
    force = bool(call.inputs.get("forceDestroy", False))
    call.api("remove_targets", Rule=named["Name"], EventBusName=named["EventBusName"], Ids=[target], Force=force)


def _pattern(found: Any) -> str:
    """Say what is wrong with a pattern: an object whose leaves are lists of what may be there."""
    if not isinstance(found, Mapping) or not found:
        return "must be an object with at least one field"
    for key, each in found.items():
        inside = _pattern(each) if isinstance(each, Mapping) else ""
        if inside or not isinstance(each, (Mapping, list)):
            return inside or f"the field {key} must be a list or an object, got {each!r}"
    return ""


def _something(inputs: Properties) -> tuple[str, str] | None:
    there = given(inputs, "eventPattern") or given(inputs, "scheduleExpression")
    return None if there else ("eventPattern", "one of eventPattern, scheduleExpression must be given")


_BUS = {"pattern": r"^[A-Za-z0-9._/-]{1,256}$"}

ENTRIES = (
    Entry(
        token="aws:cloudwatch/eventRule:EventRule",
        service="events",
        inputs=("forceDestroy", *_RULE),
        name=Name(longest=64, pattern=r"[A-Za-z0-9._-]+"),
        create=_put_rule,
        read=_read_rule,
        update=_put_rule,
        delete=_delete_rule,
        find=Named(lambda call: _rule_id(call, str(call.inputs["name"]))),
        tags=Tags(
            owner=lambda call: {"ResourceARN": _rule_arn(call)},
            list="list_tags_for_resource",
        ),
        replace={"eventBusName": "a rule is one of one bus", "name": "a rule is known by its name"},
        defaults={
            "description": "",
            "eventBusName": DEFAULT,
            "eventPattern": "",
            "roleArn": "",
            "scheduleExpression": "",
            "state": "ENABLED",
        },
        local=("forceDestroy",),
        json=("eventPattern",),
        limits={
            "description": {"maxLength": 512},
            "eventBusName": _BUS,
            "roleArn": ARN,
            "state": {"enum": ["DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]},
        },
        rules=(
            _something,
            document("eventPattern", _pattern, 4096),
            value("scheduleExpression", lambda text: bool(_SCHEDULE.fullmatch(text)), "must be like rate(5 minutes)"),
        ),
    ),
    Entry(
        token="aws:cloudwatch/eventTarget:EventTarget",
        service="events",
        inputs=("eventBusName", "forceDestroy", "rule", *_TARGET),
        name=Name(property="targetId", longest=64, pattern=r"[A-Za-z0-9._-]+"),
        create=_put_target,
        read=_read_target,
        update=_put_target,
        delete=_remove_target,
        find=_find_target,
        replace={
            "eventBusName": "a target is one of one rule",
            "rule": "a target is one of one rule",
            "targetId": "a target is known by its id",
        },
        defaults={
            "deadLetterConfig": None,
            "eventBusName": DEFAULT,
            "input": "",
            "inputPath": "",
            "inputTransformer": None,
            "roleArn": "",
        },
        local=("forceDestroy",),
        json=("input",),
        limits={
            "arn": ARN,
            "deadLetterConfig.arn": {"pattern": r"^arn:aws:sqs:[a-z0-9-]+:\d{12}:.+"},
            "eventBusName": _BUS,
            "input": {"maxLength": 8192},
            "inputPath": {"pattern": r"^\$", "maxLength": 256},
            "retryPolicy.maximumEventAgeInSeconds": {"minimum": 60, "maximum": 86400},
            "retryPolicy.maximumRetryAttempts": {"minimum": 0, "maximum": 185},
            "roleArn": ARN,
            "rule": {"pattern": r"^[A-Za-z0-9._-]{1,64}$"},
        },
        rules=(conflict("input", "inputPath", "inputTransformer"),),
    ),
)
