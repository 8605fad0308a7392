"""CloudWatch: alarms made of other alarms, and dashboards."""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties, Tags
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import document
from localcloud.plugins.aws.steps import Named, Op, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")
_SENT = ("actionsEnabled", "alarmDescription", "alarmName", "alarmRule", *_ACTIONS)
_NAMES = {"okActions": "OKActions", "arn": "AlarmArn"}
_SUPPRESSOR = {
    "alarm": "ActionsSuppressor",
    "extensionPeriod": "ActionsSuppressorExtensionPeriod",
    "waitPeriod": "ActionsSuppressorWaitPeriod",
}
_STATES = re.compile(r"\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(|\b(TRUE|FALSE)\b")


def _put(call: Call) -> str:
    """Write the whole alarm: the call replaces everything but the tags."""
    sent = call.parameters("put_composite_alarm", _SENT, _NAMES)
    for ours, theirs in _SUPPRESSOR.items():
        if call.inputs.get("actionsSuppressor"):
            sent[theirs] = call.inputs["actionsSuppressor"][ours]
    call.api("put_composite_alarm", **sent, **({} if call.id else tag_parameters(call)))
    return str(call.inputs["alarmName"])


def _read(call: Call) -> Properties | None:
    found = call.api("describe_alarms", AlarmNames=[call.id], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    if not found:
        return None
    live = found[0]
    suppressor = {ours: live.get(theirs) for ours, theirs in _SUPPRESSOR.items()}
    return {
        **call.properties({key: each for key, each in live.items() if key != "ActionsSuppressor"}, _NAMES),
        "actionsSuppressor": suppressor if suppressor["alarm"] else None,
    }


def _is_rule(text: str) -> bool:
    return len(text) <= 10240 and bool(_STATES.search(text)) and text.count("(") == text.count(")")


def _is_arns(actions: Any) -> bool:
    return len(actions) <= 5 and all(one is UNKNOWN or str(one).startswith("arn:") for one in actions)


def _read_dashboard(call: Call) -> Properties:
    live = call.api("get_dashboard", DashboardName=call.id)
    return {
        "dashboardArn": live["DashboardArn"],
        "dashboardBody": live["DashboardBody"],
        "dashboardName": live.get("DashboardName", call.id),
    }


def _put_dashboard(call: Call) -> str:
    name = str(call.inputs["dashboardName"])
    call.api("put_dashboard", DashboardName=name, DashboardBody=call.inputs["dashboardBody"])
    return name


def _find_dashboard(call: Call) -> str:
    """Return the dashboard of that name: dashboards have no tags here."""
    name = str(call.inputs["dashboardName"])
    call.api("get_dashboard", DashboardName=name)
    return name


def _widgets(body: Any) -> str:
    """Say what is wrong with a dashboard: a list of widgets, each of a kind and at a place on the page."""
    widgets = body.get("widgets") if isinstance(body, Mapping) else None
    if not isinstance(widgets, list):
        return "must be an object with a list of widgets"
    if len(widgets) > 500:
        return f"must have at most 500 widgets, got {len(widgets)}"
    kinds = ("alarm", "custom", "explorer", "log", "metric", "text")
    odd = next((each for each in widgets if not isinstance(each, Mapping) or each.get("type") not in kinds), None)
    return f"every widget must be one of {', '.join(kinds)}, got {odd!r}" if odd is not None else ""


ENTRIES = (
    Entry(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        service="cloudwatch",
        inputs=("actionsSuppressor", *_SENT),
        create=_put,
        read=_read,
        update=_put,
        delete=Op("delete_alarms", {"AlarmNames": ["$id"]}),
        find=Named("$input.alarmName"),
        tags=Tags(
            owner=lambda call: {"ResourceARN": call.arn(f"alarm:{call.id}")},
            list="list_tags_for_resource",
        ),
        replace={
            "actionsEnabled": "the official provider makes the alarm anew",
            "alarmName": "an alarm is known by its name",
        },
        defaults={
            "actionsEnabled": True,
            "actionsSuppressor": None,
            "alarmDescription": "",
            **{name: [] for name in _ACTIONS},
        },
        sets=_ACTIONS,
        limits={
            "actionsSuppressor.extensionPeriod": {"minimum": 0},
            "actionsSuppressor.waitPeriod": {"minimum": 0},
            "alarmDescription": {"maxLength": 1024},
            "alarmName": {"minLength": 1, "maxLength": 255},
        },
        rules=(
            value("alarmRule", _is_rule, 'must be like ALARM("a") OR ALARM("b")'),
            *(value(name, _is_arns, "must be at most five ARNs") for name in _ACTIONS),
        ),
    ),
    Entry(
        token="aws:cloudwatch/dashboard:Dashboard",
        service="cloudwatch",
        inputs=("dashboardBody", "dashboardName"),
        create=_put_dashboard,
        read=_read_dashboard,
        update=_put_dashboard,
        delete=Op("delete_dashboards", {"DashboardNames": ["$id"]}),
        find=_find_dashboard,
        replace={"dashboardName": "a dashboard is known by its name"},
        json=("dashboardBody",),
        limits={"dashboardName": {"pattern": "^[a-zA-Z0-9_-]{1,255}$"}},
        rules=(document("dashboardBody", _widgets),),
        unlike=("there is no page that shows it",),
    ),
)
