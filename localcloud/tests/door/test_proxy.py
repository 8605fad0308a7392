"""Requests through the door to real servers, and what visitors get when there is none."""

import asyncio
import gzip
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from localcloud.tests.door.fakes import HOST, FrontDoor, account, front_door, listening, mortal, saying, until

CLOSED_PORT = 1


async def test_a_request_reaches_the_target_as_it_was_sent(door: FrontDoor) -> None:
    seen: dict[str, Any] = {}

    async def handle(request: web.Request) -> web.Response:
        names = ("Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Host", "Accept")
        seen.update(
            target=request.raw_path,
            method=request.method,
            body=await request.text(),
            headers={name: request.headers.get(name) for name in names},
        )
        response = web.Response(status=201, reason="Made", text="ok")
        response.headers.extend([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return response

    async with listening(handle) as port:
        await door.set(account({"web": [port]}))
        path = "/a%2Fb/%C3%BC?q=1%262&q=x+y&empty="
        async with door.ask(aiohttp.client.URL(path, encoded=True), method="PATCH", data=b"hello") as answer:
            assert (answer.status, answer.reason, await answer.text()) == (201, "Made", "ok")
            assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]
    assert seen == {
        "target": path,
        "method": "PATCH",
        "body": "hello",
        "headers": {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Host": HOST,
            "Accept": "*/*",
        },
    }


async def test_bodies_pass_untouched_and_head_and_304_have_none(door: FrontDoor) -> None:
    packed = gzip.compress(b"x" * 1000)

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/304":
            return web.Response(status=304, headers={"ETag": '"1"'})
        return web.Response(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "text/css"})

    async with listening(handle) as port:
        await door.set(account({"web": [port]}))
        async with door.ask("/a.css") as answer:
            assert await answer.read() == packed
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Length"] == str(len(packed))
        async with door.ask("/a.css", method="HEAD") as answer:
            assert (answer.headers["Content-Length"], await answer.read()) == (str(len(packed)), b"")
        async with door.ask("/304") as answer:
            assert (answer.status, answer.headers["ETag"], await answer.read()) == (304, '"1"', b"")


async def test_targets_take_turns_and_an_unhealthy_one_gets_nothing(door: FrontDoor) -> None:
    async with (
        listening(saying("one")) as one,
        listening(saying("two")) as two,
        listening(saying("sick"), healthy=False) as sick,
    ):
        await door.set(account({"web": [one, sick, two]}), healthy=2)
        answers = [await _text(door) for _ in range(4)]
    assert sorted(answers) == ["one", "one", "two", "two"]


async def test_rules_choose_the_group_and_weights_share_the_traffic(door: FrontDoor) -> None:
    weighted = {
        "Type": "forward",
        "ForwardConfig": {"TargetGroups": [_share("old", 3), _share("new", 1)]},
    }
    api = {"Priority": "5", "Conditions": [{"Field": "path-pattern", "Values": ["/api/*"]}], "Actions": [_to("api")]}
    async with listening(saying("old")) as old, listening(saying("new")) as new, listening(saying("api")) as port:
        groups = {"old": [old], "new": [new], "api": [port]}
        await door.set(account(groups, rules=[api], default=weighted))
        assert await _text(door, "/api/counter") == "api"
        answers = [await _text(door) for _ in range(8)]
    assert (answers.count("old"), answers.count("new")) == (6, 2)


async def test_redirects_and_fixed_responses_come_from_the_door_itself(door: FrontDoor) -> None:
    def rule(path: str, action: dict[str, Any]) -> dict[str, Any]:
        return {"Priority": "1", "Conditions": [{"Field": "path-pattern", "Values": [path]}], "Actions": [action]}

    moved = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Path": "/new"}}
    fixed = {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": "410", "ContentType": "application/json", "MessageBody": "{}"},
    }
    await door.set(account({}, rules=[rule("/old", moved), rule("/gone", fixed)], default=_to("none")))
    async with door.ask("/old?a=1") as answer:
        assert (answer.status, answer.headers["Location"]) == (302, f"http://{HOST}.localhost:{door.port}/new?a=1")
    async with door.ask("/gone") as answer:
        assert (answer.status, answer.content_type, await answer.text()) == (410, "application/json", "{}")
    async with door.ask("/else") as answer:
        assert answer.status == 503


async def test_when_no_target_is_ready_a_visitor_learns_which_and_why(door: FrontDoor) -> None:
    async with listening(saying("sick"), healthy=False) as sick:
        await door.set(account({"web": [sick]}), healthy=0)
        (group,) = door.router.routes.groups()
        await until(lambda: all("500" in reason for _, reason in door.router.book.states(group).values()))
        async with door.ask() as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
            assert await answer.json() == {
                "error": "Not ready yet",
                "message": f"{HOST} is starting",
                "details": [f"127.0.0.1:{sick} is initial: /healthz answered 500, 200 is asked for"],
            }
        async with door.ask(headers={"Accept": "text/html"}) as answer:
            page = await answer.text()
    assert (answer.status, answer.content_type) == (503, "text/html")
    assert '<meta http-equiv="refresh" content="2">' in page
    assert f"127.0.0.1:{sick} is initial" in page


async def test_a_group_without_targets_says_so(door: FrontDoor) -> None:
    await door.set(account({"web": []}))
    async with door.ask() as answer:
        assert (answer.status, (await answer.json())["message"]) == (
            503,
            "web has no targets: its service runs no task",
        )


async def test_an_address_of_the_application_becomes_the_doors(door: FrontDoor) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"https://{request.host}/login"})

    async with listening(handle) as port:
        await door.set(account({"web": [port]}))
        async with door.ask() as answer:
            assert answer.headers["Location"] == f"http://{HOST}.localhost:{door.port}/login"


