"""Budgets: what an account may cost, and who is told when it does."""

import re
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import given, value
from localcloud.plugins.aws.steps import Named, pages, tag_parameters
from localcloud.plugins.provider import has_unknown

_KINDS = ["COST", "RI_COVERAGE", "RI_UTILIZATION", "SAVINGS_PLANS_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "USAGE"]
_SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
_MOMENT = "%Y-%m-%d_%H:%M"
_END = "2087-06-15_00:00"


def _named(call: Call) -> Properties:
    account, _, name = call.id.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _arn(call: Call) -> str:
    return f"arn:aws:budgets::{call.account}:budget/{call.id.partition(':')[2]}"


def _moment(text: Any) -> Any:
    """Return a time as AWS takes it; `2026-01-01_00:00` is how programs write it."""
    return f"{str(text).replace('_', 'T')}:00Z"


def _budget(call: Call) -> Properties:
    inputs = call.inputs
    sent: Properties = {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": str(inputs["limitAmount"]), "Unit": inputs["limitUnit"]},
    }
    if inputs.get("costFilters"):
        sent["CostFilters"] = {each["name"]: list(each["values"]) for each in inputs["costFilters"]}
    if inputs.get("costTypes"):
        sent["CostTypes"] = call.parameters(
            "create_budget", ("budget",), values={"budget": {"costTypes": inputs["costTypes"]}}
        )["Budget"]["CostTypes"]
    times = {"Start": inputs.get("timePeriodStart"), "End": inputs.get("timePeriodEnd")}
    period = {name: _moment(text) for name, text in times.items() if text}
    return {**sent, **({"TimePeriod": period} if period else {})}


def _notification(wanted: Properties) -> Properties:
    return {
        "NotificationType": wanted["notificationType"],
        "ComparisonOperator": wanted["comparisonOperator"],
        "Threshold": float(wanted["threshold"]),
        "ThresholdType": wanted["thresholdType"],
    }


def _subscribers(wanted: Properties) -> list[Properties]:
    return [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in _SUBSCRIBERS.items()
        for address in wanted.get(name) or ()
    ]


def _create(call: Call) -> str:
    told: list[Properties] = [
        {"Notification": _notification(each), "Subscribers": _subscribers(each)}
        for each in call.inputs.get("notifications") or ()
    ]
    sent: Properties = {"NotificationsWithSubscribers": told} if told else {}
    call.api("create_budget", AccountId=call.account, Budget=_budget(call), **sent, **tag_parameters(call))
    return f"{call.account}:{call.inputs['name']}"


def _change(call: Call) -> None:
    """Write the whole budget; notifications that changed are ended and made anew, as they have no names."""
    named = _named(call)
    if call.changed(*(name for name in call.entry.inputs if name != "notifications")):
        call.api("update_budget", AccountId=named["AccountId"], NewBudget=_budget(call))
    if not call.changed("notifications"):
        return
    for live in _notifications(call):
        call.api("delete_notification", **named, Notification=_notification(live))
    for wanted in call.inputs.get("notifications") or ():
        told = _subscribers(wanted)
        call.api("create_notification", **named, Notification=_notification(wanted), Subscribers=told)


def _notifications(call: Call) -> list[Properties]:
    named = _named(call)
    found = []
    for live in pages(call, "describe_notifications_for_budget", "Notifications", **named):
        plain = {key: live[key] for key in ("NotificationType", "ComparisonOperator", "Threshold")}
        kind = live.get("ThresholdType", "PERCENTAGE")
        told = pages(
            call,
            "describe_subscribers_for_notification",
            "Subscribers",
            **named,
            Notification={**plain, "ThresholdType": kind},
        )
        found.append(
            {
                "notificationType": live["NotificationType"],
                "comparisonOperator": live["ComparisonOperator"],
                "threshold": live["Threshold"],
                "thresholdType": kind,
                **{
                    name: [each["Address"] for each in told if each["SubscriptionType"] == kind_of]
                    for name, kind_of in _SUBSCRIBERS.items()
                },
            }
        )
    return found


def _read(call: Call) -> Properties:
    live = call.api("describe_budget", **_named(call))["Budget"]
    period = live.get("TimePeriod") or {}
    limit = live.get("BudgetLimit") or {}
    return {
        **call.properties({"CostTypes": live.get("CostTypes")}),
        "accountId": call.account,
        "arn": _arn(call),
        "budgetType": live["BudgetType"],
        "costFilters": [
            {"name": name, "values": each} for name, each in sorted((live.get("CostFilters") or {}).items())
        ],
        "limitAmount": limit.get("Amount", ""),
        "limitUnit": limit.get("Unit", ""),
        "name": live["BudgetName"],
        "notifications": _notifications(call),
        "timePeriodEnd": _written(period.get("End"), _END),
        "timePeriodStart": _written(period.get("Start"), ""),
        "timeUnit": live["TimeUnit"],
    }


def _written(moment: Any, otherwise: str) -> str:
    return moment.strftime(_MOMENT) if hasattr(moment, "strftime") else otherwise


def _same_number(given_number: Any, live: Any) -> bool:
    try:
        return float(given_number) == float(live)
    except (TypeError, ValueError):
        return bool(given_number == live)


def _told(inputs: Properties) -> tuple[str, str] | None:
    """Judge notifications: each tells one topic or one to ten addresses, and no two are the same."""
    wanted = inputs.get("notifications")
    if not isinstance(wanted, list) or has_unknown(wanted):
        return None
    seen = [str(_notification(each)) for each in wanted]
    if len(set(seen)) != len(seen):
        return "notifications", "must differ in type, operator or threshold"
    for index, each in enumerate(wanted):
        topics, people = (len(each.get(name) or ()) for name in ("subscriberSnsTopicArns", "subscriberEmailAddresses"))
        if not topics and not people:
            return f"notifications[{index}]", "must have a subscriber"
        if topics > 1 or people > 10:
            return (
                f"notifications[{index}]",
                f"must have one topic and ten addresses at most, got {topics} and {people}",
            )
    return None


def _is_amount(text: Any) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", str(text)))


_PERIOD = {"pattern": r"^\d{4}-\d\d-\d\d_\d\d:\d\d$"}

ENTRIES = (
    Entry(
        token="aws:budgets/budget:Budget",
        service="budgets",
        inputs=(
            "budgetType",
            "costFilters",
            "costTypes",
            "limitAmount",
            "limitUnit",
            "name",
            "notifications",
            "timePeriodEnd",
            "timePeriodStart",
            "timeUnit",
        ),
        name=Name(longest=100, pattern=r"[^:\\]+"),
        create=_create,
        read=_read,
        update=_change,
        delete=lambda call: call.api("delete_budget", **_named(call)),
        find=Named(lambda call: f"{call.account}:{call.inputs['name']}"),
        tags=Tags(
            owner=lambda call: {"ResourceARN": _arn(call)},
            member="ResourceTags",
            keys="ResourceTagKeys",
            list="list_tags_for_resource",
            listed="ResourceTags",
        ),
        replace={"name": "a budget is known by its name"},
        defaults={"costFilters": [], "notifications": [], "timePeriodEnd": _END},
        same={"limitAmount": _same_number},
        sets=(
            "costFilters",
            "costFilters[*].values",
            "notifications",
            *(f"notifications[*].{name}" for name in _SUBSCRIBERS),
        ),
        limits={
            "budgetType": {"enum": _KINDS},
            "notifications": {"maxItems": 10},
            "notifications[*].comparisonOperator": {"enum": ["EQUAL_TO", "GREATER_THAN", "LESS_THAN"]},
            "notifications[*].notificationType": {"enum": ["ACTUAL", "FORECASTED"]},
            "notifications[*].threshold": {"minimum": 0},
            "notifications[*].thresholdType": {"enum": ["ABSOLUTE_VALUE", "PERCENTAGE"]},
            "timePeriodEnd": _PERIOD,
            "timePeriodStart": _PERIOD,
            "timeUnit": {"enum": ["ANNUALLY", "DAILY", "MONTHLY", "QUARTERLY"]},
        },
        rules=(
            lambda inputs: None if given(inputs, "limitAmount") else ("limitAmount", "is required here"),
            lambda inputs: None if given(inputs, "limitUnit") else ("limitUnit", "is required here"),
            value("limitAmount", _is_amount, "must be a number such as 100 or 99.5"),
            _told,
        ),
        unlike=("nothing costs anything here: nobody is ever told",),
    ),
)
