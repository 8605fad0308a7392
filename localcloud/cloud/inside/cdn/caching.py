"""The cache of the edge: how long an answer is kept, and what makes two requests the same."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

MOST_BYTES = 64 << 20
"""All kept bodies together; the one that was asked for longest ago goes first."""
LARGEST_BYTES = 10 << 20
ANSWERS = frozenset({200, 203, 300, 301, 302, 307, 308, 404, 410})
ERROR_SECONDS = 10.0
"""As long as an error is kept if nothing else is said."""


@dataclass(frozen=True)
class Times:
    """Bounds of a cache policy, in seconds."""

    least: float = 0
    usual: float = 86_400
    most: float = 31_536_000

    @property
    def keeps(self) -> bool:
        """Say whether anything is kept at all."""
        return self.most > 0


@dataclass
class Kept:
    """An answer of an origin."""

    status: int
    reason: str
    headers: dict[str, Any]
    body: bytes
    at: float
    until: float


def lifetime(status: int, headers: Mapping[str, Any], times: Times, now: float) -> float:
    """Return for how many seconds an answer is kept, by what its origin says and within the policy's bounds."""
    if not times.keeps or status not in ANSWERS or "set-cookie" in headers:
        return 0
    if status >= 400:
        return min(ERROR_SECONDS, times.most)
    said = {name.strip().lower(): value for name, _, value in _directives(str(headers.get("cache-control", "")))}
    if {"no-store", "no-cache", "private"} & said.keys():
        return times.least
    for name in ("s-maxage", "max-age"):
        if said.get(name, "").strip('"').isdigit():
            return min(max(float(said[name].strip('"')), times.least), times.most)
    if headers.get("expires"):
        return min(max(_seconds_until(str(headers["expires"]), now), times.least), times.most)
    return min(max(times.usual, times.least), times.most)


def _directives(text: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in re.split(r"\s*,\s*", text) if part]


def _seconds_until(date: str, now: float) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (TypeError, ValueError):
        return 0


class Cache:
    """Answers by their key; `clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[Any, ...]) -> Kept | None:
        """Return a fresh answer."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.until <= self._clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def put(
        self, key: tuple[Any, ...], status: int, reason: str, headers: Mapping[str, Any], body: bytes, times: Times
    ) -> None:
        """Keep an answer if it may be kept."""
        now = self._clock()
        seconds = lifetime(status, headers, times, now)
        if seconds <= 0 or len(body) > LARGEST_BYTES:
            return
        if key in self._kept:
            self._drop(key)
        self._kept[key] = Kept(status, reason, dict(headers), body, now, now + seconds)
        self._size += len(body)
        while self._size > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def age(self, kept: Kept) -> int:
        """Return for how many seconds an answer has been kept."""
        return int(self._clock() - kept.at)

    def forget(self, distribution: str) -> None:
        """Drop what is kept of a distribution, the first part of each key."""
        for key in [key for key in self._kept if key[0] == distribution]:
            self._drop(key)

    def _drop(self, key: tuple[Any, ...]) -> None:
        self._size -= len(self._kept.pop(key).body)


def key_part(
    policy: Mapping[str, Any], headers: Mapping[str, str], cookies: Mapping[str, str], query: Mapping[str, list[str]]
) -> tuple[Any, ...]:
    """Return what of a visitor's request a policy puts into the key: headers, cookies and parameters of the query."""

    def is_in(name: str, behavior: str, listed: set[str]) -> bool:
        if behavior == "allExcept":
            return name.lower() not in listed
        return behavior == "all" or (behavior == "whitelist" and name.lower() in listed)

    def chosen(behavior: str, names: list[str], given: Mapping[str, Any]) -> tuple[Any, ...]:
        listed = {name.lower() for name in names}
        return tuple(sorted((name, str(given[name])) for name in given if is_in(name, behavior, listed)))

    return (
        chosen(policy.get("HeaderBehavior", "none"), policy.get("Headers") or [], headers),
        chosen(policy.get("CookieBehavior", "none"), policy.get("Cookies") or [], cookies),
        chosen(policy.get("QueryStringBehavior", "none"), policy.get("QueryStrings") or [], query),
    )
