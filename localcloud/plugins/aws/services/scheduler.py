"""EventBridge Scheduler: calls at times of a calendar."""

import re
from datetime import datetime
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import ARN, value

_GROUP = "default"
_TIMES = ("endDate", "startDate")
_SENT = (
    "actionAfterCompletion",
    "description",
    *_TIMES,
    "flexibleTimeWindow",
    "groupName",
    "kmsKeyArn",
    "name",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "state",
    "target",
)
_RENAME = {"eventbridgeParameters": "EventBridgeParameters"}
_EXPRESSION = re.compile(
    r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)|cron\(\S+( \S+){5}\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
)


def _put(method: str) -> Any:
    """Return the step that writes the whole schedule, by the call that makes it or the one that changes it."""

    def put(call: Call) -> str:
        call.api(method, **call.parameters(method, _SENT, _RENAME))
        return f"{call.inputs.get('groupName') or _GROUP}/{call.inputs['name']}"

    return put


def _named(call: Call) -> Properties:
    group, _, name = call.id.partition("/")
    return {"GroupName": group, "Name": name}


def _read(call: Call) -> Properties:
    live = call.api("get_schedule", **_named(call))
    return {
        **call.properties({key: each for key, each in live.items() if key not in ("EndDate", "StartDate")}, _RENAME),
        **{name: _instant(live.get(f"{name[0].upper()}{name[1:]}")) for name in _TIMES},
    }


def _instant(moment: Any) -> str:
    if not moment:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else str(moment)


def _find(call: Call) -> str:
    """Return the schedule of that name: schedules have no tags."""
    group, name = call.inputs.get("groupName") or _GROUP, call.inputs["name"]
    call.api("get_schedule", GroupName=group, Name=name)
    return f"{group}/{name}"


def _window(window: Any) -> bool:
    """Say whether a window of time is off, or 1 to 1,440 minutes wide."""
    width = window.get("maximumWindowInMinutes")
    if window.get("mode") == "OFF":
        return width is None
    return width is not None and 1 <= int(width) <= 1440


_MOMENT = {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}

ENTRIES = (
    Entry(
        token="aws:scheduler/schedule:Schedule",
        service="scheduler",
        inputs=_SENT,
        name=Name(longest=64, pattern=r"[0-9A-Za-z_.-]+"),
        create=_put("create_schedule"),
        read=_read,
        update=_put("update_schedule"),
        delete=lambda call: call.api("delete_schedule", **_named(call)),
        find=_find,
        replace={"groupName": "a schedule is one of one group", "name": "a schedule is known by its name"},
        defaults={
            "actionAfterCompletion": "NONE",
            "description": "",
            "endDate": "",
            "groupName": _GROUP,
            "kmsKeyArn": "",
            "scheduleExpressionTimezone": "UTC",
            "startDate": "",
            "state": "ENABLED",
        },
        limits={
            "actionAfterCompletion": {"enum": ["DELETE", "NONE"]},
            "description": {"maxLength": 512},
            "endDate": _MOMENT,
            "flexibleTimeWindow.mode": {"enum": ["FLEXIBLE", "OFF"]},
            "kmsKeyArn": ARN,
            "startDate": _MOMENT,
            "state": {"enum": ["DISABLED", "ENABLED"]},
            "target.arn": ARN,
            "target.deadLetterConfig.arn": {"pattern": r"^arn:aws:sqs:[a-z0-9-]+:\d{12}:.+"},
            "target.retryPolicy.maximumEventAgeInSeconds": {"minimum": 60, "maximum": 86400},
            "target.retryPolicy.maximumRetryAttempts": {"minimum": 0, "maximum": 185},
            "target.roleArn": {"pattern": r"^arn:aws:iam::\d{12}:role/.+"},
        },
        refused={
            "target.ecsParameters": "let a function run the task",
            "target.kinesisParameters": "there are no streams of Kinesis on the embedded cloud",
            "target.sagemakerPipelineParameters": "there is no SageMaker on the embedded cloud",
        },
        rules=(
            value("scheduleExpression", lambda text: bool(_EXPRESSION.fullmatch(text)), "must be like rate(5 minutes)"),
            value("flexibleTimeWindow", _window, "must be OFF, or FLEXIBLE with 1 to 1440 maximumWindowInMinutes"),
        ),
    ),
)
