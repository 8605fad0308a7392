"""DynamoDB: tables with their indexes, streams, backups and encryption."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import ARN, absent, required, value, when
from localcloud.plugins.aws.services import dynamodb_indexes as indexes
from localcloud.plugins.aws.services.dynamodb_indexes import throughput
from localcloud.plugins.aws.steps import Named

_VIEWS = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
_PROVISIONED, _ON_DEMAND = "PROVISIONED", "PAY_PER_REQUEST"
_DAYS = 35
"""How many days point-in-time recovery reaches back unless the program says fewer."""


def _create(call: Call) -> str:
    inputs = call.inputs
    sent: Properties = {
        "TableName": inputs["name"],
        "KeySchema": indexes.keys(inputs["hashKey"], inputs.get("rangeKey")),
        "AttributeDefinitions": indexes.attributes(inputs),
        "BillingMode": inputs.get("billingMode", _PROVISIONED),
        "DeletionProtectionEnabled": bool(inputs.get("deletionProtectionEnabled", False)),
        "TableClass": inputs.get("tableClass", "STANDARD"),
        "Tags": [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())],
        **throughput(inputs, inputs),
    }
    if inputs.get("globalSecondaryIndexes"):
        sent["GlobalSecondaryIndexes"] = [indexes.index(each, inputs) for each in inputs["globalSecondaryIndexes"]]
    if inputs.get("localSecondaryIndexes"):
        sent["LocalSecondaryIndexes"] = [
            indexes.local(each, inputs["hashKey"]) for each in inputs["localSecondaryIndexes"]
        ]
    if inputs.get("streamEnabled"):
        sent["StreamSpecification"] = _stream(inputs)
    if (inputs.get("serverSideEncryption") or {}).get("enabled"):
        sent["SSESpecification"] = _encryption(inputs)
    return str(call.api("create_table", **sent)["TableDescription"]["TableName"])


def _stream(inputs: Properties) -> Properties:
    on = bool(inputs.get("streamEnabled"))
    return {"StreamEnabled": on, **({"StreamViewType": inputs["streamViewType"]} if on else {})}


def _encryption(inputs: Properties) -> Properties:
    wanted = inputs.get("serverSideEncryption") or {}
    if not wanted.get("enabled"):
        return {"Enabled": False}
    key = {"KMSMasterKeyId": wanted["kmsKeyArn"]} if wanted.get("kmsKeyArn") else {}
    return {"Enabled": True, "SSEType": "KMS", **key}


def _table(call: Call) -> Any:
    return call.api("describe_table", TableName=call.id)["Table"]


def _active(call: Call) -> bool:
    table = _table(call)
    states = [table["TableStatus"], *(each["IndexStatus"] for each in table.get("GlobalSecondaryIndexes", []))]
    return all(state == "ACTIVE" for state in states)


def _settle(call: Call) -> None:
    """Wait for the table, then bring time to live and point-in-time recovery to the inputs."""
    call.wait(lambda: _active(call), f"the table {call.id}")
    _settle_expiry(call)
    _settle_recovery(call)


def _settle_expiry(call: Call) -> None:
    wanted = call.inputs.get("ttl") or {}
    live = _expiry(call)
    on = bool(wanted.get("enabled"))
    if on and live["enabled"] and live["attributeName"] != wanted["attributeName"]:
        off = {"Enabled": False, "AttributeName": live["attributeName"]}
        call.api("update_time_to_live", TableName=call.id, TimeToLiveSpecification=off)
        live = {"enabled": False}
    if on != live["enabled"]:
        spec = {"Enabled": on, "AttributeName": wanted.get("attributeName") or live.get("attributeName")}
        call.api("update_time_to_live", TableName=call.id, TimeToLiveSpecification=spec)


def _settle_recovery(call: Call) -> None:
    wanted = call.inputs.get("pointInTimeRecovery") or {}
    on, days = bool(wanted.get("enabled")), int(wanted.get("recoveryPeriodInDays") or _DAYS)
    live = _recovery(call)
    if on != live["enabled"] or (on and days != live["recoveryPeriodInDays"]):
        spec = {"PointInTimeRecoveryEnabled": on, **({"RecoveryPeriodInDays": days} if on else {})}
        call.api("update_continuous_backups", TableName=call.id, PointInTimeRecoverySpecification=spec)


def _expiry(call: Call) -> Properties:
    live = call.api("describe_time_to_live", TableName=call.id)["TimeToLiveDescription"]
    on = live["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    given = call.inputs.get("ttl") or {}
    if not on and given.get("enabled") is False:
        return dict(given)
    return {"enabled": on, "attributeName": live.get("AttributeName", "") if on else ""}


def _recovery(call: Call) -> Properties:
    answer = call.api("describe_continuous_backups", TableName=call.id)["ContinuousBackupsDescription"]
    live = answer.get("PointInTimeRecoveryDescription", {})
    if live.get("PointInTimeRecoveryStatus") != "ENABLED":
        return {"enabled": False}
    return {"enabled": True, "recoveryPeriodInDays": live.get("RecoveryPeriodInDays", _DAYS)}


def _read(call: Call) -> Properties | None:
    table = _table(call)
    if table["TableStatus"] == "DELETING":
        return None
    stream = table.get("StreamSpecification") or {}
    streams = bool(stream.get("StreamEnabled"))
    mode = table.get("BillingModeSummary", {}).get("BillingMode", _PROVISIONED)
    hash_key, range_key = indexes.key_names(table["KeySchema"])
    return {
        "name": table["TableName"],
        "arn": table["TableArn"],
        "hashKey": hash_key,
        "rangeKey": range_key,
        "attributes": [
            {"name": each["AttributeName"], "type": each["AttributeType"]} for each in table["AttributeDefinitions"]
        ],
        "billingMode": mode,
        "tableClass": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "streamEnabled": streams,
        "streamViewType": stream.get("StreamViewType", "") if streams else "",
        "streamArn": table.get("LatestStreamArn", "") if streams else "",
        "streamLabel": table.get("LatestStreamLabel", "") if streams else "",
        "serverSideEncryption": _live_encryption(table),
        "ttl": _expiry(call),
        "pointInTimeRecovery": _recovery(call),
        "globalSecondaryIndexes": indexes.live(table, call.inputs, mode),
        "localSecondaryIndexes": indexes.live_local(table),
        **indexes.live_throughput(table, mode),
    }


def _live_encryption(table: Any) -> Properties:
    """Return the encryption; without one of its own a table is encrypted by AWS's key, which is `enabled` false."""
    live = table.get("SSEDescription") or {}
    if live.get("Status") not in ("ENABLED", "ENABLING", "UPDATING"):
        return {"enabled": False}
    return {"enabled": True, "kmsKeyArn": live.get("KMSMasterKeyArn", "")}


