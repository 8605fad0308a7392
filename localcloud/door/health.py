"""Which targets may get traffic: asked at their group's health path, and told by the traffic itself.

A new target gets traffic after one good answer, as on AWS, and loses it after as many bad ones in a row as its group
says, or at once when a connection to it is refused. Intervals are shorter than on AWS.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import aiohttp
from yarl import URL

from localcloud.door.view import Target, TargetGroup

State = Literal["initial", "healthy", "unhealthy"]
Key = tuple[str, Target]

WAITING_SECONDS = 0.3
"""Between two questions to a target that does not get traffic yet."""
STEADY_SECONDS = 2.0
"""The longest time between two questions to one that does."""
BACK_AFTER = 2
"""Good answers in a row after which an unhealthy target gets traffic again."""


@dataclass
class Health:
    """What is known of one target in one group."""

    group: TargetGroup
    state: State = "initial"
    reason: str = "not asked yet"
    since: float = field(default_factory=time.monotonic)
    passed: int = 0
    failed: int = 0
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def good(self) -> None:
        """Count a good answer."""
        self.passed, self.failed = self.passed + 1, 0
        if self.state == "initial" or (self.state == "unhealthy" and self.passed >= BACK_AFTER):
            self._become("healthy", "")

    def bad(self, reason: str, *, at_once: bool = False) -> None:
        """Count a bad answer; `at_once` takes the traffic away with the first."""
        self.passed, self.failed = 0, self.failed + 1
        if self.state == "healthy" and (at_once or self.failed >= self.group.check.unhealthy_after):
            self._become("unhealthy", reason)
        elif self.state != "healthy":
            self.reason = reason

    def _become(self, state: State, reason: str) -> None:
        self.state, self.reason, self.since = state, reason, time.monotonic()


class HealthBook:
    """Health of all registered targets; `update` says which those are."""

    def __init__(self) -> None:
        self._known: dict[Key, Health] = {}
        self._checks: dict[Key, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> "HealthBook":
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, *_: object) -> None:
        for check in self._checks.values():
            check.cancel()
        await asyncio.gather(*self._checks.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def update(self, groups: Iterable[TargetGroup]) -> None:
        """Begin to ask new targets, forget those that are gone; what is in flight to them is not touched."""
        wanted = {(group.arn, target): group for group in groups for target in group.targets}
        for key in self._known.keys() - wanted.keys():
            del self._known[key]
            self._checks.pop(key).cancel()
        for key, group in wanted.items():
            if key in self._known:
                self._known[key].group = group
            else:
                self._known[key] = Health(group)
                self._checks[key] = asyncio.create_task(self._watch(key[1], self._known[key]))
        self._tell()

    def healthy(self, group: TargetGroup) -> list[Target]:
        """Return the targets of a group that may get traffic, in the order of their registration."""
        states = ((target, self._known.get((group.arn, target))) for target in group.targets)
        return [target for target, health in states if health is not None and health.state == "healthy"]

    def states(self, group: TargetGroup) -> dict[Target, tuple[State, str]]:
        """Return state and reason of a group's targets."""
        known = {target: self._known.get((group.arn, target)) for target in group.targets}
        return {target: (health.state, health.reason) for target, health in known.items() if health is not None}

    @property
    def is_settled(self) -> bool:
        """Say whether every target is healthy."""
        return all(health.state == "healthy" for health in self._known.values())

    def failed(self, group: TargetGroup, target: Target, reason: str, *, at_once: bool) -> None:
        """Note that traffic could not be handed to a target, and ask it now; `at_once` as in `Health.bad`."""
        if (health := self._known.get((group.arn, target))) is not None:
            health.bad(reason, at_once=at_once)
            health.hurry.set()

    async def wait_for_change(self, seconds: float) -> float:
        """Return when any target's state may have changed, or time is up; with the seconds that took."""
        began = time.monotonic()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
        return time.monotonic() - began

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _watch(self, target: Target, health: Health) -> None:
        while True:
            before = health.state
            await self._ask(target, health)
            if health.state != before:
                self._tell()
            steady = min(STEADY_SECONDS, health.group.check.interval)
            health.hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(health.hurry.wait(), steady if health.state == "healthy" else WAITING_SECONDS)

    async def _ask(self, target: Target, health: Health) -> None:
        """Ask a target once; a refused connection counts at once, a wrong or late answer as the group says."""
        check = health.group.check
        if not check.enabled:
            return health.good()
        port = int(check.port) if check.port.isdigit() else target.port
        url = URL(f"{check.protocol.lower()}://{target.address}:{port}{check.path}", encoded=True)
        assert self._session is not None  # noqa: S101 asked only between enter and exit
        try:
            async with self._session.get(
                url,
                allow_redirects=False,
                ssl=False,
                timeout=aiohttp.ClientTimeout(total=min(5.0, check.timeout)),
                headers={"User-Agent": "ELB-HealthChecker/2.0"},
            ) as answer:
                status = answer.status
        except TimeoutError:
            health.bad(f"no answer to {check.path} within {min(5.0, check.timeout):g} s")
        except aiohttp.ClientConnectorError:
            health.bad("does not accept connections", at_once=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            health.bad(f"{check.path} failed: {type(error).__name__}")
        else:
            if in_codes(status, check.codes):
                health.good()
            else:
                health.bad(f"{check.path} answered {status}, {check.codes} is asked for")
        return None


def in_codes(status: int, codes: str) -> bool:
    """Say whether a status is among codes such as `200,301-399`."""
    for part in codes.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and int(first) <= status <= int(last or first):
            return True
    return False
