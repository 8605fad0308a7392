"""The door's HTTP server: one loopback port, host names of the emulated accounts, and pages of its own."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web

from localcloud.door import answers
from localcloud.door.answers import Problem, problem
from localcloud.door.calls import Calls
from localcloud.door.headers import SUFFIX
from localcloud.door.health import HealthBook
from localcloud.door.proxy import CONNECT_SECONDS, Proxy
from localcloud.door.source import CloudSource, Router, Source
from localcloud.door.status import status
from localcloud.door.visit import Visit
from localcloud.ports import LOOPBACK

OWN_HOSTS = frozenset({"localhost", LOOPBACK})
LONGEST_LINE = 65_536
GRACE_SECONDS = 2.0
"""How long requests in flight may go on when the door is told to end."""


class Door:
    """Answers every request of one port; `retries` as in Proxy."""

    def __init__(self, router: Router, proxy: Proxy) -> None:
        self._router = router
        self._proxy = proxy

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request by its Host: a page of the door's own, a host of the accounts, or a refusal.

        A name that is not of this machine may be a page elsewhere whose author points it here.
        """
        host, _, port = request.headers.get("Host", "").lower().partition(":")
        door_port = int(port) if port.isdigit() else 80
        if not request.raw_path.startswith("/"):
            return problem(request, Problem(400, "Bad request", "the door takes requests for paths only"))
        if host in OWN_HOSTS:
            return self._own(request, door_port)
        if not host.endswith(SUFFIX):
            text = f"the door answers for localhost and names under {SUFFIX} only"
            return problem(request, Problem(421, "Misdirected request", text))
        visit = Visit(request, host.removesuffix(SUFFIX), door_port)
        return await self._proxy.answer(visit) or self._unknown(visit)

    def _own(self, request: web.Request, port: int) -> web.StreamResponse:
        match request.method, request.path:
            case ("GET" | "HEAD", "/"):
                return answers.index(status(self._router, port))
            case ("GET", "/_door/status"):
                settings = {"pid": os.getpid(), "retries": self._proxy.retries}
                return web.json_response(settings | status(self._router, port))
            case ("POST", "/_door/retries") if "Origin" not in request.headers:
                self._proxy.retries = request.query.get("on") != "0"
                return web.json_response({"retries": self._proxy.retries})
        return problem(request, Problem(404, "Not found", f"the door has no page {request.path}"))

    def _unknown(self, visit: Visit) -> web.Response:
        if self._router.trouble:
            return problem(visit.request, Problem(502, "No cloud", self._router.trouble, retry=True))
        if "text/html" not in visit.request.headers.get("Accept", ""):
            known = sorted(self._router.routes.hosts)
            return problem(visit.request, Problem(404, "Unknown host", f"nothing is served as {visit.host}", known))
        return answers.index(status(self._router, visit.door_port), unknown=visit.host)


@contextlib.asynccontextmanager
async def serving(
    port: int, source: Callable[[aiohttp.ClientSession], Source], *, retries: bool = True, patience: float = 2.0
) -> AsyncIterator[tuple[int, Router]]:
    """Serve on a loopback port (0: any) as long as the context lasts; yields the port and the router."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        ) as session,
        HealthBook() as book,
    ):
        # aiohttp sends idempotent requests again by itself, a used-up body included: the proxy decides that here.
        session._retry_connection = False
        router = Router(source(session), book)
        calls = Calls(session, router.source)
        door = Door(router, Proxy(router, session, calls, retries=retries, patience=patience))
        application = web.Application()
        application.router.add_route("*", "/{rest:.*}", door.handle)
        runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=GRACE_SECONDS,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
        )
        await runner.setup()
        site = web.TCPSite(runner, LOOPBACK, port, reuse_address=True)
        await site.start()
        following = [asyncio.create_task(each) for each in (router.run(), calls.run())]
        try:
            yield runner.addresses[0][1], router
        finally:
            for each in following:
                each.cancel()
            await asyncio.gather(*following, return_exceptions=True)
            await runner.cleanup()
            await calls.tell()


async def serve(port: int) -> None:
    """Serve in front of this machine's embedded cloud until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    retries = os.environ.get("LOCALCLOUD_DOOR_RETRIES", "1") != "0"
    async with serving(port, CloudSource, retries=retries):
        await ended.wait()
