"""Tells the cloud of the API calls that the door carried by itself: it keeps access logs and metrics."""

import asyncio
import logging
from typing import Any

import aiohttp

from localcloud.door.source import Source

logger = logging.getLogger("door")

EVERY_SECONDS = 0.5
MOST = 20_000
"""How many calls wait at most; what comes beyond is forgotten."""


class Calls:
    """Calls on their way to the cloud."""

    def __init__(self, session: aiohttp.ClientSession, source: Source) -> None:
        self._session = session
        self._source = source
        self._waiting: list[dict[str, Any]] = []

    def note(self, call: dict[str, Any]) -> None:
        """Keep a call until the next round."""
        if len(self._waiting) < MOST:
            self._waiting.append(call)

    async def run(self) -> None:
        """Tell the cloud until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.tell()

    async def tell(self) -> None:
        """Send what waits; it is lost when the cloud does not answer."""
        endpoint, self._waiting, told = self._source.endpoint, [], self._waiting
        if not told or endpoint is None:
            return
        try:
            async with self._session.post(
                f"{endpoint}/_slipway/api-calls", json=told, timeout=aiohttp.ClientTimeout(total=30)
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            logger.info("%d calls are not in the access log: %s", len(told), type(error).__name__)
