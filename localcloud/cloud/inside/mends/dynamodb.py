"""DynamoDB: a table's past can be restored, restored tables are whole, items end at their time."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from ..journal import Journal
from .mend import Mend, replace

DAYS = 35
JOURNAL = "_slipway_journal"
PAST = "_slipway_days"
FIVE_YEARS = 5 * 365 * 86400
NAME = "dynamodb.amazonaws.com"
SERVICE = {"Type": "Service", "PrincipalId": NAME, "type": "Service", "principalId": NAME}
"""Who ends items: the API of streams writes the names large, an event of a function small."""


def _recovery(dynamodb: Any) -> None:
    def table_of(data: dict[str, Any], field: str = "TableName") -> Any:
        return dynamodb._tables.get(dynamodb._normalize_table_name(data.get(field) or ""))

    def completed(table: Any, response: Any) -> Any:
        content = json.loads(response[2])
        found = content.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
        if table is None or found.get("PointInTimeRecoveryStatus") != "ENABLED":
            return response
        found["RecoveryPeriodInDays"] = table[PAST]
        found["EarliestRestorableDateTime"] = table[JOURNAL].earliest
        found["LatestRestorableDateTime"] = time.time()
        return dynamodb.json_response(content)

    def update(data: dict[str, Any]) -> Any:
        response, table = original_update(data), table_of(data)
        if response[0] != 200:
            return response
        wanted = data.get("PointInTimeRecoverySpecification", {})
        if wanted.get("PointInTimeRecoveryEnabled"):
            table[PAST] = wanted.get("RecoveryPeriodInDays", DAYS)
            table.setdefault(JOURNAL, Journal(table["items"]))
        else:
            table.pop(JOURNAL, None)
        return completed(table, response)

    def describe(data: dict[str, Any]) -> Any:
        return completed(table_of(data), original_describe(data))

    def put(table: dict[str, Any], first: Any, second: Any, item: Any) -> Any:
        if JOURNAL in table:
            table[JOURNAL].record(first, second, item)
        return original_put(table, first, second, item)

    def remove(table: dict[str, Any], first: Any, second: Any) -> Any:
        if JOURNAL in table:
            table[JOURNAL].record(first, second, None)
        return original_remove(table, first, second)

    def replaced(table: dict[str, Any]) -> None:
        if JOURNAL in table:
            table[JOURNAL].settle(table["items"])
        original_replaced(table)

    original_update = replace(dynamodb, "_update_continuous_backups", update)
    original_describe = replace(dynamodb, "_describe_continuous_backups", describe)
    original_put = replace(dynamodb, "_set_item", put)
    original_remove = replace(dynamodb, "_remove_item", remove)
    original_replaced = replace(dynamodb, "_items_replaced", replaced)


def _restores(dynamodb: Any) -> None:
    def refuse(code: str, message: str) -> Any:
        return dynamodb.error_response_json(code, message, 400)

    def finish(data: dict[str, Any], source: Any, summary: dict[str, Any]) -> Any:
        """Give a restored table what AWS restores beside its items: encryption; and say where it came from."""
        name = data["TargetTableName"]
        table = dynamodb._tables[name]
        given = data.get("SSESpecificationOverride")
        encryption = dynamodb._sse_description_from_spec(given) if given else source.get("SSEDescription")
        if encryption:
            table["SSEDescription"] = encryption
        table["RestoreSummary"] = {"RestoreInProgress": False, **summary}
        shown = dynamodb._table_description(name)
        return dynamodb.json_response({"TableDescription": {**shown, "RestoreSummary": table["RestoreSummary"]}})

    def to_moment(data: dict[str, Any]) -> Any:
        name = data.get("SourceTableName") or dynamodb._normalize_table_name(data.get("SourceTableArn") or "")
        source = dynamodb._tables.get(name)
        if source is None or data.get("TargetTableName") in dynamodb._tables:
            return original_moment(data)
        if JOURNAL not in source:
            text = f"Point in time recovery is not enabled for table '{name}'"
            return refuse("PointInTimeRecoveryUnavailableException", text)
        now = time.time()
        moment = now if data.get("UseLatestRestorableTime") else float(data.get("RestoreDateTime") or 0)
        if not int(source[JOURNAL].earliest) <= moment <= now:
            return refuse("InvalidRestoreTimeException", f"Requested date time {moment} is out of range")
        response = original_moment(data)
        if response[0] != 200:
            return response
        target = dynamodb._tables[data["TargetTableName"]]
        target["items"].clear()
        target["items"].update(source[JOURNAL].at(moment))
        dynamodb._items_replaced(target)
        return finish(data, source, {"SourceTableArn": source["TableArn"], "RestoreDateTime": moment})

    def from_backup(data: dict[str, Any]) -> Any:
        response = original_backup(data)
        if response[0] != 200:
            return response
        kept = dynamodb._backups[data["BackupArn"]]
        features, details = kept["SourceTableFeatureDetails"], kept["SourceTableDetails"]
        origin = {"SourceBackupArn": data["BackupArn"], "SourceTableArn": details["TableArn"]}
        moment = kept["BackupDetails"]["BackupCreationDateTime"]
        return finish(data, features, {**origin, "RestoreDateTime": moment})

    original_moment = replace(dynamodb, "_restore_table_to_point_in_time", to_moment)
    original_backup = replace(dynamodb, "_restore_table_from_backup", from_backup)


def expire() -> None:
    """Delete the items whose time has come, in every account, and say so in their tables' streams."""
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
        if setting.get("TimeToLiveStatus") != "ENABLED":
            continue
        with request_scope(account, region), contextlib.suppress(KeyError):
            for first, second in list(_ended(dynamodb._tables[name], setting["AttributeName"], time.time())):
                _end(dynamodb, name, first, second)


def _ended(table: dict[str, Any], attribute: str, now: float) -> Iterator[tuple[Any, Any]]:
    """Yield the keys of items that have ended; AWS leaves alone what ended more than five years ago."""
    for first, row in table["items"].items():
        for second, item in row.items():
            number = (item.get(attribute) or {}).get("N")
            if number is not None and now - FIVE_YEARS < float(number) <= now:
                yield first, second


def _end(dynamodb: Any, name: str, first: Any, second: Any) -> None:
    item = dynamodb._remove_item(dynamodb._tables[name], first, second)
    before = len(dynamodb._stream_records.get(name) or ())
    dynamodb._emit_stream_event(name, "REMOVE", item, None)
    records = dynamodb._stream_records.get(name) or []
    if len(records) > before:
        records[-1]["userIdentity"] = SERVICE


MENDS = (
    Mend(
        "point-in-time recovery keeps its number of days and a table's past",
        "the number is lost, and only the present can be restored",
        "ministack.services.dynamodb",
        {
            "_update_continuous_backups": "4d306deca0a2",
            "_describe_continuous_backups": "ba81b08f309d",
            "_set_item": "4e78ad492132",
            "_remove_item": "5cce50c99688",
            "_items_replaced": "b48626c371f7",
        },
        _recovery,
    ),
    Mend(
        "a table is restored as it was at a second, encrypted like its source, and says where it came from",
        "the items of now are copied, whether recovery is on or not, and the key is lost",
        "ministack.services.dynamodb",
        {
            "_restore_table_to_point_in_time": "d2251b31c311",
            "_restore_table_from_backup": "edcd8f450009",
            "_sse_description_from_spec": "190b59f83f13",
            "_emit_stream_event": "8568d0446f26",
        },
        _restores,
    ),
)
