"""AWS Backup: plans, and what a plan backs up."""

import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import ARN, given
from localcloud.plugins.aws.services.backup import VAULT, tags
from localcloud.plugins.aws.steps import Op, pages, tag_parameters
from localcloud.plugins.provider import has_unknown

_PLAN = {
    "name": "BackupPlanName",
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "deleteAfter": "DeleteAfterDays",
    "destinationVaultArn": "DestinationBackupVaultArn",
}
_CONDITIONS = {
    "stringEquals": "StringEquals",
    "stringLikes": "StringLike",
    "stringNotEquals": "StringNotEquals",
    "stringNotLikes": "StringNotLike",
}
_COLD = 90
"""Days that a recovery point stays in cold storage at least."""


def _plan_arn(call: Call) -> str:
    return call.arn(f"backup-plan:{call.id}")


def _plan(call: Call) -> Properties:
    given_inputs = {name: call.inputs[name] for name in ("name", "rules") if name in call.inputs}
    renamed = {**_PLAN, "plan": "BackupPlan"}
    sent: Properties = call.parameters("create_backup_plan", ("plan",), renamed, values={"plan": given_inputs})
    return sent


def _read_plan(call: Call) -> Properties | None:
    answer = call.api("get_backup_plan", BackupPlanId=call.id)
    if answer.get("DeletionDate"):
        return None
    return {
        **call.properties(answer["BackupPlan"], _PLAN),
        "arn": answer["BackupPlanArn"],
        "version": answer.get("VersionId", ""),
    }


def _find_plan(call: Call) -> str | None:
    for live in pages(call, "list_backup_plans", "BackupPlansList"):
        if live["BackupPlanName"] == call.inputs["name"] and _is_mine(call, live):
            return str(live["BackupPlanId"])
    return None


def _is_mine(call: Call, live: Properties) -> bool:
    tags_of = call.api("list_tags", ResourceArn=live["BackupPlanArn"])["Tags"]
    return live["BackupPlanId"] not in call.known and call.mine(tags_of)


def _create_selection(call: Call) -> str:
    inputs = call.inputs
    wanted: Properties = {
        "SelectionName": inputs["name"],
        "IamRoleArn": inputs["iamRoleArn"],
        "Resources": list(inputs.get("resources") or ()),
        "NotResources": list(inputs.get("notResources") or ()),
        "ListOfTags": [
            {"ConditionType": each["type"], "ConditionKey": each["key"], "ConditionValue": each["value"]}
            for each in inputs.get("selectionTags") or ()
        ],
        "Conditions": {
            theirs: [{"ConditionKey": each["key"], "ConditionValue": each["value"]} for each in wanted_pairs]
            for ours, theirs in _CONDITIONS.items()
            if (wanted_pairs := _pairs(inputs, ours))
        },
    }
    sent = {name: each for name, each in wanted.items() if each}
    answer = call.api("create_backup_selection", BackupPlanId=inputs["planId"], BackupSelection=sent)
    return str(answer["SelectionId"])


def _pairs(inputs: Properties, name: str) -> list[Properties]:
    """Return the pairs of one kind from all blocks of conditions."""
    return [pair for block in inputs.get("conditions") or () for pair in block.get(name) or ()]


def _selection(call: Call) -> Properties:
    return {"BackupPlanId": call.inputs.get("planId") or call.state.get("planId"), "SelectionId": call.id}


def _read_selection(call: Call) -> Properties:
    named = _selection(call)
    live = call.api("get_backup_selection", **named)["BackupSelection"]
    conditions = {
        ours: [{"key": each["ConditionKey"], "value": each["ConditionValue"]} for each in pairs]
        for ours, theirs in _CONDITIONS.items()
        if (pairs := (live.get("Conditions") or {}).get(theirs))
    }
    return {
        "conditions": [conditions] if conditions else [],
        "iamRoleArn": live["IamRoleArn"],
        "name": live["SelectionName"],
        "notResources": live.get("NotResources") or [],
        "planId": named["BackupPlanId"],
        "resources": live.get("Resources") or [],
        "selectionTags": [
            {"type": each["ConditionType"], "key": each["ConditionKey"], "value": each["ConditionValue"]}
            for each in live.get("ListOfTags") or ()
        ],
    }


