"""Drills of ewelists' runbooks: a table's lost data comes back, and of somebody who is deleted nothing is left."""

import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.commands import REPOSITORY, ask, letter, until
from tests.e2e.secret_search import Search
from tests.e2e.wishes import Ewelists, Person, kept, traces

RUNBOOKS = REPOSITORY / "services/ewelists/docs/runbooks"
PATTERN = "cache-behavior-path-pattern"


def invited(owner: Person, list_id: str, guest: Person) -> str:
    """Invite somebody; return the token of the link in their mail."""
    owner.made(f"/lists/{list_id}/share", {"email": guest.email})
    return letter(guest.email, rf"/invitations/({list_id}\.\S+)")


def shared(owner: Person, guest: Person, title: str) -> tuple[str, str]:
    """Make a list with five cups that somebody else is a guest of, and has reserved two of; its id and the cups'."""
    made = owner.made("/lists", {"title": title})["id"]
    cups = owner.made(f"/lists/{made}/products", {"name": "Cups", "quantity": 5, "priceCents": 1250})["id"]
    code, answer = guest("POST", f"/invitations/{invited(owner, made, guest)}/accept")
    assert (code, answer["listId"]) == (200, made)
    assert guest.made(f"/lists/{made}/products/{cups}/reserve", {"quantity": 2})["available"] == 3
    return made, cups


def seen(*people: Person) -> list[Any]:
    """Return all that people see: themselves, their lists, and what is on each."""
    found = []
    for person in people:
        lists = person("GET", "/lists")
        found += [person("GET", "/me"), lists]
        for each in lists[1]["items"]:
            found.append(person("GET", f"/{'lists' if each['role'] == 'owner' else 'shared'}/{each['id']}"))
    return found


def next_second() -> int:
    """Wait until a second is over; return the next, at whose beginning everything before has happened."""
    second = int(time.time()) + 1
    until(lambda: time.time() > second + 0.2, 30)
    return second


def written_down(system: Ewelists, page: str) -> None:
    """Ask for a page as nobody else does, and wait until this and every earlier visit is in the access logs."""

    def asked() -> int:
        return sum(visit["cs-method"] == "OPTIONS" and "/api" not in visit[PATTERN] for visit in system.visits())

    before = asked()
    ask(page, "OPTIONS")
    until(lambda: asked() > before)
    assert {"*", "/api/*"} <= {visit[PATTERN] for visit in system.visits()}


def commands_of(runbook: str, heading: str) -> list[str]:
    """Return the commands that stand in a section of a runbook, each on a line of its own."""
    section = (RUNBOOKS / runbook).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^ +(ewelists-admin .+)$", section, re.MULTILINE)