def _change(call: Call) -> None:
    """Change one thing a call: AWS refuses most of them together, and the table must be active between them."""
    for sent in _changes(call):
        call.wait(lambda: _active(call), f"the table {call.id}")
        call.api("update_table", TableName=call.id, **sent)


def _changes(call: Call) -> list[Properties]:
    """Return the parameters of each UpdateTable call that is needed, indexes last; AWS refuses a change to the same."""
    inputs, table = call.inputs, _table(call)
    found: list[Properties] = []
    protected = bool(inputs.get("deletionProtectionEnabled", False))
    if protected != table.get("DeletionProtectionEnabled", False):
        found.append({"DeletionProtectionEnabled": protected})
    kind = inputs.get("tableClass", "STANDARD")
    if kind != table.get("TableClassSummary", {}).get("TableClass", "STANDARD"):
        found.append({"TableClass": kind})
    if call.changed("serverSideEncryption") and not _is_encrypted_so(inputs, table):
        found.append({"SSESpecification": _encryption(inputs)})
    found += _stream_changes(inputs, table)
    capacity = indexes.capacity(inputs, table)
    return [*found, *([capacity] if capacity else []), *indexes.changes(inputs, table)]


def _is_encrypted_so(inputs: Properties, table: Any) -> bool:
    """Say whether the live encryption is the wanted one; the switch to AWS's own key cannot be seen by its ARN."""
    wanted, live = inputs.get("serverSideEncryption") or {}, _live_encryption(table)
    if bool(wanted.get("enabled")) != live["enabled"]:
        return False
    return not live["enabled"] or bool(wanted.get("kmsKeyArn") and wanted["kmsKeyArn"] == live["kmsKeyArn"])


