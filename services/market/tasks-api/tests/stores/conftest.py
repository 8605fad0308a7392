"""The API on the real Postgres (TEST_DATABASE_URL, which may create databases) and Redis (TEST_CACHE_URL)."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from src.main import create_app
from src.migrate import migrate
from src.services.outbox import Outbox
from src.services.wiring import Services, build, open_database
from src.utils.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import ISSUER, Issuer

SERVER = os.environ.get("TEST_DATABASE_URL", "")
CACHE = os.environ.get("TEST_CACHE_URL", "")


@pytest.fixture(scope="session")
async def database_url() -> AsyncIterator[str]:
    """A database of this run's own, with the tables of this version."""
    if not (SERVER and CACHE):
        pytest.skip("TEST_DATABASE_URL and TEST_CACHE_URL name no servers")
    name = f"test_{uuid.uuid4().hex[:12]}"
    server = await asyncpg.connect(SERVER)
    await server.execute(f"CREATE DATABASE {name}")
    url = f"{SERVER.rpartition('/')[0]}/{name}"
    database = open_database(Settings(database_url=url))
    await migrate(database)
    await database.close()
    yield url
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def settings(database_url: str, issuer: Issuer) -> AsyncIterator[Settings]:
    """Settings with empty tables and keys that nobody else uses."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("TRUNCATE tasks, outbox, activity")
    await connection.close()
    return Settings(
        database_url=database_url,
        cache_url=CACHE,
        cache_prefix=f"test-{uuid.uuid4().hex}",
        key_set_url=issuer.url,
        token_issuer=ISSUER,
        cors_origins=("https://market.test",),
        rate_limit_per_minute=0,
    )


class Queue:
    """An SQS that takes messages, or fails as told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refuse: set[int] = set()
        self.error: Exception | None = None

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        if self.error:
            raise self.error
        taken = [entry for number, entry in enumerate(Entries) if number not in self.refuse]
        self.sent += [entry["MessageBody"] for entry in taken]
        return {"Successful": [{"Id": entry["Id"]} for entry in taken]}


@dataclass
class Api:
    """The API, its services, a client of it, and the queue that its events would go to."""

    services: Services
    client: httpx.AsyncClient
    queue: Queue
    outbox: Outbox


async def open_api(settings: Settings) -> AsyncIterator[Api]:
    """The API as `settings` say, without a relay of its own: tests hand over events themselves."""
    services = build(settings)
    app = create_app(settings, services)
    app.state.services = services
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    queue = Queue()
    async with httpx.AsyncClient(transport=transport, base_url="http://tasks.test") as client:
        yield Api(services, client, queue, Outbox(services.database, services.reads, queue, "the-queue"))
    await services.close()


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async for opened in open_api(settings):
        yield opened


@pytest.fixture
def bearer(issuer: Issuer) -> Iterator[dict[str, str]]:
    """Headers of a user who may write."""
    return issuer.headers()
