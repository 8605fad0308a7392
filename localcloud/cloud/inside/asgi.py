"""The few words of ASGI that our own services speak."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]


class Disconnected(Exception):
    """The client went away before its request was complete."""


def headers_of(scope: Scope) -> Headers:
    """Return the request's headers with lower-case names; of a repeated one the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def named_host(scope: Scope) -> str:
    """Return the host name that a request is for, in lower case; empty when it names this machine or an address."""
    value = next((value for name, value in scope["headers"] if name == b"host"), b"")
    host = value.decode("latin-1").partition(":")[0].lower()
    return "" if host == "localhost" or host.replace(".", "").isdigit() else host


async def chunks(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the request's body as it comes in."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def body_of(receive: Receive, limit: int) -> bytes | None:
    """Return the request's whole body, or nothing when it is longer than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks(receive):
        size += len(chunk)
        if size <= limit:
            parts.append(chunk)
    return b"".join(parts) if size <= limit else None


async def begin(send: Send, status: int, headers: Headers) -> None:
    """Send status and headers; the body follows with `send`."""
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})


async def answer(send: Send, status: int, body: bytes = b"", headers: Headers | None = None) -> None:
    """Send a whole response; `content-length` is the body's unless the headers have one (an answer to HEAD)."""
    await begin(send, status, {"content-length": str(len(body)), **(headers or {})})
    await send({"type": "http.response.body", "body": body})


async def answer_json(send: Send, status: int, body: object, headers: Headers | None = None) -> None:
    """Send a JSON body."""
    await answer(send, status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})