def _stream_changes(inputs: Properties, table: Any) -> list[Properties]:
    """Switch a stream off before it is switched on with another view, as AWS wants it."""
    live, wanted = table.get("StreamSpecification") or {"StreamEnabled": False}, _stream(inputs)
    if live == wanted:
        return []
    off = {"StreamSpecification": {"StreamEnabled": False}}
    steps = [off] if live.get("StreamEnabled") else []
    return [*steps, {"StreamSpecification": wanted}] if wanted["StreamEnabled"] else steps


def _delete(call: Call) -> None:
    """Delete the table and wait until its name is free; AWS refuses while it is protected."""
    call.api("delete_table", TableName=call.id)
    call.wait(lambda: _is_gone(call), f"the table {call.id} to be deleted")


def _is_gone(call: Call) -> bool:
    try:
        _table(call)
    except Gone:
        return True
    return False


ENTRIES = (
    Entry(
        token="aws:dynamodb/table:Table",
        service="dynamodb",
        cfn="AWS::DynamoDB::Table",
        names={
            "name": "TableName",
            "attributes": "AttributeDefinitions",
            "pointInTimeRecovery": "PointInTimeRecoverySpecification",
            "ttl": "TimeToLiveSpecification",
        },
        inputs=(
            "attributes",
            "billingMode",
            "deletionProtectionEnabled",
            "globalSecondaryIndexes",
            "hashKey",
            "localSecondaryIndexes",
            "name",
            "onDemandThroughput",
            "pointInTimeRecovery",
            "rangeKey",
            "readCapacity",
            "serverSideEncryption",
            "streamEnabled",
            "streamViewType",
            "tableClass",
            "ttl",
            "writeCapacity",
        ),
        name=Name(longest=255, pattern=r"[a-zA-Z0-9_.-]{3,255}"),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(),
        tags=Tags(
            owner=lambda call: {"ResourceArn": call.arn(f"table/{call.id}")},
            list="list_tags_of_resource",
        ),
        replace={
            "hashKey": "a table keeps its keys for life",
            "localSecondaryIndexes": "local indexes are made with the table and never change",
            "rangeKey": "a table keeps its keys for life",
        },
        replace_if={"attributes": indexes.other_types},
        defaults={
            "billingMode": _PROVISIONED,
            "deletionProtectionEnabled": False,
            "globalSecondaryIndexes": [],
            "onDemandThroughput": None,
            "pointInTimeRecovery": {"enabled": False},
            "rangeKey": "",
            "serverSideEncryption": {"enabled": False},
            "streamEnabled": False,
            "tableClass": "STANDARD",
            "ttl": {"enabled": False},
        },
        sets=(
            "attributes",
            "globalSecondaryIndexes",
            "globalSecondaryIndexes[*].nonKeyAttributes",
            "localSecondaryIndexes",
            "localSecondaryIndexes[*].nonKeyAttributes",
        ),
        limits={
            "attributes[*].type": {"enum": ["B", "N", "S"]},
            "billingMode": {"enum": [_PROVISIONED, _ON_DEMAND]},
            "serverSideEncryption.kmsKeyArn": ARN,
            "tableClass": {"enum": ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]},
        },
        rules=(
            indexes.judge,
            indexes.judge_capacity,
            value(
                "ttl",
                lambda ttl: ttl.get("enabled") is not True or bool(ttl.get("attributeName")),
                "needs an attributeName",
            ),
            value("streamViewType", lambda view: view in _VIEWS, f"must be one of {', '.join(_VIEWS)}"),
            when("streamEnabled", (None, False), absent("streamViewType")),
            when("streamEnabled", (True,), required("streamViewType")),
            when("billingMode", (_PROVISIONED, None), absent("onDemandThroughput")),
        ),
        seconds=300,
    ),
)
