"""The door's own pages, and who may ask for them."""

import json
from pathlib import Path

import pytest

from localcloud.tests.door.fakes import BALANCER, HOST, FrontDoor, account, listening, saying


@pytest.fixture(autouse=True)
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    urls = {"counter": f"http://{HOST}.localhost:8080", "shop": "https://shop.dev.slipway.example"}
    listed = {"stacks": {"dev": {"account": "222222222222", "urls": urls, "updated": "2026-01-02T03:04:05Z"}}}
    (tmp_path / "status.json").write_text(json.dumps(listed))


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "10.0.0.1", "notlocalhost", ""])
async def test_a_name_that_is_not_of_this_machine_is_refused(door: FrontDoor, host: str) -> None:
    async with door.ask("/_door/status", host=host) as answer:
        assert answer.status == 421


async def test_status_tells_what_is_up_and_what_is_not(door: FrontDoor) -> None:
    async with listening(saying("up")) as port:
        alias = {"Type": "A", "Alias": f"{BALANCER}.", "Values": []}
        zone = {"Name": "slipway.example.", "Records": [{"Name": f"{name}.", **alias} for name in (HOST, "x.test")]}
        await door.set(account({"web": [port]}, zones=[zone]))
        async with door.ask("/_door/status", host="localhost") as answer:
            content = await answer.json()
    assert content["cloud"] == {"endpoint": "http://127.0.0.1:9", "trouble": ""}
    assert content["retries"] is True
    address = f"localhost:{door.port}/"
    assert content["stacks"] == {
        "dev": {
            "account": "222222222222",
            "updated": "2026-01-02T03:04:05Z",
            "systems": [
                {"name": "counter", "url": f"http://{HOST}.{address}", "state": "up", "reason": ""},
                {
                    "name": "shop",
                    "url": f"http://shop.dev.slipway.example.{address}",
                    "state": "down",
                    "reason": "no record leads there",
                },
            ],
        }
    }
    assert content["others"] == [{"name": "x.test", "url": f"http://x.test.{address}", "state": "up", "reason": ""}]


async def test_a_system_whose_tasks_are_not_ready_is_starting_and_says_why(door: FrontDoor) -> None:
    async with listening(saying("sick"), healthy=False) as sick:
        await door.set(account({"web": [sick]}), healthy=0)
        async with door.ask("/_door/status", host="127.0.0.1") as answer:
            row = (await answer.json())["stacks"]["dev"]["systems"][0]
        async with door.ask("/", host="127.0.0.1") as answer:
            page = await answer.text()
    assert row["state"] == "starting"
    assert row["reason"].startswith(f"web: 127.0.0.1:{sick} ")
    assert '<meta http-equiv="refresh" content="2">' in page


async def test_the_index_page_lists_stacks_with_links_and_nothing_from_elsewhere(door: FrontDoor) -> None:
    await door.set(account({"web": []}))
    async with door.ask("/", host="localhost") as answer:
        page = await answer.text()
    assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, "text/html", "no-store")
    assert f'<a href="http://{HOST}.localhost:{door.port}/">' in page
    assert "account 222222222222" in page
    assert "src=" not in page
    assert "$" not in page


async def test_what_a_page_shows_is_escaped(door: FrontDoor, tmp_path: Path) -> None:
    listed = {"stacks": {"<b>": {"account": "1", "urls": {"<script>": "https://x.test"}}}}
    (tmp_path / "status.json").write_text(json.dumps(listed))
    async with door.ask("/", host="localhost") as answer:
        page = await answer.text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


async def test_an_unknown_host_gets_the_list_of_known_ones(door: FrontDoor) -> None:
    await door.set(account({"web": []}))
    async with door.ask(host="nothing.test.localhost") as answer:
        assert (answer.status, await answer.json()) == (
            404,
            {"error": "Unknown host", "message": "nothing is served as nothing.test", "details": [HOST]},
        )
    async with door.ask(host="nothing.test.localhost", headers={"Accept": "text/html"}) as answer:
        assert (answer.status, "nothing is served as nothing.test" in await answer.text()) == (404, True)


async def test_retries_are_switched_off_and_on_but_not_by_a_page_in_a_browser(door: FrontDoor) -> None:
    for query, expected in (("0", False), ("1", True)):
        async with door.ask(f"/_door/retries?on={query}", host="localhost", method="POST") as answer:
            assert await answer.json() == {"retries": expected}
    origin = {"Origin": "http://evil.test"}
    async with door.ask("/_door/retries?on=0", host="localhost", method="POST", headers=origin) as answer:
        assert answer.status == 404


async def test_the_doors_own_paths_belong_to_the_application_on_other_hosts(door: FrontDoor) -> None:
    async with listening(saying("mine")) as port:
        await door.set(account({"web": [port]}))
        async with door.ask("/_door/status") as answer:
            assert await answer.text() == "mine"
