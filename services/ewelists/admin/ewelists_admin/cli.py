"""The command: `ewelists-admin --help`. Account, region and endpoint are boto3's own (AWS_PROFILE, AWS_REGION, …)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import boto3
import botocore.exceptions
import typer
from rich.console import Console
from rich.table import Table as Shown

from ewelists_admin import backups, counters, seed
from ewelists_admin.errors import AdminError
from ewelists_admin.table import Table
from ewelists_admin.users import Users, log_groups

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Tools for who runs Ewelists.")
console = Console()
P = ParamSpec("P")

TableName = Annotated[str, typer.Option("--table", envvar="TABLE_NAME", help="The environment's table.")]
Pool = Annotated[str, typer.Option("--user-pool", envvar="USER_POOL_ID", help="The environment's user pool.")]
Who = Annotated[str, typer.Argument(help="An e-mail address or a user's id.")]
Functions = Annotated[list[str], typer.Option("--hold", help="A function to keep from running meanwhile.")]


def one_line(command: Callable[P, None]) -> Callable[P, None]:
    """A command that says in one line what stops it."""

    @wraps(command)
    def run(*given: P.args, **named: P.kwargs) -> None:
        try:
            command(*given, **named)
        except (AdminError, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            typer.echo(f"ewelists-admin: {error}", err=True)
            raise typer.Exit(1) from None

    return run


@app.command()
@one_line
def find(who: Who, table: TableName, user_pool: Pool) -> None:
    """Show who has an e-mail address or an id."""
    user = Users(Table(table), user_pool).find(who)
    typer.echo(json.dumps({"id": user.id, "email": user.email, "account": bool(user.username)}))


@app.command()
@one_line
def export(who: Who, table: TableName, user_pool: Pool, to: Annotated[Path | None, typer.Option()] = None) -> None:
    """Write everything that is kept of a user, as JSON."""
    users = Users(Table(table), user_pool)
    document = json.dumps(users.export(users.find(who)), indent=2)
    if to is None:
        typer.echo(document)
    else:
        to.touch(mode=0o600)
        to.write_text(document + "\n")


@app.command()
@one_line
def delete_user(
    who: Who,
    table: TableName,
    user_pool: Pool,
    log_group: Annotated[list[str], typer.Option(help="A log group to look through afterwards.")] = [],  # noqa: B006 # Typer's way
    logs_of: Annotated[str, typer.Option(help="Look through every log group with this in its name.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a user with everything, and prove that nothing is left."""
    users = Users(Table(table), user_pool)
    user = users.find(who)
    groups = log_group + log_groups(logs_of)
    if not yes:
        typer.confirm(f"Delete {user.email} ({user.id}) with everything, for good?", abort=True)
    counts = users.delete(user)
    left = users.traces(user, groups)
    kept = "backups keep what was until they expire: 35 days; no bucket holds anything of a user"
    typer.echo(json.dumps({"deleted": counts, "left": left, "note": kept}))
    if left:
        raise AdminError(f"{len(left)} traces are left: run the command again, or look at them")


@app.command()
@one_line
def failures(
    log_group: Annotated[str, typer.Option(help="The HTTP function's log group.")],
    minutes: Annotated[int, typer.Option(min=1, help="How far back.")] = 60,
) -> None:
    """Show requests that failed on our side: when, which route, which status, whose id."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    asked = {"logGroupName": log_group, "startTime": int(since.timestamp() * 1000), "filterPattern": '"status"'}
    for page in boto3.client("logs").get_paginator("filter_log_events").paginate(**asked):
        for line in (json.loads(event["message"]) for event in page["events"]):
            if line.get("status", 0) >= 500:
                shown = {name: line.get(name) for name in ("timestamp", "route", "status", "correlation_id")}
                typer.echo(json.dumps(shown))


@app.command()
@one_line
def recount(table: TableName, fix: Annotated[bool, typer.Option("--fix", help="Put them right.")] = False) -> None:
    """Show counters that do not say what is there, and put them right."""
    store = Table(table)
    found = counters.wrong(store)
    shown = Shown("item", "counter", "says", "should")
    for one in found:
        shown.add_row(f"{one.partition} {one.sort}", one.name, str(one.says), str(one.should))
    if found:
        console.print(shown)
    mended = sum(counters.correct(store, one) for one in found) if fix else 0
    typer.echo(json.dumps({"wrong": len(found), "mended": mended}))


@app.command("seed")
@one_line
def seed_table(
    table: TableName,
    users: Annotated[int, typer.Option(min=1, max=10_000)] = 10,
    number: Annotated[int, typer.Option(help="The same number makes the same data.")] = 1,
    i_know: Annotated[bool, typer.Option("--not-empty", help="Write into a table that has items.")] = False,
) -> None:
    """Write test data: users that nobody is, with lists and reservations."""
    store = Table(table)
    if not i_know and next(store.scan(), None):
        raise AdminError(f"{table} has items: test data goes into an empty table, or --not-empty")
    typer.echo(json.dumps({"items": seed.plant(store, users, number)}))


@app.command()
@one_line
def backup(table: TableName, name: Annotated[str, typer.Option()] = "") -> None:
    """Take a backup on demand, and show its ARN."""
    typer.echo(backups.back_up(Table(table), name or f"{table}-{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}"))


@app.command()
@one_line
def restore(
    table: TableName,
    into: Annotated[str, typer.Option(help="The new table's name.")],
    to: Annotated[dt.datetime | None, typer.Option(help="A moment in UTC; the latest one without.")] = None,
    arn: Annotated[str, typer.Option("--backup", help="A backup's ARN, in place of a moment.")] = "",
) -> None:
    """Make a new table of what the table had at a moment, or of a backup."""
    source = Table(table)
    if arn and to:
        raise AdminError("--to and --backup say two different things: give one of them")
    if arn:
        backups.restore_backup(source, arn, into)
    else:
        backups.restore_to(source, to.replace(tzinfo=dt.UTC) if to else None, into)
    typer.echo(json.dumps({"table": into, "items": sum(1 for _ in Table(into).scan())}))


@app.command()
@one_line
def swap(
    table: TableName,
    restored: Annotated[str, typer.Option(help="The table whose contents the live one gets.")],
    hold: Functions = [],  # noqa: B006 # Typer's way
    drop: Annotated[bool, typer.Option("--drop", help="Delete the restored table afterwards.")] = False,
) -> None:
    """Give the live table the contents of a restored one; a backup is taken before."""
    live, other = Table(table), Table(restored)
    with backups.held(hold):
        counts: dict[str, Any] = backups.swap(live, other)
    if drop:
        other.client.delete_table(TableName=restored)
    typer.echo(json.dumps(counts | {"dropped": drop}))
