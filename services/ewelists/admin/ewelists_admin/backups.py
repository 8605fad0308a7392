"""Backups: taken, restored into a new table, and put in the place of the one that the stack has.

The stack's table keeps its name, its key and its protection: its contents are swapped. So the stack sees no drift, the
functions' rights and the backups go on as they are, and a swap that is cut short is simply done again.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from ewelists_admin.errors import AdminError
from ewelists_admin.table import Item, Table

PAUSE_SECONDS = 5.0
PATIENCE_SECONDS = 4 * 3600.0
"""A restore takes from minutes to hours, by the size of the table."""


def back_up(table: Table, name: str) -> str:
    """Take a backup on demand; its ARN, once it can be restored."""
    table.describe()
    arn = str(table.client.create_backup(TableName=table.name, BackupName=name)["BackupDetails"]["BackupArn"])
    found = table.client.describe_backup

    def available() -> bool:
        return bool(found(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"] == "AVAILABLE")

    _wait(f"the backup {name}", available)
    return arn


def restore_to(table: Table, at: dt.datetime | None, into: str) -> None:
    """Make a new table with what the table had at a moment, the latest one that can be had for None."""
    when: dict[str, Any] = {"UseLatestRestorableTime": True} if at is None else {"RestoreDateTime": at}
    problems = table.client.exceptions
    try:
        table.client.restore_table_to_point_in_time(SourceTableName=table.name, TargetTableName=into, **when)
    except problems.InvalidRestoreTimeException:
        raise AdminError(f"{table.name} cannot be restored to {at}: outside of the time that is kept") from None
    except problems.PointInTimeRecoveryUnavailableException:
        raise AdminError(f"{table.name} has no point-in-time recovery") from None
    except problems.TableAlreadyExistsException:
        raise AdminError(f"there is a table {into!r} already: name another one") from None
    _wait(f"the table {into}", lambda: Table(into).describe()["TableStatus"] == "ACTIVE")


def restore_backup(table: Table, arn: str, into: str) -> None:
    """Make a new table of a backup."""
    try:
        table.client.restore_table_from_backup(TargetTableName=into, BackupArn=arn)
    except table.client.exceptions.TableAlreadyExistsException:
        raise AdminError(f"there is a table {into!r} already: name another one") from None
    _wait(f"the table {into}", lambda: Table(into).describe()["TableStatus"] == "ACTIVE")


def differences(one: Table, other: Table) -> tuple[list[Item], list[Item]]:
    """Items of `one` that `other` has not or otherwise, and items of `other` whose keys `one` has not."""
    there = {_key(item): json.dumps(item, sort_keys=True) for item in other.scan()}
    wanted = set()
    missing = []
    for item in one.scan():
        wanted.add(_key(item))
        if there.get(_key(item)) != json.dumps(item, sort_keys=True):
            missing.append(item)
    extra = [
        {"PK": {"S": partition}, "SK": {"S": sort}} for partition, sort in there if (partition, sort) not in wanted
    ]
    return missing, extra


def swap(live: Table, restored: Table) -> dict[str, int]:
    """Give the live table what the restored one has, and nothing else; how many items were written and removed.

    A backup of the live table is taken before. AdminError when the two differ afterwards: then somebody writes still.
    """
    if live.name == restored.name:
        raise AdminError("a table cannot be put in its own place")
    _same_keys(live, restored)
    arn = back_up(live, f"{live.name}-before-swap-{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}")
    missing, extra = differences(restored, live)
    live.put(missing)
    live.delete(extra)
    left = differences(restored, live)
    if any(left):
        raise AdminError(f"{live.name} is being written to: stop its writers and swap again (before: {arn})")
    return {"written": len(missing), "removed": len(extra)}


@contextmanager
def held(functions: list[str]) -> Iterator[None]:
    """Keep functions from running, so that nobody writes; afterwards they have the concurrency that they had."""
    service = boto3.client("lambda")
    before = {name: service.get_function_concurrency(FunctionName=name) for name in functions}
    try:
        for name in functions:
            service.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        yield
    finally:
        for name, had in before.items():
            reserved = had.get("ReservedConcurrentExecutions")
            if reserved is None:
                service.delete_function_concurrency(FunctionName=name)
            else:
                service.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)


def _same_keys(live: Table, restored: Table) -> None:
    one, other = (
        sorted((key["AttributeName"], key["KeyType"]) for key in table.describe()["KeySchema"])
        for table in (live, restored)
    )
    if one != other:
        raise AdminError(f"{restored.name} has other keys than {live.name}: it is no copy of it")


def _key(item: Item) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def _wait(what: str, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > until:
            raise AdminError(f"{what} is not ready after {PATIENCE_SECONDS / 3600:.0f} hours")
        time.sleep(PAUSE_SECONDS)
