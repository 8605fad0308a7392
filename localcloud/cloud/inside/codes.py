"""Codes that are sent to a person, and sign-ins that go wrong: both are given up after a few tries, as Cognito does."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

SENT_PER_HOUR = 5
WRONG_CODES = 5
HOUR = 3600.0
LIFETIMES = {"sign-up": 24 * HOUR, "reset": HOUR, "attribute": 24 * HOUR}
"""How long a code of a purpose is good, in seconds."""

PASSWORDS = 5
LONGEST_LOCK = 900.0

Outcome = Literal["right", "wrong", "expired", "limit"]
Key = tuple[str, str, str]
"""Pool, user, purpose."""


@dataclass
class Issued:
    """What is known of a purpose's codes for a user."""

    text: str = ""
    expires: float = 0.0
    wrong: int = 0
    sent: list[float] = field(default_factory=list)


class Codes:
    """Six-digit codes by pool, user and purpose; the newest one alone is good, and once."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._issued: dict[Key, Issued] = {}

    def issue(self, key: Key) -> str | None:
        """Return a new code, or nothing when this user was sent too many within the hour."""
        now = self._clock()
        kept = self._issued.setdefault(key, Issued())
        kept.sent = [moment for moment in kept.sent if now - moment < HOUR]
        if len(kept.sent) >= SENT_PER_HOUR:
            return None
        kept.sent.append(now)
        kept.text, kept.expires, kept.wrong = f"{secrets.randbelow(10**6):06d}", now + LIFETIMES[key[2]], 0
        return kept.text

    def check(self, key: Key, given: str) -> Outcome:
        """Say what is to be thought of a code; a right one stays good until `forget`."""
        kept = self._issued.get(key)
        if kept is None or not kept.text:
            return "expired"
        if kept.wrong >= WRONG_CODES:
            return "limit"
        if not hmac.compare_digest(kept.text.encode(), given.encode()):
            kept.wrong += 1
            return "wrong"
        return "right" if self._clock() < kept.expires else "expired"

    def used(self, key: Key) -> None:
        """Make a code worthless, as after its use; what was sent still counts."""
        if key in self._issued:
            self._issued[key].text = ""

    def forget(self, pool: str, user: str | None = None) -> None:
        """Forget all codes of a user, or of a pool."""
        self._issued = {
            key: kept for key, kept in self._issued.items() if key[0] != pool or (user is not None and key[1] != user)
        }


class Locks:
    """Wrong passwords by pool and user: after five, each further one locks the user for twice as long."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}

    def locked(self, pool: str, user: str) -> bool:
        """Say whether the user has to wait before another password is looked at."""
        count, last = self._failed.get((pool, user), (0, 0.0))
        if count < PASSWORDS:
            return False
        return self._clock() < last + min(2.0 ** (count - PASSWORDS), LONGEST_LOCK)

    def failed(self, pool: str, user: str) -> None:
        """Count a wrong password; what lies longer back than the longest lock is forgotten."""
        now = self._clock()
        count, last = self._failed.get((pool, user), (0, 0.0))
        self._failed[pool, user] = (1 if now - last > LONGEST_LOCK else count + 1, now)

    def passed(self, pool: str, user: str) -> None:
        """Forget the wrong passwords of a user who has signed in."""
        self._failed.pop((pool, user), None)
