"""Pages that speak with buckets: answered by the bucket's own CORS rules, as S3 answers them.

A page of the front door has an address of this machine, `http://HOST.localhost:PORT`; rules name it as on AWS.
"""

import re
from typing import Any

from ministack.services import s3

from .asgi import Scope, Send, answer, headers_of

DOOR = re.compile(r"^http://(?P<host>[a-z0-9.-]+)\.localhost(?::\d+)?$")
ALLOWED = "access-control-allow-origin"
PREFIX = b"access-control-"


def as_on_aws(origin: str) -> str:
    """Return the origin that a page of the front door would have on AWS; any other as it is."""
    matched = DOOR.match(origin.lower())
    return f"https://{matched['host']}" if matched else origin


def asked_bucket(scope: Scope) -> tuple[str, str] | None:
    """Return bucket and key of a page's request to a bucket, nothing for any other."""
    if not any(name == b"origin" for name, _ in scope["headers"]):
        return None
    bucket, _, key = scope["path"].lstrip("/").partition("/")
    return (bucket, key) if bucket and s3._bucket_owner_account(bucket) else None


async def preflight(target: tuple[str, str], scope: Scope, send: Send) -> None:
    """Answer what a browser asks before it sends something to a bucket."""
    headers = headers_of(scope)
    origin = headers["origin"]
    status, returned, body = s3.cors_preflight(*target, {**headers, "origin": as_on_aws(origin)})
    await answer(send, status, body, _for_page(returned, origin))


def dressed(target: tuple[str, str], scope: Scope, send: Send) -> Send:
    """Return a way to send an answer with the bucket's headers of CORS in place of those that everybody gets."""
    headers = headers_of(scope)
    given = s3.cors_response_headers(target[0], scope["method"], {"origin": as_on_aws(headers["origin"])})
    own = _for_page(given, headers["origin"])

    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(PREFIX)]
            added = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in own.items()]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sent


def _for_page(given: dict[str, str], origin: str) -> dict[str, str]:
    """Return headers of CORS with the page's origin as the browser knows it."""
    lower = {name.lower(): value for name, value in given.items()}
    if lower.get(ALLOWED, "*") != "*":
        lower[ALLOWED] = origin
    return lower
