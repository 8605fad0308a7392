"""Cached reads are never older than the last write, whatever the order of things."""

from __future__ import annotations

import pytest
from src.models.task import NewTask, TaskPage
from src.services import tasks
from src.services.cache import Cache
from src.services.logins import Logins, from_url
from src.services.reads import KEEP_SECONDS, Reads
from src.services.tokens import Caller

from .conftest import Api
from .test_tasks import add

CALLER = Caller("somebody", "", frozenset())


async def test_a_second_read_comes_from_the_cache(api: Api, bearer: dict[str, str]) -> None:
    task = await add(api, bearer, "one")
    for path in ("/v1/tasks", f"/v1/tasks/{task['id']}"):
        first, second = await api.client.get(path), await api.client.get(path)
        assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
        assert first.content == second.content


async def test_questions_that_differ_have_answers_of_their_own(api: Api, bearer: dict[str, str]) -> None:
    await add(api, bearer, "one")
    await add(api, bearer, "two")
    for query, count in (({}, 2), ({"limit": 1}, 1), ({"done": "true"}, 0), ({"done": "false"}, 2)):
        for _ in range(2):
            assert len((await api.client.get("/v1/tasks", params=query)).json()["items"]) == count


async def test_after_every_kind_of_write_a_read_shows_it(api: Api, bearer: dict[str, str]) -> None:
    async def texts() -> list[tuple[str, bool]]:
        items = (await api.client.get("/v1/tasks")).json()["items"]
        return [(task["text"], task["done"]) for task in items]

    assert await texts() == []
    at = f"/v1/tasks/{(await add(api, bearer, 'one'))['id']}"
    assert await texts() == [("one", False)]
    await api.client.patch(at, json={"done": True, "text": "two"}, headers=bearer)
    assert await texts() == [("two", True)]
    assert (await api.client.get(at)).json()["text"] == "two"
    await api.client.delete(at, headers=bearer)
    assert await texts() == []
    assert (await api.client.get(at)).status_code == 404


async def test_what_an_older_read_puts_into_the_cache_late_is_never_shown(api: Api) -> None:
    """The database is read, then a write commits, then the old answer reaches the cache."""

    async def count() -> TaskPage:
        async with api.services.database.work() as session:
            return await tasks.page(session, 20, None, None)

    async def slow() -> TaskPage:
        old = await count()
        async with api.services.database.work() as session:
            await tasks.create(session, NewTask(text="meanwhile"), CALLER)
        await api.services.reads.forget()
        return old

    late, how = await api.services.reads.answer("page", slow)
    assert (how, b"meanwhile" in late) == ("miss", False)
    fresh, how = await api.services.reads.answer("page", count)
    assert (how, b"meanwhile" in fresh) == ("miss", True)


async def test_a_cache_that_lost_its_generation_never_comes_back_to_an_earlier_one(api: Api) -> None:
    async def read() -> TaskPage:
        return TaskPage(items=[])

    await api.services.reads.answer("page", read)
    await api.services.cache.ask(lambda redis: redis.delete(api.services.cache.key("tasks", "generation")))
    assert (await api.services.reads.answer("page", read))[1] == "miss"
    assert (await api.services.reads.answer("page", read))[1] == "hit"


async def test_the_relay_makes_reads_forget_for_a_task_that_could_not(
    api: Api, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a process ends between its commit and its own forgetting."""
    await api.client.get("/v1/tasks")

    async def nothing(_: Reads) -> None:
        return

    with monkeypatch.context() as patch:
        patch.setattr(Reads, "forget", nothing)
        await add(api, bearer, "one")
    assert (await api.client.get("/v1/tasks")).json()["items"] == []
    await api.outbox.hand_over()
    assert [task["text"] for task in (await api.client.get("/v1/tasks")).json()["items"]] == ["one"]


async def test_an_answer_is_kept_for_seconds_only(api: Api) -> None:
    await api.client.get("/v1/tasks")
    cache = api.services.cache
    (key,) = await cache.ask(lambda redis: redis.keys(cache.key("tasks", "read", "*")))
    assert 0 < await cache.ask(lambda redis: redis.ttl(key)) <= KEEP_SECONDS


async def test_without_the_cache_reads_and_writes_go_on(api: Api, bearer: dict[str, str]) -> None:
    away = Logins("the cache", lambda: from_url("redis://127.0.0.1:1"))
    api.services.cache._logins, api.services.cache._client = away, None
    task = await add(api, bearer, "one")
    answer = await api.client.get(f"/v1/tasks/{task['id']}")
    assert (answer.status_code, answer.headers["x-cache"], answer.json()) == (200, "unavailable", task)


async def test_a_cache_login_that_failed_is_read_again(api: Api) -> None:
    """The server refuses a password where it wants none, as it refuses an old one."""
    right = await api.services.cache._logins.current()
    wrong = from_url(f"redis://nobody:old@{right.host}:{right.port}")
    logins = Logins("the cache", iter([wrong, right]).__next__)
    cache = Cache(logins, "test-login")
    assert await cache.answers() is False  # within two seconds a secret is not read twice
    logins._read_at, cache._rests_until = 0.0, 0.0
    assert await cache.answers() is True
    await cache.close()
