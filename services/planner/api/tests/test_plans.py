"""Plans and steps: what they take, what they give, whose they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from planner import models
from planner.models import Plan, Step
from rest_framework.test import APIClient

from .support import ADA, EVE

NOBODY = "00000000-0000-4000-8000-000000000000"


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["title"] for each in answer.json()["items"]]


def problems(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    assert answer["content-type"] == "application/problem+json"
    return answer.status_code, [(each["path"], each["message"]) for each in answer.json()["errors"]]


def make(client: APIClient, **plan: object) -> dict[str, Any]:
    answer = client.post("/api/plans", plan, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_plan_is_made_read_changed_and_deleted(ada: APIClient) -> None:
    sent = {"title": " Paint the shed ", "notes": "Green.\nOr not.", "startsOn": "2026-05-01", "endsOn": "2026-05-03"}
    made = ada.post("/api/plans", sent, format="json")
    assert (made.status_code, made["location"]) == (201, f"/api/plans/{made.json()['id']}")
    address = made["location"]
    read = ada.get(address).json()
    assert read | {"id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "title": "Paint the shed",
        "notes": "Green.\nOr not.",
        "startsOn": "2026-05-01",
        "endsOn": "2026-05-03",
        "stepCount": 0,
        "doneCount": 0,
        "picture": None,
        "createdAt": "",
        "updatedAt": "",
        "steps": [],
        "attachments": [],
    }
    changed = ada.patch(address, {"notes": "", "endsOn": None}, format="json").json()
    assert (changed["title"], changed["notes"], changed["endsOn"]) == ("Paint the shed", "", None)
    assert ada.delete(address).status_code == 204
    assert ada.get(address).status_code == 404


def test_somebody_elses_plan_is_not_there_in_any_way(ada: APIClient, eve: APIClient, plan: dict[str, Any]) -> None:
    address = f"/api/plans/{plan['id']}"
    step = ada.post(f"{address}/steps", {"title": "Buy paint"}, format="json").json()
    tries = [
        eve.get(address),
        eve.patch(address, {"title": "Mine"}, format="json"),
        eve.delete(address),
        eve.post(f"{address}/steps", {"title": "Mine"}, format="json"),
        eve.patch(f"{address}/steps/{step['id']}", {"done": True}, format="json"),
        eve.delete(f"{address}/steps/{step['id']}"),
        eve.post(f"{address}/attachments", {"name": "a.png", "contentType": "image/png", "size": 1}, format="json"),
    ]
    missing = eve.get(f"/api/plans/{NOBODY}")
    assert {answer.status_code for answer in tries} == {404}
    assert {answer.json()["detail"] for answer in tries} == {missing.json()["detail"]}
    assert titles(eve.get("/api/plans")) == []
    assert eve.get("/api/steps").json()["total"] == 0
    assert titles(ada.get("/api/plans")) == ["Paint the shed"]


def test_a_step_of_one_plan_is_not_found_under_another(ada: APIClient, plan: dict[str, Any]) -> None:
    other = make(ada, title="Other")
    step = ada.post(f"/api/plans/{plan['id']}/steps", {"title": "Buy paint"}, format="json").json()
    assert ada.delete(f"/api/plans/{other['id']}/steps/{step['id']}").status_code == 404


def test_steps_come_in_their_order_and_are_counted(ada: APIClient, plan: dict[str, Any]) -> None:
    address = f"/api/plans/{plan['id']}"
    for title in ("one", "two", "three"):
        assert ada.post(f"{address}/steps", {"title": title}, format="json").status_code == 201
    first, _, third = ada.get(address).json()["steps"]
    assert ada.patch(f"{address}/steps/{third['id']}", {"position": 0, "done": True}, format="json").json() == {
        **third,
        "position": 0,
        "done": True,
    }
    assert ada.patch(f"{address}/steps/{first['id']}", {"position": 5}, format="json").status_code == 200
    read = ada.get(address).json()
    assert [step["title"] for step in read["steps"]] == ["three", "two", "one"]
    assert (read["stepCount"], read["doneCount"]) == (3, 1)
    assert ada.delete(f"{address}/steps/{third['id']}").status_code == 204
    assert ada.get("/api/plans").json()["items"][0]["stepCount"] == 2


@pytest.fixture
def many(ada: APIClient) -> None:
    make(ada, title="b spring", startsOn="2026-03-01", endsOn="2026-05-31")
    make(ada, title="a day", startsOn="2026-05-10")
    make(ada, title="d summer", startsOn="2026-06-01", notes="SEASIDE")
    make(ada, title="c whenever")
    for title, done in (("a day", [True, True]), ("b spring", [True, False])):
        for is_done in done:
            Plan.objects.get(title=title).steps.create(title="x", done=is_done)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c whenever", "d summer", "a day", "b spring"]),
        ("ordering=title", ["a day", "b spring", "c whenever", "d summer"]),
        ("ordering=startsOn", ["b spring", "a day", "d summer", "c whenever"]),
        ("ordering=-startsOn", ["d summer", "a day", "b spring", "c whenever"]),
        ("from=2026-05-01&to=2026-05-31&ordering=title", ["a day", "b spring"]),
        ("from=2026-06-01", ["d summer"]),
        ("to=2026-03-31", ["b spring"]),
        ("search=seaside", ["d summer"]),
        ("search=%25", []),
        ("search=' OR 1=1; --", []),
        ("state=done", ["a day"]),
        ("state=open&ordering=title", ["b spring", "c whenever", "d summer"]),
        ("ordering=title&page=2&pageSize=3", ["d summer"]),
        ("page=7", []),
    ],
)
def test_plans_are_filtered_ordered_and_paged(ada: APIClient, query: str, found: list[str]) -> None:
    assert titles(ada.get(f"/api/plans?{query}")) == found


@pytest.mark.usefixtures("many")
def test_a_page_says_how_many_there_are(ada: APIClient) -> None:
    read = ada.get("/api/plans?pageSize=3").json()
    assert (len(read["items"]), read["page"], read["pageSize"], read["total"]) == (3, 1, 3, 4)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("pageSize=101", "pageSize"),
        ("ordering=owner", "ordering"),
        ("from=2026-13-01", "from"),
        ("from=2026-05-02&to=2026-05-01", "to"),
        ("state=%00", "state"),
        ("search=%00", "search"),
        ("owner=somebody", "owner"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_with_its_place(ada: APIClient, query: str, path: str) -> None:
    status, found = problems(ada.get(f"/api/plans?{query}"))
    assert (status, [where for where, _ in found]) == (422, [path])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"title": ["a"]}, "title"),
        ({"title": {"a": 1}}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "turned \u202e round"}, "title"),
        ({"title": "\x00"}, "title"),
        ({"title": "x\r\nSet-Cookie: a=b"}, "title"),
        ({"title": "a", "notes": 7}, "notes"),
        ({"title": "a", "notes": "x" * 5001}, "notes"),
        ({"title": "a", "startsOn": "tomorrow"}, "startsOn"),
        ({"title": "a", "startsOn": 20260501}, "startsOn"),
        ({"title": "a", "startsOn": "2026-02-30"}, "startsOn"),
        ({"title": "a", "startsOn": "2026-05-02", "endsOn": "2026-05-01"}, "endsOn"),
        ({"title": "a", "owner": EVE}, "owner"),
        ([], "body"),
        ("title", "body"),
        (5, "body"),
        (None, "body"),
    ],
)
def test_a_body_of_the_wrong_kind_is_refused_with_its_place(ada: APIClient, body: object, path: str) -> None:
    status, found = problems(ada.post("/api/plans", body, format="json"))
    if body is None:
        path = "title"  # no body at all is an empty one
    assert (status, [where for where, _ in found]) == (422, [path])
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"title": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 400),
        (b'{"title": ' + b"9" * 5000 + b"}", 400),
        (b'{"title": "' + b"x" * 70_000 + b'"}', 413),
        (b'{"title": "\\ud800"}', 422),
    ],
)
def test_what_is_no_json_or_too_much_of_it_is_refused(ada: APIClient, body: bytes, status: int) -> None:
    answer = ada.generic("POST", "/api/plans", body, content_type="application/json")
    assert problems(answer)[0] == status


def test_another_kind_of_body_is_refused(ada: APIClient) -> None:
    assert problems(ada.generic("POST", "/api/plans", b"title=a", content_type="text/plain")) == (415, [])
    assert problems(ada.put("/api/plans", {}, format="json")) == (405, [])


def test_the_last_day_is_checked_against_the_first_that_is_kept(ada: APIClient) -> None:
    made = make(ada, title="a", startsOn="2026-05-02")
    answer = ada.patch(f"/api/plans/{made['id']}", {"endsOn": "2026-05-01"}, format="json")
    assert problems(answer) == (422, [("endsOn", "is before the first day")])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"title": "a", "done": "yes"}, "done"),
        ({"title": "a", "done": 1}, "done"),
        ({"title": "a", "position": "5"}, "position"),
        ({"title": "a", "position": True}, "position"),
        ({"title": "a", "position": -1}, "position"),
        ({"title": "a", "position": 10**30}, "position"),
    ],
)
def test_a_step_takes_what_it_says_and_nothing_like_it(
    ada: APIClient, plan: dict[str, Any], body: object, path: str
) -> None:
    status, found = problems(ada.post(f"/api/plans/{plan['id']}/steps", body, format="json"))
    assert (status, [where for where, _ in found]) == (422, [path])


def test_dated_steps_of_all_plans_come_by_date(ada: APIClient, eve: APIClient) -> None:
    for client, title in ((ada, "one"), (ada, "two"), (eve, "hers")):
        made = make(client, title=title)
        for day, done in (("2026-05-09", False), ("2026-05-01", True), (None, False)):
            body = {"title": f"{title} {day}", "dueOn": day, "done": done}
            assert client.post(f"/api/plans/{made['id']}/steps", body, format="json").status_code == 201
    found = ada.get("/api/steps?from=2026-05-01&to=2026-05-31").json()
    assert [step["dueOn"] for step in found["items"]] == ["2026-05-01", "2026-05-01", "2026-05-09", "2026-05-09"]
    assert {step["planTitle"] for step in found["items"]} == {"one", "two"}
    assert titles(ada.get("/api/steps?done=false&to=2026-05-08")) == []


def test_there_are_only_so_many(ada: APIClient, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (("plans", "MOST_PLANS"), ("steps", "MOST_STEPS")):
        assert getattr(models, name) >= 200
        monkeypatch.setattr(f"planner.views.{module}.{name}", 1)
    assert ada.post("/api/plans", {"title": "one more"}, format="json").status_code == 409
    address = f"/api/plans/{plan['id']}/steps"
    assert [ada.post(address, {"title": "x"}, format="json").status_code for _ in range(2)] == [201, 409]
    assert Step.objects.count() == 1


def test_a_database_that_is_away_is_said_to_be(ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("could not connect with password hunter2")

    monkeypatch.setattr(Plan.objects, "filter", away)
    answer = ada.get("/api/plans")
    assert (problems(answer)[0], answer["retry-after"]) == (503, "2")
    assert b"hunter2" not in answer.content


def test_who_calls_is_who_the_token_says(ada: APIClient) -> None:
    assert ada.get("/api/me").json() == {"id": ADA, "email": "ada@example.com"}
