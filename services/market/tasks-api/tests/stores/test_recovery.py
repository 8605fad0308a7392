"""The database goes, comes back, or changes the password: the service goes on by itself."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import text
from src.migrate import migrate
from src.services.database import Database
from src.services.logins import Login, Logins, from_url
from src.services.wiring import open_database
from src.utils.problems import UnavailableError
from src.utils.settings import Settings

from .conftest import SERVER, Api
from .test_tasks import add


async def test_connections_that_the_server_ended_are_replaced(
    api: Api, bearer: dict[str, str], database_url: str
) -> None:
    await add(api, bearer, "before")
    admin = await asyncpg.connect(SERVER)
    name = database_url.rpartition("/")[2]
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await admin.close()
    await add(api, bearer, "after")
    assert len((await api.client.get("/v1/tasks")).json()["items"]) == 2


async def test_a_password_that_was_changed_is_read_again_when_the_login_fails(database_url: str) -> None:
    role = f"role_{uuid.uuid4().hex[:8]}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'new'")
    try:
        right = replace(from_url(database_url), username=role, password="new")
        refusing = _Refusing([replace(right, password="old"), right])
        database = Database(refusing)
        async with database.work() as session:
            assert await session.scalar(text("SELECT current_user")) == role
        await database.close()
        assert refusing.read == 2
    finally:
        await admin.execute(f"DROP ROLE {role}")
        await admin.close()


class _Refusing(Logins):
    """Hands out logins one after the other; the first has another name, for a server that trusts every password."""

    def __init__(self, logins: list[Login]) -> None:
        super().__init__("the database", self._next)
        self._left = [replace(logins[0], username=f"gone_{uuid.uuid4().hex[:8]}"), logins[1]]
        self.read = 0

    def _next(self) -> Login:
        self.read += 1
        self._read_at = float("-inf")
        return self._left.pop(0)

    async def renew(self, failed: Login | None) -> Login:
        self._read_at = float("-inf")
        return await super().renew(failed)


async def test_a_database_that_is_away_is_said_to_be_away(settings: Settings) -> None:
    database = open_database(replace(settings, database_url="postgres://nobody@127.0.0.1:1/none"))
    assert await database.answers() is False
    with pytest.raises(UnavailableError, match="the database does not answer: ConnectionRefusedError"):
        async with database.work() as session:
            await session.execute(text("SELECT 1"))
    with pytest.raises(UnavailableError):
        await migrate(database)
    await database.close()


async def test_migrations_at_once_run_one_after_the_other(database_url: str) -> None:
    admin = await asyncpg.connect(SERVER)
    name = f"test_{uuid.uuid4().hex[:12]}"
    await admin.execute(f"CREATE DATABASE {name}")
    databases = [open_database(Settings(database_url=f"{SERVER.rpartition('/')[0]}/{name}")) for _ in range(3)]
    try:
        await asyncio.gather(*(migrate(database) for database in databases))
        async with databases[0].work() as session:
            assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
            assert await session.scalar(text("SELECT count(*) FROM tasks")) == 0
    finally:
        for database in databases:
            await database.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
