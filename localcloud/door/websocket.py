"""WebSockets through the door: messages, pings and the end of either side reach the other."""

import asyncio

import aiohttp
from aiohttp import WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

OWN_HEADERS = (
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Accept",
)
"""What each of the two connections agrees on for itself."""

GOING_AWAY = 1001
UNSENDABLE = (1005, 1006, 1015)
"""Close codes that say how a connection ended and may not be sent."""

Side = aiohttp.ClientWebSocketResponse | web.WebSocketResponse


def is_upgrade(request: web.Request) -> bool:
    """Say whether a request wants to become a WebSocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def join(
    request: web.Request, session: aiohttp.ClientSession, url: URL, sent: CIMultiDict[str]
) -> web.StreamResponse:
    """Open a WebSocket to a target and tie it to the visitor's; a target's refusal is handed on with its status."""
    protocols = [part.strip() for part in sent.get("Sec-WebSocket-Protocol", "").split(",") if part.strip()]
    kept = sent.copy()
    for name in OWN_HEADERS:
        kept.popall(name, None)
    try:
        upstream = await session.ws_connect(
            url, headers=kept, protocols=protocols, max_msg_size=0, autoping=False, autoclose=False, ssl=False
        )
    except aiohttp.WSServerHandshakeError as refusal:
        return web.Response(status=refusal.status, text="the target does not speak WebSocket here\n")
    async with upstream:
        agreed = [upstream.protocol] if upstream.protocol else []
        visitor = web.WebSocketResponse(
            protocols=agreed, max_msg_size=0, autoping=False, autoclose=False, compress=False
        )
        await visitor.prepare(request)
        await asyncio.gather(_pump(visitor, upstream), _pump(upstream, visitor))
        return visitor


async def _pump(source: Side, sink: Side) -> None:
    """Hand on what comes from one side until it ends; its goodbye is answered when the other side has heard it."""
    while True:
        message = await source.receive()
        try:
            match message.type:
                case WSMsgType.TEXT:
                    await sink.send_str(message.data)
                case WSMsgType.BINARY:
                    await sink.send_bytes(message.data)
                case WSMsgType.PING:
                    await sink.ping(message.data)
                case WSMsgType.PONG:
                    await sink.pong(message.data)
                case WSMsgType.CLOSE:
                    code = 1000 if message.data in (None, *UNSENDABLE) else message.data
                    await sink.close(code=code, message=(message.extra or "").encode())
                    await source.close(code=code)
                    return
                case WSMsgType.CLOSING:  # the other direction is saying goodbye
                    return
                case _:
                    await sink.close(code=GOING_AWAY)
                    return
        except ConnectionError:
            return
