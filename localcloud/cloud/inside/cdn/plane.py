"""Requests to distributions, by an alias or by CloudFront's own name."""

import asyncio
import contextvars
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import brotli  # type: ignore[import-not-found]  # in the emulator's environment alone
from ministack.core.responses import request_scope
from ministack.services import cloudfront

from ..asgi import Receive, Scope, Send, body_of, headers_of, named_host
from ..settings import SETTINGS
from . import access_logs, caching, serving, signing
from .behaviors import Behavior, behavior_of
from .keys import verifier

LIMIT = 20 << 20
"""The largest body that CloudFront takes, in bytes."""
CONDITIONS = ("if-none-match", "if-modified-since", "if-range", "range")
ACCOUNT = "x-slipway-account"
OWN = ("x-slipway-account", "x-slipway-host", "x-forwarded-host", "x-forwarded-port")
DROPPED = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass
class Visit:
    """What the fetch from the origin has to know of the request that it is for, and what it finds."""

    account: str
    distribution: str
    times: caching.Times
    key: tuple[Any, ...]
    kept: caching.Kept | None = field(default=None)
    is_first: bool = True


current: contextvars.ContextVar[Visit | None] = contextvars.ContextVar("visit", default=None)


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=5))


WAYS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": serving.gzipped}
"""How bodies are compressed, the better way first."""


class Distributions:
    """Every distribution of every account."""

    def __init__(self) -> None:
        self.cache = caching.Cache()
        self.logs = access_logs.AccessLogs()

    def find(self, scope: Scope) -> tuple[str, dict[str, Any]] | None:
        """Return the account and record of the distribution that a request's host names, or nothing."""
        host = named_host(scope)
        if not host:
            return None
        account = headers_of(scope).get(ACCOUNT, "")
        for (owner, _identity), distribution in cloudfront._distributions.to_dict().items():
            if account and owner != account:
                continue
            names = [distribution["DomainName"], *cloudfront._get_distribution_aliases(distribution)]
            if host in (name.lower() for name in names):
                return owner, distribution
        return None

    async def __call__(self, found: tuple[str, dict[str, Any]], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to a distribution."""
        account, distribution = found
        began = time.monotonic()
        body = await body_of(receive, LIMIT)
        headers = headers_of(scope)
        with request_scope(account, SETTINGS.region):
            status, returned, content = await self._answer(account, distribution, scope, headers, body)
        lines = [(b"content-length", str(len(content)).encode())] if status != 304 else []
        for name, value in returned.items():
            for each in value if isinstance(value, list) else [value]:
                if name.lower() not in DROPPED:
                    lines.append((name.lower().encode("latin-1"), str(each).encode("utf-8")))
        if scope["method"] == "HEAD" and "content-length" in {name.lower() for name in returned}:
            size = next(value for name, value in returned.items() if name.lower() == "content-length")
            lines[0] = (b"content-length", str(size).encode())
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
        seconds = time.monotonic() - began
        self.logs.note(account, distribution, scope, headers, status, returned, len(content), seconds)

    async def _answer(
        self, account: str, distribution: dict[str, Any], scope: Scope, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, Any], bytes]:
        if body is None:
            status, page, content = cloudfront._cf_error_response(
                413, "Request entity too large.", "Error from cloudfront"
            )
            return status, page, content
        if not _is_enabled(distribution):
            status, page, content = cloudfront._cf_error_response(403, "Bad request.", "Error from cloudfront")
            return status, page, content
        raw_path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        behavior = behavior_of(distribution, scope["path"])
        cookies = signing.cookies_of(headers.get("cookie", ""))
        if behavior.key_groups:
            scheme = headers.get("x-forwarded-proto", "http")
            asked = signing.Asked(f"{scheme}://{headers['host']}{raw_path}", query, cookies, _client(headers, scope))
            refusal = signing.check(asked, verifier(behavior.key_groups))
            if refusal:
                page = cloudfront._add_cloudfront_headers({"content-type": "text/xml"}, "Error from cloudfront")
                return 403, {**page, "server": "CloudFront"}, refusal.body
            query = signing.remaining(query)
        parameters = parse_qs(query, keep_blank_values=True)
        key = (distribution["Id"], *caching.key_part(behavior.cache_key, headers, cookies, parameters))
        visit = Visit(account, distribution["Id"], behavior.times, key)
        keeps = behavior.times.keeps and scope["method"] in ("GET", "HEAD")
        token = current.set(visit if keeps else Visit(account, distribution["Id"], caching.Times(most=0), key))
        try:
            status, returned, content = await cloudfront.handle_viewer_request(
                distribution,
                scope["method"],
                scope["path"],
                raw_path,
                query,
                {
                    name: value
                    for name, value in headers.items()
                    if name not in OWN and not (keeps and name in CONDITIONS)
                },
                body,
                parameters,
                _client(headers, scope),
            )
        finally:
            current.reset(token)
        return await self._finish(behavior, visit, keeps, headers, (status, returned, content))

    async def _finish(
        self,
        behavior: Behavior,
        visit: Visit,
        keeps: bool,
        headers: Mapping[str, str],
        answered: tuple[int, dict[str, Any], bytes],
    ) -> tuple[int, dict[str, Any], bytes]:
        status, given, content = answered
        returned = {name.lower(): value for name, value in given.items()}
        if status >= 400:
            returned["x-cache"] = "Error from cloudfront"
        elif visit.kept is not None:
            returned["x-cache"], returned["age"] = "Hit from cloudfront", str(self.cache.age(visit.kept))
        ways = {name: way for name, way in WAYS.items() if name in behavior.encodings}
        if behavior.compresses and ways and content:
            accepted = headers.get("accept-encoding", "")
            content = await asyncio.to_thread(serving.compress, status, returned, content, accepted, ways)
        return serving.finish(status, returned, content, headers) if keeps else (status, returned, content)


def _is_enabled(distribution: Mapping[str, Any]) -> bool:
    return str(distribution.get("Enabled", "true")).lower() != "false"


def _client(headers: Mapping[str, str], scope: Scope) -> str:
    return headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or (scope.get("client") or ["127.0.0.1"])[0]
