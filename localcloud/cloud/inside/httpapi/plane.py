"""Requests to HTTP APIs, by a domain name of their own or by API Gateway's."""

import re
from urllib.parse import parse_qs

from ministack.services import apigateway, apigateway_v1

from ..asgi import Receive, Scope, Send, body_of, named_host
from . import cors, matching, reports
from .authorization import authorize
from .events import Answer, Call, refused
from .integrations import integrate
from .throttling import Throttle

LIMIT = 10 << 20
"""The largest body that API Gateway takes, in bytes."""
OWN_HOST = re.compile(r"^(?P<api>[0-9a-z]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com|localhost)$")
LOCAL_HOST = re.compile(r"^(?P<api>[0-9a-z]+)\.execute-api\.localhost$")
ACCOUNT, HOST = b"x-slipway-account", b"x-slipway-host"
DROPPED = {"x-slipway-account", "x-slipway-host", "x-forwarded-host", "connection", "transfer-encoding", "cookie"}
SINGLE = {"host", "content-type", "content-length", "authorization", "origin"}


class HttpApis:
    """Every HTTP API of every account."""

    def __init__(self) -> None:
        self._throttle = Throttle()

    def find(self, scope: Scope) -> Call | None:
        """Return the call that a request is, without its body; nothing when its host is no API's."""
        host = named_host(scope)
        if not host:
            return None
        raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        path = "/" + apigateway.decode_http_api_path(raw.decode("latin-1")).lstrip("/")
        found = _of_domain(host, _header(scope, ACCOUNT), path) or _of_own_host(host, path)
        if found is None:
            return None
        owner, api, stage, inner = found
        headers, cookies = _headers(scope)
        raw_query = scope["query_string"].decode("latin-1")
        client = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or (scope.get("client") or ["-"])[0]
        return Call(
            *owner,
            api,
            stage,
            host,
            scope["method"],
            path,
            inner,
            raw,
            raw_query,
            headers,
            cookies,
            parse_qs(raw_query, keep_blank_values=True),
            b"",
            client,
        )

    async def __call__(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call and write down what happened."""
        body = await body_of(receive, LIMIT)
        if body is None:
            answer = refused(413, "Request Entity Too Large")
        else:
            call.body = body
            answer = await self._answer(call, _header(scope, HOST))
        lines = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in answer.headers]
        lines.append((b"apigw-requestid", call.identity.encode()))
        if answer.status not in (204, 304):
            lines.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else answer.body})
        context = call.context(answer.status, len(answer.body))
        reports.note(call.account, call.region, call.api, call.stage, context)

    async def _answer(self, call: Call, sent_host: str) -> Answer:
        with apigateway.request_scope(call.account, call.region):
            configuration = apigateway._apis[call.api].get("corsConfiguration") or {}
            origin = call.headers.get("origin", "")
            if configuration and cors.is_preflight(call.method, call.headers):
                return Answer(204, list(cors.preflight(configuration, origin).items()), b"")
            answer = await self._routed(call, sent_host)
            if configuration:
                kept = [pair for pair in answer.headers if not pair[0].startswith(cors.PREFIX)]
                answer.headers = [*kept, *cors.answer(configuration, origin).items()]
            return answer

    async def _routed(self, call: Call, sent_host: str) -> Answer:
        stage = apigateway._stages.get(call.api, {}).get(call.stage)
        routes = {each["routeKey"]: each for each in apigateway._routes.get(call.api, {}).values()}
        found = matching.route(routes, call.method, call.inner) if stage else None
        if stage is None or found is None:
            return refused(404, "Not Found")
        call.route, call.parameters = found
        limits = matching.settings(stage, call.route)
        if not self._throttle.allows((call.account, call.api, call.stage, call.route), limits):
            return refused(429, "Too Many Requests")
        route = routes[call.route]
        refusal = await authorize(call, route, sent_host)
        return refusal or await integrate(call, route, stage)


def serves(host: str) -> bool:
    """Say whether a host is one of an API: a domain name of some account, or API Gateway's own."""
    return bool(OWN_HOST.match(host)) or any(
        name.lower() == host for (_, _, name), _ in apigateway_v1._domain_names.all_items()
    )


def _of_domain(host: str, account: str, path: str) -> tuple[tuple[str, str], str, str, str] | None:
    """Return owner, API, stage and the path below the mapping, for a domain name of some account."""
    for (owner, region, name), _record in apigateway_v1._domain_names.all_items():
        if name.lower() != host or (account and owner != account):
            continue
        mappings = apigateway_v1._base_path_mappings.get_scoped(owner, region, name, {})
        keys = {"" if key == "(none)" else key: mapping for key, mapping in mappings.items()}
        found = matching.mapping(keys, path)
        if found is None:
            return (owner, region), "", "", path
        target = keys[found[0]]
        if apigateway._apis.get_scoped(owner, region, target["restApiId"]) is None:
            return None  # a REST API, which MiniStack serves
        return (owner, region), target["restApiId"], target["stage"], found[1]
    return None


def _of_own_host(host: str, path: str) -> tuple[tuple[str, str], str, str, str] | None:
    matched = OWN_HOST.match(host) or LOCAL_HOST.match(host)
    if matched is None:
        return None
    for (owner, region, identity), api in apigateway._apis.all_items():
        if identity != matched["api"] or api.get("protocolType") != "HTTP" or api.get("disableExecuteApiEndpoint"):
            continue
        stages = apigateway._stages.get_scoped(owner, region, identity, {})
        first, _, rest = path.lstrip("/").partition("/")
        stage, inner = (first, f"/{rest}") if first in stages else ("$default", path)
        return (owner, region), identity, stage, inner
    return None


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def _headers(scope: Scope) -> tuple[dict[str, str], list[str]]:
    """Return a request's headers as functions see them, and its cookies."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "cookie":
            cookies += [each.strip() for each in value.split(";") if each.strip()]
        if name in DROPPED:
            continue
        repeated = name in headers and name not in SINGLE
        headers[name] = f"{headers[name]},{value}" if repeated else value
    return headers, cookies
