"""Bad input is refused with a reason, and leaves nothing behind."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from src.services.logins import Logins, from_url
from src.utils.settings import Settings
from support import Issuer, another_key

from .conftest import Api, open_api

JSON = {"content-type": "application/json"}


async def rows(api: Api) -> int:
    async with api.services.database.work() as session:
        return await session.scalar(text("SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM outbox)"))


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        (b"{", 400, []),
        (b"", 422, ["body"]),
        (b"\xff\xfe", 400, []),
        (b"[" * 30_000, 400, []),
        (b"null", 422, ["body"]),
        (b"[]", 422, ["body"]),
        (b"{}", 422, ["text"]),
        (b'{"text": 5}', 422, ["text"]),
        (b'{"text": "  "}', 422, ["text"]),
        (b'{"text": "a\\u0000b"}', 422, ["text"]),
        (b'{"text": "a\\ud800b"}', 422, ["text"]),
        (b'{"text": "a", "owner": "b", "done": true}', 422, ["owner", "done"]),
        (json.dumps({"text": "x" * 501}).encode(), 422, ["text"]),
        (json.dumps({"text": "x" * 70_000}).encode(), 413, []),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_a_body_that_is_no_task_is_refused_with_its_reason(
    api: Api, bearer: dict[str, str], body: bytes, status: int, errors: list[str]
) -> None:
    answer = await api.client.post("/v1/tasks", content=body, headers=bearer | JSON | {"x-request-id": "the-request"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert list(problem) == ["type", "title", "status", "detail", "requestId", "errors"]
    assert (problem["status"], problem["requestId"]) == (status, "the-request")
    assert [error["path"] for error in problem["errors"]] == errors
    assert "Traceback" not in answer.text
    assert await rows(api) == 0


async def test_a_body_of_another_kind_is_415(api: Api, bearer: dict[str, str]) -> None:
    answer = await api.client.post("/v1/tasks", content=b"text=a", headers=bearer | {"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["detail"]) == (415, "the body must be application/json")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/tasks?limit=0", "limit"),
        ("/v1/tasks?limit=101", "limit"),
        ("/v1/tasks?limit=1;DROP TABLE tasks", "limit"),
        ("/v1/tasks?done=perhaps", "done"),
        ("/v1/tasks?cursor=%27%20OR%201=1", "cursor"),
        ("/v1/tasks/1%20OR%201=1", "task_id"),
        ("/v1/activity?limit=x", "limit"),
    ],
)
async def test_a_question_that_makes_no_sense_is_422_and_says_where(api: Api, path: str, field: str) -> None:
    answer = await api.client.get(path)
    assert (answer.status_code, [error["path"] for error in answer.json()["errors"]]) == (422, [field])


async def test_a_cursor_of_somebody_elses_making_is_422(api: Api) -> None:
    assert (await api.client.get("/v1/tasks?cursor=abcd")).status_code == 422


async def test_a_header_of_the_callers_does_not_come_back_unless_it_is_an_id(api: Api) -> None:
    kept = await api.client.get("/healthz", headers={"x-request-id": "abc-1.2_3"})
    assert kept.headers["x-request-id"] == "abc-1.2_3"
    for bad in ("a b", "x" * 65, "a;b", "é"):
        answer = await api.client.get("/healthz", headers={"x-request-id": bad.encode()})
        assert len(answer.headers["x-request-id"]) == 32


async def test_without_a_good_token_a_write_is_401_and_leaves_nothing(api: Api, issuer: Issuer) -> None:
    expired = issuer.token(exp=int(time.time()) - 60)
    forged = issuer.token(key=another_key())
    for headers, challenge in (
        ({}, "Bearer"),
        ({"Authorization": "Basic YTpi"}, "Bearer"),
        (
            {"Authorization": f"Bearer {expired}"},
            'Bearer error="invalid_token", error_description="the token has expired"',
        ),
        (
            {"Authorization": f"Bearer {forged}"},
            'Bearer error="invalid_token", error_description="the token\'s signature is not its key\'s"',
        ),
    ):
        answer = await api.client.post("/v1/tasks", json={"text": "a"}, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"] == challenge
    assert await rows(api) == 0


async def test_a_token_without_the_scope_is_403(api: Api, issuer: Issuer) -> None:
    headers = {"Authorization": f"Bearer {issuer.token(scope='items:write')}"}
    answer = await api.client.post("/v1/tasks", json={"text": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (403, "the token lacks the scope tasks:write")
    assert await rows(api) == 0


async def test_without_a_key_set_a_write_is_503_and_says_when_to_come_back(api: Api, issuer: Issuer) -> None:
    issuer.status = 500
    answer = await api.client.post("/v1/tasks", json={"text": "a"}, headers=issuer.headers())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["detail"] == "the key set of market-api does not answer: try again"


async def test_unknown_paths_and_methods_are_problem_documents(api: Api) -> None:
    assert (await api.client.get("/v1/nowhere")).json()["status"] == 404
    answer = await api.client.request("DELETE", "/v1/tasks")
    assert (answer.status_code, sorted(answer.headers["allow"].split(", "))[0]) == (405, "GET")


@pytest.fixture
async def limited(settings: Settings) -> AsyncIterator[tuple[Api, Api]]:
    """Two tasks of one service that share a limit of 3."""
    few = replace(settings, rate_limit_per_minute=3)
    async for one in open_api(few):
        async for other in open_api(few):
            yield one, other


def decisions(kind: str) -> float:
    return REGISTRY.get_sample_value("rate_limit_decisions_total", {"decision": kind}) or 0


async def test_the_limit_is_shared_by_all_tasks_and_says_when_to_come_back(limited: tuple[Api, Api]) -> None:
    one, other = limited
    headers = {"x-forwarded-for": "10.9.9.9, 192.0.2.1"}
    seen = [await api.client.get("/v1/tasks", headers=headers) for api in (one, other, one, other)]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 429]
    assert 1 <= int(seen[3].headers["retry-after"]) <= 120
    assert seen[3].headers["content-type"] == "application/problem+json"


async def test_the_limit_counts_an_address_as_the_proxy_saw_it_and_not_as_the_caller_says(
    limited: tuple[Api, Api],
) -> None:
    api = limited[0]
    for number in range(3):
        await api.client.get("/v1/tasks", headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.1"})
    again = await api.client.get("/v1/tasks", headers={"x-forwarded-for": "10.0.0.77, 192.0.2.1"})
    another = await api.client.get("/v1/tasks", headers={"x-forwarded-for": "192.0.2.2"})
    assert (again.status_code, another.status_code) == (429, 200)


async def test_behind_a_gateway_the_limit_counts_the_address_that_the_gateway_says(settings: Settings) -> None:
    behind = replace(settings, rate_limit_per_minute=3, client_address_header="X-Client-IP")
    async for api in open_api(behind):

        async def status(client: str, api: Api = api) -> int:
            headers = {"x-client-ip": client, "x-forwarded-for": "10.10.0.5"}
            return (await api.client.get("/v1/tasks", headers=headers)).status_code

        assert [await status("192.0.2.8") for _ in range(4)] == [200, 200, 200, 429]
        assert await status("192.0.2.9") == 200


async def test_what_watches_the_service_is_not_counted(limited: tuple[Api, Api]) -> None:
    for _ in range(5):
        assert (await limited[0].client.get("/healthz")).status_code == 200


async def test_without_the_cache_the_limit_lets_pass_and_the_metric_says_so(limited: tuple[Api, Api]) -> None:
    api = limited[0]
    api.services.cache._logins = Logins("the cache", lambda: from_url("redis://127.0.0.1:1"))
    before = decisions("unchecked")
    answers = [await api.client.get("/v1/tasks") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert decisions("unchecked") == before + 5


async def test_pages_of_the_listed_origins_alone_may_call(api: Api) -> None:
    preflight = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    listed = await api.client.options("/v1/tasks", headers={"origin": "https://market.test"} | preflight)
    assert (listed.status_code, listed.headers["access-control-allow-origin"]) == (200, "https://market.test")
    other = await api.client.options("/v1/tasks", headers={"origin": "https://evil.test"} | preflight)
    assert other.status_code == 400
    assert "access-control-allow-origin" not in other.headers
    refused = await api.client.get("/v1/tasks/x", headers={"origin": "https://market.test"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (422, "https://market.test")
