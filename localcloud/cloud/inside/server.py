"""The application in front of MiniStack: what it lacks is answered here, the rest is passed on."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import hypercorn.asyncio
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import container_reaper
from ministack.core.responses import get_account_id, set_request_account_id
from ministack.core.router import extract_access_key_id, extract_region

from . import authority, browsers, letters, network, routing
from .asgi import Receive, Scope, Send, answer, answer_json, body_of, headers_of
from .autoscaling import TARGET_PREFIX, AutoScaling
from .blobs import Blobs
from .capacity import fit
from .catalog import EcrImages
from .cdn.plane import Distributions
from .clockwork import Job, tick
from .httpapi import reports
from .httpapi.plane import HttpApis
from .mends import (
    cloudwatch,
    containers,
    dynamodb,
    ecs_containers,
    elasticache_servers,
    rds_servers,
    servicediscovery,
    sqs,
)
from .mends.table import apply_all
from .registry import Registry
from .servers import Servers
from .settings import SETTINGS
from .xray import SCOPE, XRay

KEEP_ALIVE_SECONDS = 75
BODY_LIMIT = 1 << 20
JOBS = (Job(5, dynamodb.expire), Job(10, cloudwatch.evaluate_all))
ENGINE_SECONDS = 120


distributions = Distributions()
"""What CloudFront serves, with its cache."""


class Application:
    """One place where every request comes in."""

    def __init__(self, registry: Registry, gateway: network.Gateway | None) -> None:
        self._registry = registry
        self._gateway = gateway
        self._autoscaling = AutoScaling(fit)
        self._apis = HttpApis()
        self._traces = XRay()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await ministack.app(scope, ending(receive), send)
        elif not self._admits(scope):
            if scope["type"] == "http":
                await answer_json(send, 403, {"message": "only this machine and its containers are answered"})
        elif scope["type"] != "http":
            await ministack.app(scope, receive, send)
        elif scope["path"] in OWN:
            await OWN[scope["path"]](scope, receive, send)
        elif self._registry.takes(scope["path"]):
            await self._registry(scope, receive, send)
        elif headers_of(scope).get("x-amz-target", "").startswith(TARGET_PREFIX):
            await self._scale(scope, receive, send)
        elif SCOPE in headers_of(scope).get("authorization", ""):
            await self._trace(scope, receive, send)
        elif (call := self._apis.find(scope)) is not None:
            await self._apis(call, scope, receive, send)
        elif (found := distributions.find(scope)) is not None:
            await distributions(found, scope, receive, send)
        elif (bucket := browsers.asked_bucket(scope)) is not None:
            await self._to_page(bucket, scope, receive, send)
        else:
            routing.enter_account(scope["headers"])
            await ministack.app(scope, receive, send)

    async def _to_page(self, bucket: tuple[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await browsers.preflight(bucket, scope, send)
            return
        routing.enter_account(scope["headers"])
        await ministack.app(scope, receive, browsers.dressed(bucket, scope, send))

    async def _scale(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        set_request_account_id(extract_access_key_id(headers, {}))
        action = headers["x-amz-target"].removeprefix(TARGET_PREFIX)
        try:
            asked = json.loads(await body_of(receive, BODY_LIMIT) or b"{}")
        except ValueError:
            await answer_json(send, 400, {"__type": "SerializationException", "message": "the body is not JSON"})
            return
        status, values = await asyncio.to_thread(
            self._autoscaling.call, get_account_id(), extract_region(headers), action, asked
        )
        await answer(send, status, json.dumps(values).encode(), {"content-type": "application/x-amz-json-1.1"})

    async def _trace(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        set_request_account_id(extract_access_key_id(headers, {}))
        try:
            asked = json.loads(await body_of(receive, BODY_LIMIT) or b"{}")
        except ValueError:
            await answer_json(send, 400, {"__type": "InvalidRequestException", "Message": "the body is not JSON"})
            return
        place = (get_account_id(), extract_region(headers))
        status, values = await asyncio.to_thread(self._traces.call, *place, scope["path"], asked)
        kind = {} if status == 200 else {"x-amzn-errortype": values["__type"]}
        await answer_json(send, status, values, kind)

    def _admits(self, scope: Scope) -> bool:
        if self._gateway is None:
            return True
        server, client = scope.get("server"), scope.get("client")
        return bool(server and client and self._gateway.admits(server[0], client[0]))


async def boot(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Tell which start of the cloud this is."""
    await answer_json(send, 200, {"boot": SETTINGS.boot})


async def listed_servers(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer `GET /_slipway/servers?account=ID` with the names of the account's databases and caches in the engine."""
    account = parse_qs(scope["query_string"].decode("latin-1")).get("account", [""])[0]
    servers = rds_servers.servers
    await answer_json(send, 200, {"servers": await asyncio.to_thread(servers.of, account) if servers else []})


OWN: dict[str, Callable[[Scope, Receive, Send], Awaitable[None]]] = {
    "/_slipway/api-calls": reports.calls,
    "/_slipway/boot": boot,
    "/_slipway/letters": letters.letters,
    "/_slipway/rds-ca.pem": authority.trust_store,
    "/_slipway/routing": routing.routing,
    "/_slipway/servers": listed_servers,
}
"""What is answered here under a path of its own."""


def ending(receive: Receive) -> Receive:
    """Note the end of the server before MiniStack hears of it."""

    async def heard() -> Any:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            containers.ending.append(True)
        return message

    return heard


async def serve() -> None:
    """Mend MiniStack and serve until SIGTERM or SIGINT."""
    apply_all()
    blobs = Blobs(Path(SETTINGS.registry))
    blobs.prune()
    config = Config()
    config.bind = [SETTINGS.address]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.errorlog = logging.getLogger("slipway.server")
    client = _engine()
    if client:
        network.sweep(client)  # of a cloud that ended while its engine did not answer
    gateway = network.find(client) if client else None
    if gateway:
        _connect(client, gateway)
        config.bind.append(f"{gateway.address}:{gateway.port}")
    jobs = asyncio.create_task(tick(JOBS))
    try:
        await hypercorn.asyncio.serve(Application(Registry(blobs, EcrImages()), gateway), config)
    finally:
        jobs.cancel()
        if client:
            network.sweep(client)
        blobs.close()


def _engine() -> Any:
    """Return a client of the Docker engine, or nothing when the cloud shall not touch one."""
    if not SETTINGS.docker:
        return None
    import docker

    return docker.from_env(timeout=ENGINE_SECONDS)


def _connect(client: Any, gateway: network.Gateway) -> None:
    """Give what runs containers its way into their network."""
    servers = Servers(lambda: client, container_reaper.own_labels, gateway.name)
    for module in (ecs_containers, servicediscovery, sqs, rds_servers, elasticache_servers):
        module.gateway = gateway  # type: ignore[attr-defined]  # each of them has one
    rds_servers.servers = elasticache_servers.servers = servers
