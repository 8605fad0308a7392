"""Tasks, by their routes, on a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from uuid import UUID

import pytest
from support import OTHER, USER, Issuer

from .conftest import Api


async def add(api: Api, bearer: dict[str, str], text: str) -> dict:
    answer = await api.client.post("/v1/tasks", json={"text": text}, headers=bearer)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_task_is_added_read_changed_and_removed(api: Api, bearer: dict[str, str]) -> None:
    answer = await api.client.post("/v1/tasks", json={"text": "  Buy milk "}, headers=bearer)
    task = answer.json()
    at = f"/v1/tasks/{task['id']}"
    assert (answer.status_code, answer.headers["location"]) == (201, at)
    assert list(task) == ["id", "text", "done", "owner", "createdAt", "updatedAt"]
    assert (task["text"], task["done"], task["owner"]) == ("Buy milk", False, USER)
    assert task["createdAt"] == task["updatedAt"]
    assert (await api.client.get(at)).json() == task

    changed = (await api.client.patch(at, json={"done": True}, headers=bearer)).json()
    assert changed == task | {"done": True, "updatedAt": changed["updatedAt"]}
    assert datetime.fromisoformat(changed["updatedAt"]) > datetime.fromisoformat(task["updatedAt"])
    assert (await api.client.get(at)).json() == changed

    assert (await api.client.delete(at, headers=bearer)).status_code == 204
    gone = await api.client.get(at)
    assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
    assert gone.json()["detail"] == f"there is no task {task['id']}"


async def test_pages_follow_one_another_newest_first_and_show_each_task_once(api: Api, bearer: dict[str, str]) -> None:
    texts = [(await add(api, bearer, f"task {number}"))["text"] for number in range(5)]
    shown, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await api.client.get("/v1/tasks", params=query)).json()
        shown += [task["text"] for task in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        await add(api, bearer, "came meanwhile")
    assert shown == list(reversed(texts))


async def test_only_done_or_only_open_tasks_can_be_asked_for(api: Api, bearer: dict[str, str]) -> None:
    done = await add(api, bearer, "done")
    await add(api, bearer, "open")
    await api.client.patch(f"/v1/tasks/{done['id']}", json={"done": True}, headers=bearer)
    for flag, texts in (("true", ["done"]), ("false", ["open"])):
        page = (await api.client.get("/v1/tasks", params={"done": flag})).json()
        assert [task["text"] for task in page["items"]] == texts


async def test_without_a_version_tasks_are_a_bare_array_with_a_link_to_the_rest(
    api: Api, bearer: dict[str, str]
) -> None:
    assert (await api.client.post("/tasks", json={"text": "one"})).status_code == 401
    for text in ("one", "two"):
        assert (await api.client.post("/tasks", json={"text": text}, headers=bearer)).status_code == 201
    everything = await api.client.get("/tasks")
    assert [task["text"] for task in everything.json()] == ["two", "one"]
    assert "link" not in everything.headers
    first = await api.client.get("/tasks", params={"limit": 1})
    following = first.links["next"]["url"]
    assert [task["text"] for task in (await api.client.get(following)).json()] == ["one"]


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"done": True}), ("DELETE", None)])
async def test_only_the_owner_changes_or_removes(
    api: Api, bearer: dict[str, str], issuer: Issuer, method: str, body: dict | None
) -> None:
    task = await add(api, bearer, "mine")
    at = f"/v1/tasks/{task['id']}"
    answer = await api.client.request(method, at, json=body, headers=issuer.headers(OTHER))
    assert (answer.status_code, answer.json()["detail"]) == (403, "the task is another user's")
    assert (await api.client.get(at)).json() == task


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"done": True}), ("DELETE", None)])
async def test_what_is_not_there_cannot_be_changed(
    api: Api, bearer: dict[str, str], method: str, body: dict | None
) -> None:
    answer = await api.client.request(method, f"/v1/tasks/{UUID(int=7)}", json=body, headers=bearer)
    assert answer.status_code == 404


async def test_a_change_and_its_event_are_one_transaction(api: Api, bearer: dict[str, str]) -> None:
    headers = bearer | {"x-request-id": "the-request"}
    task = (await api.client.post("/v1/tasks", json={"text": "Buy milk"}, headers=headers)).json()
    at = f"/v1/tasks/{task['id']}"
    for body in ({"done": True}, {"done": True}, {"text": "Buy bread"}, {"done": False}):
        await api.client.patch(at, json=body, headers=headers)
    await api.client.delete(at, headers=headers)
    assert await api.outbox.hand_over() == 5
    events = [json.loads(body) for body in api.queue.sent]
    assert [(event["type"], event["summary"]) for event in events] == [
        ("task.created", 'added "Buy milk"'),
        ("task.updated", 'completed "Buy milk"'),
        ("task.updated", 'renamed "Buy milk" to "Buy bread"'),
        ("task.updated", 'took up "Buy bread" again'),
        ("task.deleted", 'deleted "Buy bread"'),
    ]
    assert {(event["subject"], event["actor"], event["requestId"]) for event in events} == {
        (task["id"], USER, "the-request")
    }
    assert len({event["id"] for event in events}) == 5


async def test_a_refused_change_leaves_no_event(api: Api, bearer: dict[str, str], issuer: Issuer) -> None:
    task = await add(api, bearer, "mine")
    assert await api.outbox.hand_over() == 1
    await api.client.patch(f"/v1/tasks/{task['id']}", json={"done": True}, headers=issuer.headers(OTHER))
    assert await api.outbox.hand_over() == 0


async def test_two_changes_at_once_are_both_kept(api: Api, bearer: dict[str, str]) -> None:
    at = f"/v1/tasks/{(await add(api, bearer, 'one'))['id']}"
    changes = [api.client.patch(at, json=body, headers=bearer) for body in ({"done": True}, {"text": "two"})]
    await asyncio.gather(*changes)
    final = (await api.client.get(at)).json()
    assert (final["text"], final["done"]) == ("two", True)


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE tasks; --", '<img src=x onerror="alert(1)">', "%s %(x)s {0} ${a}", "👩🏽‍🚀"]
)
async def test_a_text_that_means_something_elsewhere_is_only_a_text_here(
    api: Api, bearer: dict[str, str], text: str
) -> None:
    await add(api, bearer, text)
    assert [task["text"] for task in (await api.client.get("/v1/tasks")).json()["items"]] == [text]
