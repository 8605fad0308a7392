"""Reads of tasks through the cache.

An answer is kept under the generation that was current before the database was read. A write, once committed, begins
a new generation, so what an older read may still put into the cache is under a name that nobody asks for any more.
A generation is a random word and no number: when the cache drops it, the next one can never be an earlier one again.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable

from pydantic import BaseModel
from redis.asyncio import Redis

from src.services.cache import Cache
from src.utils.metrics import CACHE
from src.utils.problems import UnavailableError

LOG = logging.getLogger(__name__)
KEEP_SECONDS = 30
"""How long an answer may be shown at most, should a write never have been able to begin a new generation."""


class Reads:
    """Answers to reads, as the JSON that callers get."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._generation_key = cache.key("tasks", "generation")

    async def answer(self, question: str, read: Callable[[], Awaitable[BaseModel]]) -> tuple[bytes, str]:
        """The answer's JSON and how it came about: hit, miss or unavailable."""
        try:
            generation = await self._cache.ask(self._generation)
            key = self._cache.key("tasks", "read", generation, hashlib.sha256(question.encode()).hexdigest()[:32])
            kept = await self._cache.ask(lambda redis: redis.get(key))
        except UnavailableError:
            CACHE.labels("unavailable").inc()
            return _json(await read()), "unavailable"
        if kept is not None:
            CACHE.labels("hit").inc()
            return bytes(kept), "hit"  # type: ignore[arg-type] # bytes: nothing is decoded for us
        CACHE.labels("miss").inc()
        fresh = _json(await read())
        try:
            await self._cache.ask(lambda redis: redis.set(key, fresh, ex=KEEP_SECONDS))
        except UnavailableError:
            LOG.info("an answer could not be kept")
        return fresh, "miss"

    async def forget(self) -> None:
        """Begin a new generation; UnavailableError when the cache is away."""
        fresh = uuid.uuid4().hex
        await self._cache.ask(lambda redis: redis.set(self._generation_key, fresh))

    async def _generation(self, redis: Redis) -> str:
        """The current generation; the first reader after the cache lost it begins one, and all others take that."""
        found = await redis.get(self._generation_key)
        if found is None:
            await redis.set(self._generation_key, uuid.uuid4().hex, nx=True)
            found = await redis.get(self._generation_key)
        return bytes(found or b"none").decode()  # type: ignore[arg-type] # bytes: nothing is decoded for us


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json(by_alias=True).encode()
