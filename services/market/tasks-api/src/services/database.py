"""The database: connections that come back by themselves, and units of work."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from opentelemetry import trace
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from src.services.logins import Login, Logins
from src.utils.metrics import DATABASE_FAILURES
from src.utils.problems import UnavailableError

LOG = logging.getLogger(__name__)
TRACER = trace.get_tracer(__name__)
CONNECT_SECONDS = 5
STATEMENT_MILLISECONDS = 8000
WRONG_LOGIN = (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)
AWAY = (
    OSError,
    TimeoutError,
    exc.TimeoutError,
    exc.InterfaceError,
    exc.OperationalError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidCatalogNameError,
    *WRONG_LOGIN,
)
"""What says that the server is away, not that a statement is wrong."""
AWAY_STATES = ("08", "53", "57")
"""Classes of SQLSTATE that say the same: connection, resources, operator intervention."""


class Database:
    """The service's own database."""

    def __init__(self, logins: Logins) -> None:
        self._logins = logins
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=10,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,  # what users wrote never gets into an error's text
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[AsyncSession]:
        """A transaction, committed at the end; UnavailableError when the server is away."""
        with TRACER.start_as_current_span("database", kind=trace.SpanKind.CLIENT):
            try:
                async with self._sessions() as session, session.begin():
                    yield session
            except Exception as error:
                if not is_away(error):
                    raise
                DATABASE_FAILURES.inc()
                raise UnavailableError("the database", reason(error)) from error

    async def answers(self) -> bool:
        """Whether a statement can be run just now."""
        try:
            async with self.work() as session:
                await session.execute(text("SELECT 1"))
        except UnavailableError as error:
            LOG.warning("not ready: %s", error)
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def _connect(self) -> Any:
        """A connection of the driver, with the secret read again when the login fails."""
        login = await self._logins.current()
        try:
            return await _open(login)
        except WRONG_LOGIN:
            LOG.warning("the database refused the login: reading its secret again")
            return await _open(await self._logins.renew(login))


async def _open(login: Login) -> Any:
    return await asyncpg.connect(
        host=login.host,
        port=login.port,
        user=login.username,
        password=login.password,
        database=login.name,
        ssl=login.context() or False,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_MILLISECONDS / 1000 + 2,
        server_settings={"application_name": "tasks-api", "statement_timeout": str(STATEMENT_MILLISECONDS)},
    )


def is_away(error: BaseException) -> bool:
    """Whether an error says that the server is away."""
    if isinstance(error, AWAY):
        return True
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _state(error.orig).startswith(AWAY_STATES)
    return _state(error).startswith(AWAY_STATES)


def reason(error: BaseException) -> str:
    """The error's kind alone: its text may hold values."""
    origin = error.orig if isinstance(error, exc.DBAPIError) else error
    return " ".join(part for part in (type(origin).__name__, _state(origin)) if part)


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")
