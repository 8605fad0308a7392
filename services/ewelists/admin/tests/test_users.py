"""Users found, exported, deleted: with everything, and nothing of anybody else."""

from __future__ import annotations

import json
import re
import stat
import time
from pathlib import Path

import boto3
import pytest
from ewelists_admin.cli import app
from tests.conftest import Person, System
from typer.testing import CliRunner

RUNBOOKS = Path(__file__).parents[2] / "docs/runbooks"


@pytest.fixture
def two(system: System) -> tuple[Person, Person, str, str]:
    """Ada and Bob, each with a list that the other is a guest of and has reserved from: their lists' ids too."""
    ada, bob = system.person("Ada"), system.person("Bob")
    lists = []
    for owner, guest in ((ada, bob), (bob, ada)):
        made = system.lists.add(owner.id, {"title": f"{owner.name}'s wishes"})["id"]
        product = system.products.add(made, {"name": "Cups", "quantity": 5})["id"]
        system.share(owner, made, guest)
        system.products.reserve(guest.id, made, product, 2)
        lists.append(made)
    return ada, bob, *lists


def run(system: System, *arguments: str, table_only: bool = False) -> tuple[int, str, str]:
    place = ["--table", system.table] + ([] if table_only else ["--user-pool", system.user_pool])
    done = CliRunner().invoke(app, [*arguments, *place])
    return done.exit_code, done.stdout, done.stderr


def test_a_user_is_found_by_address_and_by_id(system: System, two: tuple[Person, Person, str, str]) -> None:
    ada = two[0]
    for who in (ada.email, ada.id):
        code, out, _ = run(system, "find", who)
        assert (code, json.loads(out)) == (0, {"id": ada.id, "email": ada.email, "account": True})
    assert run(system, "find", "nobody@example.com") == (
        1,
        "",
        "ewelists-admin: nobody has the address or the id 'nobody@example.com'\n",
    )


def test_an_export_has_what_is_a_users_and_nothing_of_the_others(
    system: System, two: tuple[Person, Person, str, str], tmp_path: Path
) -> None:
    ada, bob, adas, bobs = two
    to = tmp_path / "ada.json"
    assert run(system, "export", ada.email, "--to", str(to))[0] == 0
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    given = json.loads(to.read_text())
    assert given["account"]["email"] == ada.email
    by_role = {entry["role"]: entry for entry in given["lists"]}
    assert by_role["owner"]["list"] == f"LIST#{adas}"
    assert {item["SK"].partition("#")[0] for item in by_role["owner"]["items"]} == {"LIST", "PRODUCT"}
    theirs = by_role["guest"]
    assert theirs["list"] == f"LIST#{bobs}"
    assert [item.get("reserved") for item in theirs["items"]] == [None, 2]
    assert bob.email not in json.dumps(given)


def test_a_user_deleted_leaves_nothing_in_table_pool_and_logs(
    system: System, two: tuple[Person, Person, str, str]
) -> None:
    ada, bob, adas, bobs = two
    system.sharing.invite({"id": bob.id, "name": bob.name}, bobs, ada.email)
    logs = boto3.client("logs")
    group = f"/aws/lambda/{system.table}"
    logs.create_log_group(logGroupName=group)
    code, out, err = run(system, "delete-user", ada.email, "--yes", "--log-group", group)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["left"] == []
    counts = {"lists": 1, "memberships": 1, "reservations": 1, "invitations": 1, "accounts": 1}
    assert {name: told["deleted"][name] for name in counts} == counts
    text = json.dumps(system.items())
    assert (ada.id in text, ada.email in text, adas in text) == (False, False, False)
    assert boto3.client("cognito-idp").list_users(UserPoolId=system.user_pool)["Users"][0]["Username"] == bob.id
    (cups,) = system.products.page(bobs, 10, None)[0]
    assert (cups["available"], cups["reservedBy"]) == (5, {})
    assert system.lists.get(bob.id, bobs)["guests"] == 0
    assert run(system, "find", ada.email)[0] == 1


