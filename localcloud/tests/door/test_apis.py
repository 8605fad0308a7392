"""API calls that the door carries to a load balancer by itself: routes, limits, CORS, and what it tells the cloud."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from localcloud.door.source import Router
from localcloud.door.status import status
from localcloud.tests.door.fakes import HOST, FrontDoor, account, front_door, listening, saying, until

DOMAIN = "market.dev.slipway.example"
TARGET = "d-1.execute-api.eu-west-1.amazonaws.com"
LISTENER = "arn:listener"


def market(
    port: int,
    *,
    routes: dict[str, str],
    parameters: dict[str, str] | None = None,
    stage: dict[str, Any] | None = None,
    **api: Any,
) -> dict[str, Any]:
    """Return an account whose API leads to one load balancer, as the cloud describes it."""
    content = account({"web": [port]})
    content["zones"][0]["Records"].append({"Name": f"{DOMAIN}.", "Type": "A", "Alias": f"{TARGET}.", "Values": []})
    content["load_balancers"][0]["Listeners"][0]["Arn"] = LISTENER
    mappings = {"": ["api1", "$default"]}
    content["api_domains"] = [{"DomainName": DOMAIN, "Targets": [TARGET], "Mappings": mappings}]
    stages = {"$default": {"defaultRouteSettings": {}, "routeSettings": {}, **(stage or {})}}
    link = {"Parameters": parameters or {}, "Address": "10.0.3.10"}
    links = {key: {"Listener": arn, **link} if arn else None for key, arn in routes.items()}
    content["http_apis"] = {"api1": {"Cors": {}, "Routes": links, "Stages": stages, **api}}
    return content


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the cloud is told of calls, kept here."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr("localcloud.door.calls.Calls.note", lambda _, call: heard.append(call))
    return heard


async def ask(door: FrontDoor, path: str, **options: Any) -> tuple[int, str, dict[str, str]]:
    async with door.ask(path, host=f"{DOMAIN}.localhost", **options) as answer:
        return answer.status, await answer.text(), {name.lower(): value for name, value in answer.headers.items()}


async def test_a_private_integration_is_carried_to_the_listeners_targets(told: list[dict[str, Any]]) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.raw_path} {request.host}")

    async with listening(echo) as port, front_door() as door:
        await door.set(market(port, routes={"ANY /v1/{proxy+}": LISTENER, "$default": LISTENER}))
        code, body, headers = await ask(door, "/v1/items?x=1", method="POST")
        assert (code, body) == (200, f"POST /v1/items?x=1 {DOMAIN}")
        assert len(headers["apigw-requestid"]) == 16
        await ask(door, "/")
    assert [(each["api"], each["context"]["routeKey"], each["context"]["status"]) for each in told] == [
        ("api1", "ANY /v1/{proxy+}", 200),
        ("api1", "$default", 200),
    ]
    assert told[0]["context"]["responseLength"] == len(body)


async def test_an_integration_changes_headers_and_rules_see_its_host_and_the_links_address(
    told: list[dict[str, Any]],
) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({name.lower(): value for name, value in request.headers.items()})

    parameters = {
        "overwrite:header.host": HOST,
        "overwrite:header.x-client-ip": "$context.identity.sourceIp",
        "append:header.x-way": "gateway",
        "remove:header.x-secret": "''",
    }
    async with listening(echo) as port, front_door() as door:
        content = market(port, routes={"$default": LISTENER}, parameters=parameters)
        rule = {
            "Priority": "1",
            "Conditions": [
                {"Field": "host-header", "Values": [HOST]},
                {"Field": "source-ip", "Values": ["10.0.0.0/16"]},
            ],
            "Actions": [{"Type": "forward", "TargetGroupArn": "web"}],
        }
        refused = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        content["load_balancers"][0]["Listeners"][0]["Rules"] = [
            rule,
            {"Priority": "default", "Conditions": [], "Actions": [refused], "IsDefault": True},
        ]
        await door.set(content)
        sent = {"X-Client-Ip": "6.6.6.6", "X-Way": "browser", "X-Secret": "1"}
        code, body, _ = await ask(door, "/x", headers=sent)
        seen = json.loads(body)
        assert (code, seen["host"], seen["x-client-ip"]) == (200, HOST, "127.0.0.1")
        assert (seen["x-way"], "x-secret" in seen) == ("browser,gateway", False)
        assert seen["x-forwarded-for"] == "10.0.3.10"
        assert seen["forwarded"] == f"for=127.0.0.1;host={DOMAIN};proto=https"
        async with door.ask("/x") as direct:
            assert direct.status == 404
    assert len(told) == 1


async def test_limits_of_a_route_are_its_own(told: list[dict[str, Any]]) -> None:
    limits = {"throttlingRateLimit": 0.001, "throttlingBurstLimit": 2}
    async with listening(saying("ok")) as port, front_door() as door:
        routes = {"POST /v1/sessions": LISTENER, "$default": LISTENER}
        await door.set(market(port, routes=routes, stage={"routeSettings": {"POST /v1/sessions": limits}}))
        answers = [await ask(door, "/v1/sessions", method="POST") for _ in range(3)]
        assert [code for code, _, _ in answers] == [200, 200, 429]
        assert json.loads(answers[2][1]) == {"message": "Too Many Requests"}
        assert (await ask(door, "/v1/sessions"))[0] == 200
    assert [each["context"]["status"] for each in told] == [200, 200, 429, 200]


async def test_the_gateways_cors_stands_in_for_the_services(told: list[dict[str, Any]]) -> None:
    async def own(_: web.Request) -> web.Response:
        return web.Response(headers={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET"})

    cors = {"allowOrigins": [f"https://{DOMAIN}"], "allowCredentials": True}
    async with listening(own) as port, front_door() as door:
        await door.set(market(port, routes={"$default": LISTENER}, Cors=cors))
        page = f"http://{DOMAIN}.localhost:{door.port}"
        _, _, headers = await ask(door, "/x", headers={"Origin": page})
        assert headers["access-control-allow-origin"] == page
        assert headers["access-control-allow-credentials"] == "true"
        assert "access-control-allow-methods" not in headers
        _, _, headers = await ask(door, "/x", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in headers
    assert len(told) == 2


async def test_what_the_door_does_not_carry_goes_to_the_cloud_with_the_account_and_the_visitors_host() -> None:
    async def cloud(request: web.Request) -> web.Response:
        names = ("Host", "X-Slipway-Account", "X-Slipway-Host")
        return web.Response(text=" ".join(request.headers[name] for name in names))

    async with listening(saying("direct")) as port, listening(cloud) as endpoint, front_door() as door:
        door.accounts.endpoint = f"http://127.0.0.1:{endpoint}"
        await door.set(market(port, routes={"GET /open": LISTENER, "GET /shut": ""}))
        assert (await ask(door, "/open"))[1] == "direct"
        expected = f"{DOMAIN} 222222222222 {DOMAIN}.localhost:{door.port}"
        assert (await ask(door, "/shut"))[1] == expected
        assert (await ask(door, "/neither"))[1] == expected


async def test_an_api_is_starting_until_its_targets_are_healthy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))  # no stack of this machine claims the host

    def state(router: Router) -> str:
        rows = {row["name"]: row["state"] for row in status(router, 1)["others"]}
        return rows[DOMAIN]

    async with listening(saying("ok"), healthy=False) as port, front_door() as door:
        await door.set(market(port, routes={"$default": LISTENER}), healthy=0)
        await until(lambda: state(door.router) == "starting")
    async with listening(saying("ok")) as port, front_door() as door:
        await door.set(market(port, routes={"$default": LISTENER}))
        assert state(door.router) == "up"


async def test_a_sign_in_page_is_asked_for_at_the_clouds_own_address() -> None:
    async def cloud(request: web.Request) -> web.Response:
        return web.Response(
            status=302, headers={"Location": f"https://{DOMAIN}/back?code=1", "X-Seen": f"{request.host}{request.path}"}
        )

    async with listening(saying("ok")) as port, listening(cloud) as endpoint, front_door() as door:
        door.accounts.endpoint = f"http://127.0.0.1:{endpoint}"
        host = "dev-planner.auth.eu-west-1.amazoncognito.com"
        await door.set({**market(port, routes={"$default": LISTENER}), "auth_domains": [host]})
        async with door.ask("/oauth2/authorize", host=f"{host}.localhost") as answer:
            assert answer.headers["X-Seen"] == f"127.0.0.1:{endpoint}/oauth2/authorize"
            assert answer.headers["Location"] == f"http://{DOMAIN}.localhost:{door.port}/back?code=1"
