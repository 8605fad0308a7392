"""CloudWatch Logs: log groups."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.steps import Named

_DAYS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Retentions that AWS has; 0 keeps everything."""
_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")


def tags(kind: str) -> Tags:
    """Return how the tags of a kind of resource of CloudWatch Logs are read and written."""
    return Tags(
        owner=lambda call: {"resourceArn": call.arn(f"{kind}:{call.id}")},
        member="tags",
        key="",
        keys="tagKeys",
        list="list_tags_for_resource",
        listed="tags",
    )


def _described(call: Call, name: str) -> Any:
    """Return the group of exactly this name, or nothing: AWS lists every one that begins with it."""
    groups = call.api("describe_log_groups", logGroupNamePrefix=name)["logGroups"]
    return next((each for each in groups if each["logGroupName"] == name), None)


def _read(call: Call) -> Properties | None:
    group = _described(call, call.id)
    if group is None:
        return None
    return {
        "name": group["logGroupName"],
        "arn": group["arn"].removesuffix(":*"),
        "retentionInDays": group.get("retentionInDays", 0),
        "kmsKeyId": group.get("kmsKeyId", ""),
        "logGroupClass": group.get("logGroupClass", "STANDARD"),
    }


def _create(call: Call) -> str:
    sent = call.parameters("create_log_group", ("kmsKeyId", "logGroupClass", "name"), {"name": "logGroupName"})
    call.api("create_log_group", tags=call.tags, **sent)
    return str(call.inputs["name"])


def _settle(call: Call) -> None:
    days = int(call.inputs.get("retentionInDays") or 0)
    live = (_described(call, call.id) or {}).get("retentionInDays", 0)
    if days and days != live:
        call.api("put_retention_policy", logGroupName=call.id, retentionInDays=days)
    elif live and not days:
        call.api("delete_retention_policy", logGroupName=call.id)


def _change(call: Call) -> None:
    if not call.changed("kmsKeyId"):
        return
    key = call.inputs.get("kmsKeyId")
    if key:
        call.api("associate_kms_key", logGroupName=call.id, kmsKeyId=key)
    else:
        call.api("disassociate_kms_key", logGroupName=call.id)


def _delete(call: Call) -> None:
    """Delete the group, unless the program wants it to outlive the stack."""
    if call.inputs.get("skipDestroy"):
        call.log.warning(f"the log group {call.id} stays, as skipDestroy says")
        return
    call.api("delete_log_group", logGroupName=call.id)


ENTRIES = (
    Entry(
        token="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        inputs=("kmsKeyId", "logGroupClass", "name", "retentionInDays", "skipDestroy"),
        name=Name(longest=512, pattern=r"[.\-_/#A-Za-z0-9]+"),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(),
        tags=tags("log-group"),
        replace={"logGroupClass": "a group keeps its class for life", "name": "a group is known by its name"},
        defaults={"kmsKeyId": "", "logGroupClass": "STANDARD", "retentionInDays": 0},
        local=("skipDestroy",),
        rules=(
            value("retentionInDays", lambda days: int(days) in _DAYS, f"must be one of {', '.join(map(str, _DAYS))}"),
            value("logGroupClass", lambda kind: kind in _CLASSES, f"must be one of {', '.join(_CLASSES)}"),
            value("name", lambda name: not name.startswith("aws/"), "must not begin with aws/"),
            value("kmsKeyId", lambda key: key.startswith("arn:"), "must be the ARN of a key"),
        ),
    ),
)
