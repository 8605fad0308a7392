"""Keeps the routes up to date with the embedded cloud: often while something changes, seldom when nothing does."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp

from localcloud import home
from localcloud.door import view
from localcloud.door.health import HealthBook

logger = logging.getLogger("door")

BUSY_SECONDS = 0.25
QUIET_SECONDS = 1.0
CALM_AFTER = 30.0
"""Seconds without a change after which the cloud is asked less often."""

ACCOUNTS = ("111111111111", "222222222222", "333333333333", "444444444444")
"""Whose routes are read when `.slipway/cloud/accounts.json` names no others."""


class Down(Exception):
    """The embedded cloud does not answer."""


class Source(Protocol):
    """Where the routes come from."""

    @property
    def endpoint(self) -> str | None:
        """The cloud's address, or nothing when none runs."""

    async def fetch(self) -> Mapping[str, Any]:
        """Return the accounts' view as `view.read` takes it; raises Down."""


class CloudSource:
    """The embedded cloud that this machine runs, wherever it listens now."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def endpoint(self) -> str | None:
        """The address that the cloud wrote down when it started."""
        try:
            return str(json.loads(home.file("cloud", "cloud.json").read_text())["endpoint"])
        except (OSError, ValueError, KeyError):
            return None

    async def fetch(self) -> Mapping[str, Any]:
        """Ask the cloud for everything that routes depend on."""
        endpoint = self.endpoint
        if endpoint is None:
            raise Down("the embedded cloud does not run")
        url = f"{endpoint}/_slipway/routing?accounts={','.join(accounts())}"
        try:
            async with self._session.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                if answer.status != 200:
                    raise Down(f"the embedded cloud answered {answer.status}")
                content: Mapping[str, Any] = await answer.json()
                return content
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Down(f"the embedded cloud does not answer at {endpoint}") from error


def accounts() -> tuple[str, ...]:
    """Return the accounts to route for."""
    try:
        listed: list[str] = json.loads(home.file("cloud", "accounts.json").read_text())
    except (OSError, ValueError):
        return ACCOUNTS
    return tuple(listed) or ACCOUNTS


class Router:
    """The routes of this moment and the health of their targets.

    When the cloud does not answer, the last routes stay: containers may well be up.
    """

    def __init__(self, source: Source, book: HealthBook) -> None:
        self.source = source
        self.book = book
        self.routes = view.Routes()
        self.trouble = "the cloud was not asked yet"
        self._changed_at = time.monotonic()
        self._asked_at = 0.0
        self._asking = asyncio.Lock()

    async def run(self) -> None:
        """Follow the cloud until cancelled."""
        while True:
            await self.refresh()
            calm = time.monotonic() - self._changed_at > CALM_AFTER and self.book.is_settled
            await asyncio.sleep(QUIET_SECONDS if calm else BUSY_SECONDS)

    async def refresh(self) -> None:
        """Bring routes and targets up to date once, now."""
        asked = time.monotonic()
        async with self._asking:
            if self._asked_at >= asked:  # somebody else has just done it
                return
            self._asked_at = time.monotonic()
            try:
                routes = view.read(await self.source.fetch())
            except Down as reason:
                self._note(str(reason))
                return
            except (KeyError, TypeError, ValueError):
                logger.exception("the cloud's answer was not understood")
                self._note("the embedded cloud's answer was not understood")
                return
            self._note("")
            if routes != self.routes:
                self.routes = routes
                self._changed_at = time.monotonic()
                self.book.update(routes.groups())

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            logger.info(trouble or "the embedded cloud answers")
            self.trouble = trouble

    def group(self, arn: str) -> view.TargetGroup | None:
        """Return a target group as it is now."""
        return next((group for group in self.routes.groups() if group.arn == arn), None)

    async def find(self, host: str) -> view.Destination | None:
        """Return what serves a host; a host unknown so far is looked up again before it is called unknown."""
        found = self.routes.find(host)
        if found is None and time.monotonic() - self._asked_at > BUSY_SECONDS:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.refresh()), 2)
            found = self.routes.find(host)
        return found
