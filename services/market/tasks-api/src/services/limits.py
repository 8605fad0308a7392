"""The rate limit: one count a client address, in Redis, over all tasks together."""

from __future__ import annotations

import math
import time

from src.services.cache import Cache
from src.utils.metrics import RATE_LIMIT
from src.utils.problems import UnavailableError

WINDOW_SECONDS = 60


class RateLimit:
    """A sliding window: this minute's requests, and of the last minute's the part that lies within 60 seconds."""

    def __init__(self, cache: Cache, per_minute: int) -> None:
        self._cache = cache
        self._per_minute = per_minute

    async def wait_seconds(self, client: str) -> int:
        """0 when the request may pass, else after how many seconds another may.

        Without its cache it lets everything pass, and counts that as `unchecked`.
        """
        if self._per_minute == 0:
            return 0
        now = time.time()
        window, into = divmod(now, WINDOW_SECONDS)
        try:
            last, this = await self._count(client, int(window))
        except UnavailableError:
            RATE_LIMIT.labels("unchecked").inc()
            return 0
        wait = _wait(last, this, into, self._per_minute)
        RATE_LIMIT.labels("refused" if wait else "allowed").inc()
        return wait

    async def _count(self, client: str, window: int) -> tuple[int, int]:
        """Requests of the last window, and of this one with the present request."""
        key = self._cache.key("rate", "tasks", client, str(window))
        before = self._cache.key("rate", "tasks", client, str(window - 1))

        async def ask(redis: object) -> list[object]:
            pipeline = redis.pipeline(transaction=False)  # type: ignore[attr-defined]
            pipeline.incr(key).expire(key, 2 * WINDOW_SECONDS).get(before)
            return await pipeline.execute()  # type: ignore[no-any-return]

        answers = await self._cache.ask(ask)
        return int(answers[2] or 0), int(answers[0])  # type: ignore[call-overload]


def _wait(last: int, this: int, into: float, limit: int) -> int:
    """Seconds until the window has room again; 0 when it has."""
    if last * (1 - into / WINDOW_SECONDS) + this <= limit:
        return 0
    if this > limit:  # room only when part of this window has slid out of the next
        return max(1, math.ceil(WINDOW_SECONDS - into + WINDOW_SECONDS * (1 - limit / this)))
    return max(1, math.ceil(WINDOW_SECONDS * (1 - (limit - this) / last) - into))
