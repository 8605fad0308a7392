"""A rolling deployment under traffic: not one request may fail."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from localcloud.tests.door.fakes import FrontDoor, Handler, account, front_door, listening, mortal, until


@pytest.mark.parametrize("retries", [True, False], ids=["with retries", "without retries"])
async def test_no_request_fails_when_tasks_are_replaced_and_old_ones_drain(retries: bool) -> None:
    async with (
        front_door(retries=retries) as door,
        contextlib.AsyncExitStack() as old_tasks,
        contextlib.AsyncExitStack() as new_tasks,
    ):
        old = [await old_tasks.enter_async_context(listening(_version("old"))) for _ in range(2)]
        await door.set(account({"web": old}))
        async with _hammering(door) as hammers:
            await hammers.each_answered(10)

            # New tasks are registered before they are ready, as the emulator does it.
            late = await new_tasks.enter_async_context(listening(_version("late"), healthy=False))
            new = [await new_tasks.enter_async_context(listening(_version("new"))) for _ in range(2)]
            await door.set(account({"web": [*old, late, *new]}), healthy=4)
            await hammers.each_answered(10)

            # Old ones are deregistered; what they have in hand by then is answered before they go.
            await door.set(account({"web": [late, *new]}), healthy=2)
            await hammers.each_answered(2)
            before = hammers.counts["200 old"]
            await old_tasks.aclose()
            await hammers.each_answered(10)
    assert set(hammers.counts) == {"200 old", "200 new"}
    assert hammers.counts["200 old"] == before


async def test_with_retries_no_request_fails_when_a_task_is_killed() -> None:
    async with (
        front_door() as door,
        listening(_version("kept")) as kept,
        mortal("killed") as (killed, kill),
    ):
        await door.set(account({"web": [kept, killed]}))
        async with _hammering(door) as hammers:
            await hammers.each_answered(10)
            kill()
            await hammers.each_answered(10)
    assert set(hammers.counts) == {"200 kept", "200 killed"}


class _Hammers:
    """Four visitors who ask again as soon as they are answered."""

    def __init__(self, door: FrontDoor) -> None:
        self.counts: Counter[str] = Counter()
        self._answered = [0] * 4
        self.tasks = [asyncio.create_task(self._ask(door, number)) for number in range(4)]

    async def _ask(self, door: FrontDoor, number: int) -> None:
        while True:
            async with door.ask() as answer:
                self.counts[f"{answer.status} {(await answer.text())[:200]}"] += 1
                self._answered[number] += 1

    async def each_answered(self, times: int) -> None:
        """Wait until every visitor was answered so many times more."""
        goals = [done + times for done in self._answered]

        def reached() -> bool:
            for task in self.tasks:
                if task.done():
                    task.result()  # raises what ended the visitor
            return all(done >= goal for done, goal in zip(self._answered, goals, strict=True))

        await until(reached)


@contextlib.asynccontextmanager
async def _hammering(door: FrontDoor) -> AsyncIterator[_Hammers]:
    hammers = _Hammers(door)
    try:
        yield hammers
    finally:
        for task in hammers.tasks:
            task.cancel()
        ended = await asyncio.gather(*hammers.tasks, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended)


def _version(text: str) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        await asyncio.sleep(0.005)
        return web.Response(text=text)

    return handle
