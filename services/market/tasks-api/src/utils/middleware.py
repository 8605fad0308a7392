"""What surrounds every request: its id, its trace, its log line, its duration, its limits, its last resort."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, cast

from opentelemetry import propagate, trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.services.wiring import Services
from src.utils import context, errors
from src.utils.metrics import REQUESTS
from src.utils.problems import problem

LOG = logging.getLogger("src.access")
TRACER = trace.get_tracer(__name__)
LARGEST_BODY = 64 * 1024
WITH_BODY = {"POST", "PUT", "PATCH"}
UNLIMITED = {"/", "/healthz", "/readyz", "/metrics"}
"""Paths that the rate limit does not count: what watches the service must always get in."""
QUIET = {"/healthz", "/readyz", "/metrics"}
"""Paths whose good answers are not logged, and which are in no trace: asked every few seconds by whoever watches."""


class Observed:
    """The outermost: request id, trace, log line and duration, whatever the answer is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an HTTP request; other scopes pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        identity = context.accepted_request_id(headers.get("x-request-id", ""))
        token = context.request_id.set(identity)
        began = time.perf_counter()
        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                outgoing = MutableHeaders(scope=message)
                outgoing["x-request-id"] = identity
                outgoing["x-content-type-options"] = "nosniff"
            await send(message)

        try:
            with _traced(scope, headers) as span:
                try:
                    await self._app(scope, receive, observed)
                finally:
                    _observe(scope, span, status, time.perf_counter() - began)
        finally:
            context.request_id.reset(token)


def _traced(scope: Scope, headers: Headers) -> AbstractContextManager[trace.Span]:
    """The request's span, a child of the caller's where it sent one."""
    if scope["path"] in QUIET:
        return context.untraced()
    parent = propagate.extract(dict(headers))
    return TRACER.start_as_current_span(scope["method"], parent, kind=trace.SpanKind.SERVER)


def _observe(scope: Scope, span: trace.Span, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    REQUESTS.labels(scope["method"] if route != "unmatched" else "any", route, str(status)).observe(seconds)
    span.update_name(f"{scope['method']} {route}")
    span.set_attributes(
        {
            "http.request.method": scope["method"],
            "http.route": route,
            "http.response.status_code": status,
            "url.path": scope["path"],
            "request.id": context.request_id.get(),
        }
    )
    if scope["path"] in QUIET and status == 200:
        return
    fields = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "client": client_address(scope),
    }
    LOG.info("request", extra={"fields": fields})


class Addressed:
    """Puts the caller's address, as the gateway says it, where the services look for it; outermost of all."""

    def __init__(self, app: ASGIApp, header: str) -> None:
        self._app = app
        self._header = header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what the header says replaces what X-Forwarded-For says."""
        if scope["type"] == "http" and (address := Headers(scope=scope).get(self._header)) is not None:
            kept = [(name, value) for name, value in scope["headers"] if name != b"x-forwarded-for"]
            scope = {**scope, "headers": [*kept, (b"x-forwarded-for", address.encode("latin-1"))]}
        await self._app(scope, receive, send)


class Guarded:
    """The rate limit, and what a body may be; RefusedError's documents without the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an HTTP request that may pass; other scopes pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["method"] in WITH_BODY:
            body = await _body(receive)
            if body is None:
                await problem(413, f"the body is larger than {LARGEST_BODY} bytes")(scope, receive, send)
                return
            receive = _replayed(body, receive)
        await _answered(self._app, scope, receive, send)


async def _refusal(scope: Scope) -> ASGIApp | None:
    """The answer to a request that may not pass."""
    headers = Headers(scope=scope)
    if scope["path"] not in UNLIMITED:
        services = cast(Services, scope["app"].state.services)
        if wait := await services.limit.wait_seconds(client_address(scope)):
            return problem(429, "too many requests: try again later", headers={"Retry-After": str(wait)})
    if scope["method"] in WITH_BODY:
        kind = headers.get("content-type", "").split(";", 1)[0].strip().lower()
        if kind != "application/json":
            return problem(415, "the body must be application/json")
    return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large or the caller has gone."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first, and then what the connection says."""
    given = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve, and answer a defect with 500 that says nothing of it; the log and the error tracker have the rest."""
    started = False

    async def noted(message: Message) -> None:
        nonlocal started
        started = started or message["type"] == "http.response.start"
        await send(message)

    try:
        await app(scope, receive, noted)
    except Exception as error:
        LOG.exception("unexpected error")
        errors.report(error)
        if started:
            raise
        await problem(500, "the service failed, and says why in its log")(scope, receive, send)


def client_address(scope: Scope) -> str:
    """The caller's address as the proxy in front saw it, else the peer's.

    The last entry of X-Forwarded-For is the proxy's own; those before it are the caller's to invent.
    """
    forwarded = Headers(scope=scope).get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()
    if forwarded and len(forwarded) <= 64 and all(character in "0123456789abcdefABCDEF.:" for character in forwarded):
        return forwarded
    return str((scope.get("client") or ("unknown",))[0])
