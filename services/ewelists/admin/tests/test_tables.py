"""Counters, test data, backups, and the swap of a restored table's contents into the live one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import boto3
import pytest
from ewelists_admin import backups
from ewelists_admin.cli import app
from ewelists_admin.table import Table
from tests.conftest import System
from typer.testing import CliRunner

RUNBOOKS = Path(__file__).parents[2] / "docs/runbooks"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "PAUSE_SECONDS", 0.1)


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def sorted_items(name: str) -> list[str]:
    items = boto3.client("dynamodb").scan(TableName=name, ConsistentRead=True)["Items"]
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def test_counters_that_are_wrong_are_found_and_mended(system: System) -> None:
    run("seed", "--table", system.table, "--users", "3")
    assert json.loads(run("recount", "--table", system.table)[1]) == {"wrong": 0, "mended": 0}
    table = Table(system.table)
    node = next(item for item in system.items() if item["SK"]["S"] == "LIST")
    product = next(item for item in system.items() if item["SK"]["S"].startswith("PRODUCT#"))
    right = sorted_items(system.table)
    table.put([node | {"products": {"N": "99"}, "guests": {"N": "0"}}, product | {"available": {"N": "-7"}}])
    code, out, _ = run("recount", "--table", system.table, "--fix")
    assert (code, json.loads(out.splitlines()[-1])) == (0, {"wrong": 3, "mended": 3})
    assert sorted_items(system.table) == right


def test_test_data_is_the_same_for_the_same_number_and_goes_into_an_empty_table(system: System) -> None:
    other = System()
    for place in (system, other):
        assert run("seed", "--table", place.table, "--users", "5", "--number", "7")[0] == 0
    assert sorted_items(system.table) == sorted_items(other.table)
    code, _, err = run("seed", "--table", system.table)
    refusal = f"ewelists-admin: {system.table} has items: test data goes into an empty table, or --not-empty\n"
    assert (code, err) == (1, refusal)
    assert run("recount", "--table", system.table)[1] == '{"wrong": 0, "mended": 0}\n'


def test_a_backup_is_restored_into_a_new_table_and_swapped_in(system: System) -> None:
    run("seed", "--table", system.table, "--users", "20")
    before = sorted_items(system.table)
    code, out, _ = run("backup", "--table", system.table, "--name", "daily")
    assert code == 0
    live = Table(system.table)
    live.delete(system.items()[::2])
    live.put([{"PK": {"S": "USER#late"}, "SK": {"S": "PROFILE"}}])
    into = f"{system.table}-restored"
    code, told, _ = run("restore", "--table", system.table, "--backup", out.strip(), "--into", into)
    assert (code, json.loads(told)) == (0, {"table": into, "items": len(before)})
    key_before = live.describe()["TableArn"]
    code, told, _ = run("swap", "--table", system.table, "--restored", into, "--drop")
    assert (code, json.loads(told)["removed"]) == (0, 1)
    assert sorted_items(system.table) == before
    assert live.describe()["TableArn"] == key_before
    assert into not in boto3.client("dynamodb").list_tables()["TableNames"]
    kept = boto3.client("dynamodb").list_backups(TableName=system.table)["BackupSummaries"]
    assert sum(entry["BackupName"].startswith(f"{system.table}-before-swap-") for entry in kept) == 1


def test_a_restore_to_a_moment_makes_a_table_and_refuses_a_name_that_is_taken(system: System) -> None:
    run("seed", "--table", system.table, "--users", "2")
    into = f"{system.table}-then"
    enabled = {"PointInTimeRecoveryEnabled": True}
    boto3.client("dynamodb").update_continuous_backups(TableName=system.table, PointInTimeRecoverySpecification=enabled)
    code, told, err = run("restore", "--table", system.table, "--into", into)
    assert (code, err) == (0, "")
    assert json.loads(told) == {"table": into, "items": len(system.items())}
    code, _, err = run("restore", "--table", system.table, "--into", into)
    assert (code, err) == (1, f"ewelists-admin: there is a table {into!r} already: name another one\n")


def test_functions_are_held_while_the_contents_are_swapped_and_run_again_afterwards(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    concurrency: dict[str, int | None] = {"http": 20, "trigger": None}
    during: list[dict[str, int | None]] = []

    class Functions:
        def get_function_concurrency(self, *, FunctionName: str) -> dict[str, int]:  # noqa: N803 # boto3's own names
            had = concurrency[FunctionName]
            return {} if had is None else {"ReservedConcurrentExecutions": had}

        def put_function_concurrency(self, *, FunctionName: str, ReservedConcurrentExecutions: int) -> None:  # noqa: N803
            concurrency[FunctionName] = ReservedConcurrentExecutions

        def delete_function_concurrency(self, *, FunctionName: str) -> None:  # noqa: N803
            concurrency[FunctionName] = None

    real = boto3.client
    monkeypatch.setattr(boto3, "client", lambda name, **more: Functions() if name == "lambda" else real(name, **more))
    monkeypatch.setattr(backups, "swap", lambda *_: during.append(dict(concurrency)) or {"written": 0, "removed": 0})
    hold = ["--hold", "http", "--hold", "trigger"]
    assert run("swap", "--table", system.table, "--restored", "other", *hold)[0] == 0
    assert during == [{"http": 0, "trigger": 0}]
    assert concurrency == {"http": 20, "trigger": None}


def test_a_table_with_a_writer_or_with_other_keys_is_not_swapped(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = System()
    run("seed", "--table", other.table, "--users", "1")
    put = Table.put

    def put_and_write(self: Table, items: list[dict]) -> None:
        put(self, items)
        put(self, [{"PK": {"S": "USER#late"}, "SK": {"S": "PROFILE"}}])

    monkeypatch.setattr(Table, "put", put_and_write)
    code, _, err = run("swap", "--table", system.table, "--restored", other.table)
    assert code == 1
    assert f"{system.table} is being written to: stop its writers and swap again" in err
    boto3.client("dynamodb").create_table(
        TableName="stranger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for restored, said in (("stranger", "it is no copy of it"), ("none", "there is no table 'none'")):
        assert said in run("swap", "--table", system.table, "--restored", restored)[2]
    assert "in its own place" in run("swap", "--table", system.table, "--restored", system.table)[2]


def test_the_commands_of_the_backup_runbook_do_what_it_says(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of the runbook that calls the tool is run, in its order, with this account's names."""
    run("seed", "--table", system.table, "--users", "4")
    enabled = {"PointInTimeRecoveryEnabled": True}
    boto3.client("dynamodb").update_continuous_backups(TableName=system.table, PointInTimeRecoverySpecification=enabled)
    before = sorted_items(system.table)
    monkeypatch.setenv("TABLE_NAME", system.table)
    monkeypatch.setenv("USER_POOL_ID", system.user_pool)
    text = (RUNBOOKS / "backups.md").read_text()
    commands = re.findall(r"^ {4,8}ewelists-admin (.+)$", text, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["backup", "restore", "swap", "recount", "restore"]
    values = {"$NEW_TABLE": f"{system.table}-new"}
    for command in commands:
        words = [values.get(word, word) for word in command.split()]
        if "--to" in words:  # the emulated account keeps no past: the latest moment stands for it
            words = [word for place, word in enumerate(words) if "--to" not in (word, words[place - 1])]
        if "--hold" in words:  # and has no functions
            words = [word for place, word in enumerate(words) if "--hold" not in (word, words[place - 1])]
        code, out, err = run(*words)
        assert (command, code, err) == (command, 0, "")
        if words[0] == "backup":
            values["$BACKUP"] = out.strip()
    assert sorted_items(system.table) == before
