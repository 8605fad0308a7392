"""Bodies that take their time, in both directions, and their ends."""

import asyncio

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from localcloud.tests.door.fakes import HOST, SECONDS, FrontDoor, account, listening, saying, until

MEGABYTE = 1 << 20


async def test_events_arrive_when_they_are_sent(door: FrontDoor) -> None:
    seen = asyncio.Event()

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: one\n\n")
        await seen.wait()
        await response.write(b"data: two\n\n")
        return response

    async with listening(events) as port:
        await door.set(account({"web": [port]}))
        async with door.ask() as answer:
            assert await answer.content.readuntil(b"\n\n") == b"data: one\n\n"
            seen.set()
            assert await answer.content.read() == b"data: two\n\n"


async def test_headers_arrive_before_the_first_event(door: FrontDoor) -> None:
    seen = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await seen.wait()
        return response

    async with listening(late) as port:
        await door.set(account({"web": [port]}))
        async with door.ask() as answer:
            assert answer.status == 200
            seen.set()


async def test_an_upload_of_100_megabytes_is_passed_on_while_it_comes(door: FrontDoor) -> None:
    begun = asyncio.Event()

    async def store(request: web.Request) -> web.Response:
        size = 0
        async for chunk in request.content.iter_any():
            begun.set()
            size += len(chunk)
        return web.Response(text=str(size))

    async def upload() -> "aiohttp.typedefs.AsyncIterator[bytes]":  # type: ignore[name-defined]
        yield b"x" * MEGABYTE
        async with asyncio.timeout(SECONDS):
            await begun.wait()
        for _ in range(99):
            yield b"x" * MEGABYTE

    async with listening(store) as port:
        await door.set(account({"web": [port]}))
        async with door.ask(method="POST", data=upload()) as answer:
            assert await answer.text() == str(100 * MEGABYTE)


async def test_a_visitor_who_goes_away_ends_the_work_of_the_target(door: FrontDoor) -> None:
    ended = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"tick\n")
                await asyncio.sleep(0.02)
        finally:
            ended.set()

    async with listening(endless) as port:
        await door.set(account({"web": [port]}))
        async with door.ask() as answer:
            await answer.content.readline()
        await until(ended.is_set)


async def test_an_answer_that_breaks_off_is_seen_to_break_off(door: FrontDoor) -> None:
    async def breaks(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    async with listening(breaks) as port:
        await door.set(account({"web": [port]}))
        with pytest.raises(aiohttp.ClientError):
            async with door.ask() as answer:
                await answer.read()


async def test_a_websocket_carries_messages_both_ways_and_its_end(door: FrontDoor) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=["chat"], max_msg_size=0)
        await socket.prepare(request)
        await socket.send_str(f"{request.host} {request.headers['Origin']} {socket.ws_protocol}")
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data == "bye":
                await socket.close(code=4001, message=b"so long")
            elif message.type is WSMsgType.TEXT:
                await socket.send_str(message.data.upper())
            elif message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data[::-1])
        return socket

    async with listening(echo) as port:
        await door.set(account({"web": [port]}))
        address = f"{HOST}.localhost:{door.port}"
        headers = {"Host": address, "Origin": f"http://{address}"}
        options = {"headers": headers, "protocols": ["other", "chat"], "max_msg_size": 0}
        async with door.visitor.ws_connect(door.url("/ws"), **options) as socket:
            assert socket.protocol == "chat"
            assert await socket.receive_str() == f"{HOST} https://{HOST} chat"
            await socket.send_str("hello")
            assert await socket.receive_str() == "HELLO"
            await socket.send_bytes(b"\x00" * (5 * MEGABYTE) + b"\x01")
            assert (await socket.receive_bytes())[:2] == b"\x01\x00"
            await socket.send_str("bye")
            end = await socket.receive()
            assert (end.type, end.data, end.extra) == (WSMsgType.CLOSE, 4001, "so long")


async def test_a_visitor_who_closes_a_websocket_closes_the_targets(door: FrontDoor) -> None:
    codes: list[int | None] = []

    async def listen(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for _ in socket:
            pass
        codes.append(socket.close_code)
        return socket

    async with listening(listen) as port:
        await door.set(account({"web": [port]}))
        async with door.visitor.ws_connect(door.url(), headers={"Host": f"{HOST}.localhost"}) as socket:
            await socket.close(code=4002)
        await until(lambda: bool(codes))
        assert codes == [4002]


async def test_a_refused_websocket_keeps_the_targets_status(door: FrontDoor) -> None:
    async with listening(saying("no socket here")) as port:
        await door.set(account({"web": [port]}))
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await door.visitor.ws_connect(door.url(), headers={"Host": f"{HOST}.localhost"})
    assert refusal.value.status == 200
