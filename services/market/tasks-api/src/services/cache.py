"""Redis: every call either answers soon or says that the cache is away; nothing of the service depends on it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from src.services.logins import Login, Logins
from src.utils.problems import UnavailableError

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")
TIMEOUT_SECONDS = 1.0
REST_SECONDS = 1.0
"""After a failure nobody waits for the cache again for so long."""


class Cache:
    """The cache under the system's prefix."""

    def __init__(self, logins: Logins, prefix: str) -> None:
        self._logins = logins
        self._prefix = prefix
        self._client: Redis | None = None
        self._login: Login | None = None
        self._rests_until = 0.0
        self._opening = asyncio.Lock()

    def key(self, *parts: str) -> str:
        """A key that the system's user may touch: `market:tasks:…`."""
        return ":".join((self._prefix, *parts))

    async def ask(self, question: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        """The answer to a question; UnavailableError when the cache is away. A failed login reads the secret again."""
        if time.monotonic() < self._rests_until:
            raise UnavailableError("the cache", "resting")
        try:
            async with asyncio.timeout(2 * TIMEOUT_SECONDS):
                try:
                    return await question(await self._open())
                except AuthenticationError:
                    LOG.warning("the cache refused the login: reading its secret again")
                    await self._renew()
                    return await question(await self._open())
        except (RedisError, OSError, TimeoutError, UnavailableError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            LOG.warning("the cache does not answer: %s", type(error).__name__)
            raise UnavailableError("the cache", type(error).__name__) from error

    async def answers(self) -> bool:
        """Whether it can be reached just now."""
        try:
            await self.ask(lambda redis: redis.get(self.key("tasks", "probe")))
        except UnavailableError:
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        if self._client:
            await self._client.aclose()

    async def _open(self) -> Redis:
        """The client, made at the first call and after the login has changed."""
        async with self._opening:
            login = await self._logins.current()
            if self._client is None or login != self._login:
                await self.close()
                self._client, self._login = _client(login), login
            return self._client

    async def _renew(self) -> None:
        await self._logins.renew(self._login)


def _client(login: Login) -> Redis:
    tls = {"ssl": True, "ssl_check_hostname": True, "ssl_ca_data": login.ca or None} if login.tls else {}
    return Redis(
        host=login.host,
        port=login.port,
        username=login.username or None,
        password=login.password or None,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 1),  # a connection that the server closed is opened again at once
        **tls,  # type: ignore[arg-type]
    )