async def test_a_request_to_a_dead_target_goes_to_another_one_and_the_dead_one_gets_no_more() -> None:
    async with front_door() as door, listening(saying("alive")) as alive, mortal("dead") as (dead, kill):
        await door.set(account({"web": [alive, dead]}))
        kill()
        (group,) = door.router.routes.groups()
        while len(door.router.book.healthy(group)) == 2:
            answers = {await _text(door, headers={"X": "1"}) for _ in range(2)}
            assert answers <= {"alive", "dead"}
        assert [await _text(door) for _ in range(4)] == ["alive"] * 4
        state, _ = next(found for target, found in door.router.book.states(group).items() if target.port == dead)
        assert state == "unhealthy"


async def test_a_body_that_was_not_begun_goes_to_another_target() -> None:
    async with front_door() as door, listening(saying("alive")) as alive:
        content = account({"web": [alive, CLOSED_PORT]})
        content["target_groups"]["web"]["HealthCheckEnabled"] = False
        await door.set(content)
        answers = [await _text(door, method="POST", data=b"x") for _ in range(4)]
    assert answers == ["alive"] * 4


async def test_with_retries_off_the_failure_is_shown() -> None:
    async with front_door(retries=False) as door:

        async def breaks(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        async with listening(breaks) as port:
            await door.set(account({"web": [port]}))
            async with door.ask() as answer:
                assert (answer.status, (await answer.json())["error"]) == (502, "Bad gateway")


async def test_a_request_whose_body_was_taken_is_never_sent_twice() -> None:
    calls = []

    async def breaks(request: web.Request) -> web.Response:
        calls.append(await request.text())
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with front_door(patience=0) as door, listening(breaks) as one, listening(breaks) as two:
        await door.set(account({"web": [one, two]}))
        async with door.ask(method="PUT", data=b"buy") as answer:
            assert answer.status == 502
    assert calls == ["buy"]


async def test_a_visitor_waits_a_little_for_a_target_that_comes_back() -> None:
    healthy = asyncio.Event()

    async def answer_when_ready(request: web.Request) -> web.Response:
        return web.Response(status=200 if healthy.is_set() else 503)

    async with front_door(patience=60) as door, listening(answer_when_ready) as port:
        await door.set(account({"web": [port]}, path="/ready"), healthy=0)
        waiting = asyncio.create_task(_text(door, "/ready"))
        await asyncio.sleep(0)
        healthy.set()
        assert await waiting == ""


async def test_distributions_and_api_domains_are_answered_by_the_cloud(door: FrontDoor) -> None:
    async def cloud(request: web.Request) -> web.Response:
        names = ("Host", "X-Slipway-Account", "X-Forwarded-Proto", "Authorization")
        return web.json_response({name: request.headers.get(name) for name in names})

    records = [
        {"Name": "app.slipway.example.", "Type": "A", "Alias": "d1.cloudfront.net.", "Values": []},
        {"Name": "api.slipway.example.", "Type": "CNAME", "Alias": None, "Values": ["d-1.execute-api.aws"]},
    ]
    async with listening(cloud) as port:
        door.accounts.endpoint = f"http://127.0.0.1:{port}"
        content = account(
            {},
            zones=[{"Name": "slipway.example.", "Records": records}],
            distributions=[{"Id": "E1", "DomainName": "d1.cloudfront.net", "Aliases": ["app.slipway.example"]}],
            api_domains=[{"DomainName": "api.slipway.example", "Targets": ["d-1.execute-api.aws"]}],
        )
        await door.set(content)
        for name, host in (("app", "app.slipway.example"), ("api", "api.slipway.example")):
            token = {"Authorization": "Bearer a"}
            async with door.ask(host=f"{name}.slipway.example.localhost", headers=token) as answer:
                assert await answer.json() == {
                    "Host": host,
                    "X-Slipway-Account": "222222222222",
                    "X-Forwarded-Proto": "https",
                    "Authorization": "Bearer a",
                }
    async with door.ask(host="app.slipway.example.localhost") as answer:
        assert (answer.status, (await answer.json())["error"]) == (502, "No cloud")


async def test_when_the_cloud_is_gone_known_hosts_are_still_served_and_others_hear_of_it(door: FrontDoor) -> None:
    async with listening(saying("still here")) as port:
        await door.set(account({"web": [port]}))
        door.accounts.down = "the embedded cloud does not run"
        await door.router.refresh()
        assert await _text(door) == "still here"
        async with door.ask(host="new.test.localhost") as answer:
            assert (answer.status, (await answer.json())["message"]) == (502, "the embedded cloud does not run")


async def test_a_host_that_was_added_a_moment_ago_is_found(door: FrontDoor) -> None:
    async with listening(saying("new")) as port:
        async with door.ask() as answer:
            assert answer.status == 404
        await door.set(account({"web": [port]}))
        assert await _text(door) == "new"


@pytest.mark.parametrize("path", ["http://other.test/", "*"])
async def test_only_paths_are_taken_from_a_request_line(door: FrontDoor, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}.localhost\r\nConnection: close\r\n\r\n".encode())
    status = (await reader.readline()).split()[1]
    writer.close()
    await writer.wait_closed()
    assert status in (b"400", b"404")


async def _text(door: FrontDoor, path: str = "/", **options: Any) -> str:
    async with door.ask(path, **options) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


def _to(group: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": group}


def _share(group: str, weight: int) -> dict[str, Any]:
    return {"TargetGroupArn": group, "Weight": weight}
