"""A bounded load on addresses of the door: so many workers, so many seconds, each answer's time kept."""

import asyncio
import contextlib
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

PEOPLE = 200


@dataclass(frozen=True)
class Request:
    """One request: a POST of `body` where there is one. `kind` is what it is counted under, `token` who asks."""

    kind: str
    url: str
    body: Any = None
    token: str = ""


@dataclass
class Load:
    """What was answered: seconds and statuses by kind, and the JSON of what was made."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    made: list[Any] = field(default_factory=list)
    took: float = 0.0

    def line(self, kind: str) -> str:
        """Return the figures of one kind of request: rate, middle, p99, and answers by status."""
        times = sorted(self.seconds.get(kind, []))
        if not times:
            return f"{kind}: none"
        p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses[kind].items()))
        middle = statistics.median(times) * 1000
        return f"{kind}: {len(times) / self.took:.0f}/s, median {middle:.0f} ms, p99 {p99 * 1000:.0f} ms, {answers}"

    def failed(self, kind: str) -> int:
        """How many requests had no answer or one from 500 on."""
        return sum(
            count for status, count in self.statuses.get(kind, {}).items() if not status.isdigit() or status >= "5"
        )


def run(pick: Callable[[int], Request], seconds: float, workers: int = 16) -> Load:
    """Send what `pick` gives for 0, 1, 2… from so many workers for so long, and wait for the last answers."""
    return asyncio.run(_run(pick, seconds, workers))


async def _run(pick: Callable[[int], Request], seconds: float, workers: int) -> Load:
    load, numbers = Load(), iter(range(10**9))
    began = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        people = [await stack.enter_async_context(_person(number)) for number in range(PEOPLE)]

        async def work() -> None:
            while time.monotonic() - began < seconds:
                number = next(numbers)
                await _send(people[number % PEOPLE], pick(number), load)

        await asyncio.gather(*(work() for _ in range(workers)))
    load.took = time.monotonic() - began
    return load


def _person(number: int) -> aiohttp.ClientSession:
    """Return a client with an address of loopback of its own: services limit requests by address."""
    connector = aiohttp.TCPConnector(local_addr=(f"127.0.{1 + number // 250}.{1 + number % 250}", 0))
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), connector=connector)


async def _send(session: aiohttp.ClientSession, request: Request, load: Load) -> None:
    parts = urlsplit(request.url)
    address = f"http://127.0.0.1:{parts.port}{parts.path}{'?' if parts.query else ''}{parts.query}"
    began = time.monotonic()
    try:
        method = "GET" if request.body is None else "POST"
        headers = {"Host": parts.netloc, **({"Authorization": f"Bearer {request.token}"} if request.token else {})}
        async with session.request(method, address, json=request.body, headers=headers) as answer:
            status = str(answer.status)
            if answer.status == 201:
                load.made.append(await answer.json())
            else:
                await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        status = type(error).__name__
    load.seconds.setdefault(request.kind, []).append(time.monotonic() - began)
    load.statuses.setdefault(request.kind, Counter())[status] += 1
