"""Throttling of routes: a bucket of tokens for each, as large as the burst, filled at the rate."""

import time
from collections.abc import Callable, Mapping

KEPT = 4096
"""How many buckets are kept; the oldest is forgotten, which lets a burst through once more."""


class Bucket:
    """Tokens of one route."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, burst
        self._tokens, self._at = burst, now

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Throttle:
    """The buckets of all routes; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def allows(self, route: tuple[str, ...], settings: Mapping[str, object]) -> bool:
        """Say whether a request may pass, and count it; a route without limits is never throttled.

        `settings` has `throttlingRateLimit` (requests a second) and `throttlingBurstLimit`, as a stage has them.
        """
        rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        if not isinstance(rate, int | float) or not isinstance(burst, int | float):
            return True
        now = self._clock()
        bucket = self._buckets.get(route)
        if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
            if len(self._buckets) >= KEPT:
                del self._buckets[next(iter(self._buckets))]
            bucket = self._buckets[route] = Bucket(rate, burst, now)
        return bucket.take(now)
