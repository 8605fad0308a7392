"""Who may call a route: anybody, holders of a token, or keys of the account."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway

from . import signatures, tokens
from .events import Answer, Call, refused


async def authorize(call: Call, route: Mapping[str, Any], sent_host: str) -> Answer | None:
    """Return a refusal, or nothing and the caller's identity in the call.

    `sent_host` is the host that the visitor used, where the front door translated it: signatures cover it.
    """
    kind = str(route.get("authorizationType") or "NONE")
    if kind == "JWT":
        return await _token(call, route)
    if kind == "AWS_IAM":
        return _signature(call, sent_host)
    if kind == "CUSTOM":
        return refused(500, "Internal Server Error")
    return None


async def _token(call: Call, route: Mapping[str, Any]) -> Answer | None:
    authorizer = apigateway._authorizers.get(call.api, {}).get(route.get("authorizerId"))
    if authorizer is None:
        return refused(500, "Internal Server Error")
    wanted = list(route.get("authorizationScopes") or ())
    checked = await tokens.check(authorizer, wanted, call.headers, call.query)
    if isinstance(checked, tokens.Refusal):
        return refused(checked.status, checked.message, www_authenticate=checked.challenge)
    claims = {name: _text(value) for name, value in checked.claims.items()}
    call.authorizer = {"jwt": {"claims": claims, "scopes": list(checked.scopes) if wanted else None}}
    return None


def _text(value: object) -> str:
    """Claims reach functions as texts; a list as its items in brackets."""
    if isinstance(value, list):
        return f"[{' '.join(_text(each) for each in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def _signature(call: Call, sent_host: str) -> Answer | None:
    signed = dict(call.headers)
    raw_path = call.raw_path.decode("latin-1")
    for host in (call.domain, sent_host) if sent_host else (call.domain,):
        signed["host"] = host
        identity = signatures.identity(
            call.method, raw_path, call.query, signed, call.body, (call.account, call.region)
        )
        if identity is not None:
            call.authorizer = {"iam": identity}
            return None
    return refused(403, "Forbidden")