def _find_selection(call: Call) -> str | None:
    """Return the plan's selection of that name: selections have no tags."""
    found = pages(call, "list_backup_selections", "BackupSelectionsList", BackupPlanId=call.inputs["planId"])
    return next((str(each["SelectionId"]) for each in found if each["SelectionName"] == call.inputs["name"]), None)


def _chosen(inputs: Properties) -> tuple[str, str] | None:
    there = any(given(inputs, name) for name in ("conditions", "resources", "selectionTags", "notResources"))
    return None if there else ("resources", "one of resources, selectionTags, conditions must be given")


def _rules(inputs: Properties) -> tuple[str, str] | None:
    """Judge the rules of a plan: names of their own, times in order, and cold storage long enough."""
    rules = inputs.get("rules")
    if not isinstance(rules, list) or has_unknown(rules):
        return None
    names = [each.get("ruleName") for each in rules]
    if len(set(names)) != len(names):
        return "rules", f"must have names of their own, got {', '.join(map(str, names))}"
    for index, rule in enumerate(rules):
        start, end = int(rule.get("startWindow") or 480), int(rule.get("completionWindow") or 10080)
        if start < 60 or end < start + 60:
            return f"rules[{index}]", f"must start in 60 minutes or more and end 60 after that, got {start} and {end}"
        keep = rule.get("lifecycle") or {}
        cold, gone = keep.get("coldStorageAfter"), keep.get("deleteAfter")
        if cold and gone and int(gone) < int(cold) + _COLD:
            return f"rules[{index}].lifecycle", f"must have deleteAfter {_COLD} days after coldStorageAfter, got {gone}"
        if not re.fullmatch(r"(cron|rate)\(.+\)", rule.get("schedule") or "rate(1 day)"):
            return f"rules[{index}].schedule", f"must be like cron(0 5 * * ? *), got {rule['schedule']!r}"
    return None


ENTRIES = (
    Entry(
        token="aws:backup/plan:Plan",
        service="backup",
        inputs=("name", "rules"),
        name=Name(longest=50, pattern=r"[a-zA-Z0-9_.-]{1,50}"),
        create=lambda call: call.api("create_backup_plan", **_plan(call), **tag_parameters(call))["BackupPlanId"],
        read=_read_plan,
        update=lambda call: call.api("update_backup_plan", BackupPlanId=call.id, **_plan(call)),
        delete=Op("delete_backup_plan", {"BackupPlanId": "$id"}),
        find=_find_plan,
        tags=tags("BackupPlanTags", _plan_arn),
        replace={"name": "the official provider makes the plan anew"},
        sets=("rules", "rules[*].copyActions"),
        limits={
            "rules": {"minItems": 1},
            "rules[*].copyActions[*].destinationVaultArn": ARN,
            "rules[*].ruleName": {"pattern": r"^[a-zA-Z0-9_.-]{1,50}$"},
            "rules[*].targetVaultName": VAULT,
        },
        refused={
            "rules[*].scanActions": "backups are not scanned on the embedded cloud",
            "rules[*].targetLogicallyAirGappedBackupVaultArn": "there are no air-gapped vaults on the embedded cloud",
        },
        rules=(_rules,),
        unlike=("no schedule of a plan runs",),
    ),
    Entry(
        token="aws:backup/selection:Selection",
        service="backup",
        inputs=("conditions", "iamRoleArn", "name", "notResources", "planId", "resources", "selectionTags"),
        name=Name(longest=50, pattern=r"[a-zA-Z0-9_.-]{1,50}"),
        create=_create_selection,
        read=_read_selection,
        delete=lambda call: call.api("delete_backup_selection", **_selection(call)),
        find=_find_selection,
        sets=(
            *(f"conditions[*].{name}" for name in _CONDITIONS),
            "notResources",
            "resources",
            "selectionTags",
        ),
        limits={
            "iamRoleArn": {"pattern": r"^arn:aws:iam::\d{12}:role/.+"},
            "selectionTags[*].type": {"enum": ["STRINGEQUALS"]},
        },
        rules=(_chosen,),
    ),
)
