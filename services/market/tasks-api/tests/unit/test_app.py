"""What the application says without any store: documents, pages, health, metrics, defects."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from src.main import create_app
from src.services.wiring import build
from src.utils import context
from src.utils.logs import JsonFormatter
from src.utils.settings import Settings

SYSTEM = Path(__file__).parents[3]
CONTRACT = SYSTEM / "contracts/tasks-api.openapi.json"
AWAY = Settings(
    database_url="postgres://nobody:nothing@127.0.0.1:1/none",
    cache_url="redis://127.0.0.1:1",
    key_set_url="http://127.0.0.1:1/jwks.json",
    token_issuer="http://market.test",
)
"""Nothing listens on port 1."""


@pytest.fixture
def app() -> FastAPI:
    return create_app(AWAY)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    services = build(AWAY)
    app.state.services = services
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://tasks.test") as client:
        yield client
    await services.close()


async def test_it_is_alive_without_its_stores_and_not_ready(client: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")
    assert ready.json()["detail"] == "no answer from the database and the cache"


async def test_without_the_database_a_read_is_503_and_says_nothing_of_the_server(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/tasks")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["detail"] == "the database does not answer: try again"
    assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_a_page_of_the_documentation_loads_every_file_from_here(client: httpx.AsyncClient, page: str) -> None:
    html = (await client.get(page)).text
    files = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(files) >= 2
    for file in files:
        assert file.startswith("/docs/assets/")
        found = await client.get(file)
        assert (found.status_code, len(found.content) > 1000) == (200, True)
    assert re.findall(r"https?://[^<]+", html) == []


@pytest.mark.skipif(not CONTRACT.parent.exists(), reason="this service alone, without its system")
def test_the_openapi_document_is_the_one_of_the_contract(app: FastAPI) -> None:
    """Written anew with: .venv/bin/python -m development.contract."""
    assert json.loads(CONTRACT.read_text()) == app.openapi()


def test_every_error_in_the_openapi_document_is_a_problem_document(app: FastAPI) -> None:
    operations = [operation for path in app.openapi()["paths"].values() for operation in path.values()]
    errors = [
        answer for operation in operations for status, answer in operation["responses"].items() if int(status) >= 400
    ]
    assert len(errors) > 20
    wanted = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert [answer["content"] for answer in errors] == [wanted] * len(errors)


def test_what_tasks_api_uses_of_market_api_is_in_its_contract() -> None:
    contract = SYSTEM / "contracts/market-api.openapi.json"
    if not contract.exists():
        pytest.skip("this service alone, without its system")
    assert "get" in json.loads(contract.read_text())["paths"]["/.well-known/jwks.json"]


async def test_metrics_are_by_route_and_never_by_path(client: httpx.AsyncClient) -> None:
    await client.get("/v1/tasks/7b0c1c0e-3f43-4b58-9f0b-0f6a7b0c1c0e")
    await client.get("/invented/by/a/stranger")
    metrics = (await client.get("/metrics")).text
    assert re.search(
        r'http_request_duration_seconds_count\{method="GET",route="/v1/tasks/\{task_id\}",status="503"\} 1\.0', metrics
    )
    assert 'route="unmatched"' in metrics
    assert "7b0c1c0e" not in metrics
    assert "stranger" not in metrics


async def test_a_defect_is_500_without_its_detail_and_with_the_request_id(
    app: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/defect")
    async def defect() -> None:
        raise ZeroDivisionError("private detail")

    answer = await client.get("/defect", headers={"x-request-id": "the-request"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (answer.json()["requestId"], answer.headers["x-request-id"]) == ("the-request", "the-request")
    assert "private detail" not in answer.text
    assert "unexpected error" in caplog.messages


async def test_a_request_is_one_line_with_its_ids_and_without_query_or_headers(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "src")
    caplog.handler.setFormatter(JsonFormatter())
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    headers = {"x-request-id": "the-request", "traceparent": trace, "authorization": "Bearer private"}
    await client.get("/v1/nowhere?token=private", headers=headers)
    (line,) = [line for line in caplog.text.splitlines() if '"request"' in line]
    entry = json.loads(line)
    assert (entry["requestId"], entry["traceId"]) == ("the-request", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/v1/nowhere", 404)
    assert "private" not in caplog.text


def test_a_log_line_is_one_line_whatever_is_in_it() -> None:
    record = logging.LogRecord("src", logging.ERROR, "file", 1, "a\nb %s", ("\x1b[31m",), None)
    token = context.request_id.set("the-request")
    line = JsonFormatter().format(record)
    context.request_id.reset(token)
    assert "\n" not in line
    assert json.loads(line)["message"] == "a\nb \x1b[31m"
    assert json.loads(line)["requestId"] == "the-request"
