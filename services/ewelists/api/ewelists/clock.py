"""The time, as it is written into the table."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The time in UTC."""
    return dt.datetime.now(dt.UTC)


def stamp() -> str:
    """The time in ISO 8601, to the second."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


def in_seconds(seconds: int) -> int:
    """The time so many seconds from now, in seconds since 1970: what the table's expiry is told."""
    return int(now().timestamp()) + seconds