def test_a_trace_in_a_log_is_told_and_the_command_fails(system: System) -> None:
    ada = system.person("Ada")
    logs = boto3.client("logs")
    group = f"/aws/lambda/{system.table}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    line = {"timestamp": 1_795_000_000_000, "message": f"user {ada.id} called"}
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[line])
    code, out, err = run(system, "delete-user", ada.id, "--yes", "--log-group", group)
    assert (code, json.loads(out)["left"]) == (1, [f"log group {group}"])
    assert err == "ewelists-admin: 1 traces are left: run the command again, or look at them\n"


def test_log_groups_are_found_by_a_part_of_their_names_and_nobody_is_deleted_when_none_is(system: System) -> None:
    ada = system.person("Ada")
    logs = boto3.client("logs")
    for group in (f"one-{system.table}", f"{system.table}-two", "others"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        line = {"timestamp": 1_795_000_000_000, "message": f"user {ada.id} called"}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[line])
    code, _, err = run(system, "delete-user", ada.id, "--yes", "--logs-of", "nothing-is-named-so")
    assert (code, err) == (1, "ewelists-admin: no log group has 'nothing-is-named-so' in its name\n")
    assert ada.id in json.dumps(system.items())
    code, out, _ = run(system, "delete-user", ada.id, "--yes", "--logs-of", system.table)
    found = [f"log group one-{system.table}", f"log group {system.table}-two"]
    assert (code, json.loads(out)["left"]) == (1, sorted(found))


def test_a_deletion_that_was_cut_short_is_finished_by_the_next(
    system: System, two: tuple[Person, Person, str, str]
) -> None:
    ada = two[0]
    boto3.client("cognito-idp").admin_delete_user(UserPoolId=system.user_pool, Username=ada.email)
    code, out, _ = run(system, "delete-user", ada.email, "--yes")
    assert (code, json.loads(out)["left"]) == (0, [])
    assert ada.id not in json.dumps(system.items())


def test_nobody_is_deleted_without_a_word(system: System) -> None:
    ada = system.person("Ada")
    done = CliRunner().invoke(
        app, ["delete-user", ada.id, "--table", system.table, "--user-pool", system.user_pool], input="n\n"
    )
    assert done.exit_code == 1
    assert ada.id in json.dumps(system.items())


def test_the_commands_of_the_users_runbook_do_what_it_says(system: System, tmp_path: Path) -> None:
    system.person("Ada")
    boto3.client("logs").create_log_group(logGroupName=f"users-{system.table}")
    commands = re.findall(r"`ewelists-admin ([^`]+)`", (RUNBOOKS / "users.md").read_text())
    assert [command.split()[0] for command in commands] == ["find", "export", "delete-user"]
    names = {"ada.json": str(tmp_path / "ada.json"), "ewelists": f"users-{system.table}"}
    for command in commands:
        words = [names.get(word, word) for word in command.split()]
        code, _, err = run(system, *words, *(["--yes"] if words[0] == "delete-user" else []))
        assert (command, code, err) == (command, 0, "")
    assert json.loads((tmp_path / "ada.json").read_text())["account"]["email"] == "ada@example.com"
    assert system.items() == []


def test_the_command_of_the_monitoring_runbook_shows_what_failed(system: System) -> None:
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=f"/aws/lambda/{system.table}")
    logs.create_log_stream(logGroupName=f"/aws/lambda/{system.table}", logStreamName="one")
    now = int(time.time() * 1000)
    lines = [{"status": status, "route": "GET /lists", "correlation_id": f"id-{status}"} for status in (200, 503, 404)]
    events = [{"timestamp": now, "message": json.dumps(line)} for line in lines]
    logs.put_log_events(logGroupName=f"/aws/lambda/{system.table}", logStreamName="one", logEvents=events)
    text = (RUNBOOKS / "monitoring.md").read_text()
    (command,) = re.findall(r"^ {4}ewelists-admin (.+)$", text, re.MULTILINE)
    words = command.replace("$HTTP_LOGS", f"/aws/lambda/{system.table}").split()
    done = CliRunner().invoke(app, words)
    shown = {"timestamp": None, "route": "GET /lists", "status": 503, "correlation_id": "id-503"}
    assert (done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]) == (0, [shown])