def test_lists_whose_table_was_emptied_come_back_as_the_runbook_says(
    ewelists: Ewelists, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    ada, bob = ewelists.person("Ada"), ewelists.person("Bob")
    shared(ada, bob, "Birthday")
    shared(bob, ada, "Wedding")
    before, items = seen(ada, bob), ewelists.items()
    moment = next_second()

    dynamodb = ewelists.aws("dynamodb")
    for item in items:
        dynamodb.delete_item(TableName=ewelists.table, Key={"PK": item["PK"], "SK": item["SK"]})
    assert ewelists.items() == []
    later = ada.made("/lists", {"title": "Made after everything was lost"})["id"]
    assert seen(ada, bob) != before

    lines = commands_of("backups.md", "Something was deleted or spoilt")
    assert [line.split()[1] for line in lines] == ["restore", "swap", "recount"]
    restored_table = f"drill-{uuid.uuid4().hex[:8]}"
    began = time.monotonic()
    told = []
    for line in lines:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
        command = re.sub(r"--to \S+", f"--to {stamp}", line)
        told.append(json.loads(ewelists.admin(tmp_path, command, NEW_TABLE=restored_table)))
    measured(f"ewelists, {len(items)} items restored and swapped in: {time.monotonic() - began:.1f} s")
    restored, swapped, counted = told
    assert restored["items"] == len(items)
    assert (swapped["written"], swapped["dropped"]) == (len(items), True)
    assert swapped["removed"] >= 2  # the new list and its edge, and Ada's record, which was made anew
    assert counted == {"wrong": 0, "mended": 0}

    assert seen(ada, bob) == before
    assert sorted(map(json.dumps, ewelists.items())) == sorted(map(json.dumps, items))
    assert ada("GET", f"/lists/{later}")[0] == 404
    assert restored_table not in dynamodb.list_tables()["TableNames"]
    for part in ("api", "sign-up"):
        held = ewelists.aws("lambda").get_function_concurrency(FunctionName=ewelists.function(part)["FunctionName"])
        assert "ReservedConcurrentExecutions" not in held
    assert ada.made("/lists", {"title": "Made after everything came back"})["role"] == "owner"


def test_what_failed_is_asked_of_the_functions_log_as_the_runbook_says(ewelists: Ewelists, tmp_path: Path) -> None:
    (line,) = re.findall(r"^ {4}(ewelists-admin failures .+)$", (RUNBOOKS / "monitoring.md").read_text(), re.MULTILINE)
    group = ewelists.function("api")["LoggingConfig"]["LogGroup"]
    logs = ewelists.aws("logs")
    stream = f"drill-{uuid.uuid4().hex}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    said = json.dumps({"route": "GET /lists", "status": 503, "correlation_id": stream, "timestamp": "now"})
    event = {"timestamp": int(time.time() * 1000), "message": said}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    shown = [json.loads(each) for each in ewelists.admin(tmp_path, line).splitlines()]
    assert [each["route"] for each in shown if each["correlation_id"] == stream] == ["GET /lists"]
    assert all(each["status"] >= 500 for each in shown)


def test_of_somebody_who_is_deleted_nothing_is_left_anywhere(ewelists: Ewelists, tmp_path: Path) -> None:
    ada, bob = ewelists.person("Ada"), ewelists.person("Bob")
    adas, _ = shared(ada, bob, "Birthday")
    bobs, cups = shared(bob, ada, "Wedding")
    another = bob.made("/lists", {"title": "Not accepted yet"})["id"]
    token = invited(bob, another, ada)
    # What is refused is written into logs too.
    assert ada("GET", f"/lists/{bobs}")[0] == 404
    assert ada("POST", f"/lists/{adas}/share", {"email": f"{ada.email} "})[0] in (201, 422)
    assert ada("POST", "/lists", {"title": 5, "more": ada.email})[0] == 422
    written_down(ewelists, f"{ewelists.site}/invitations/{adas}.{token.rpartition('.')[2]}?of={ada.email}")

    (line,) = re.findall(r"`(ewelists-admin delete-user [^`]+)`", (RUNBOOKS / "users.md").read_text())
    with Search({"id": ada.id, "address": ada.email, "name": ada.name, "list": adas}) as search:
        there = [f"{what} in the table" for what in ("address", "id", "list", "name")]
        assert kept(ewelists, search) == [*there, "address in the user pools", "id in the user pools"]

        told = json.loads(ewelists.admin(tmp_path, f"{line.replace('ada@example.com', ada.email)} --yes"))
        assert told["left"] == []
        counts = {"lists": 1, "memberships": 1, "reservations": 1, "accounts": 1}
        assert {name: told["deleted"][name] for name in counts} == counts

        assert kept(ewelists, search) + traces(ewelists, search) == []

    code, problem = ada("GET", "/me")
    assert (code, problem["reason"]) == (401, "no-account")
    (product,) = bob("GET", f"/lists/{bobs}")[1]["items"]
    assert (product["id"], product["available"]) == (cups, 5)
    assert bob("GET", f"/lists/{bobs}/guests")[1] == {"guests": [], "invitations": []}
    assert bob("GET", f"/shared/{adas}")[0] == 404
    assert bob("GET", f"/invitations/{token}")[0] == 404
