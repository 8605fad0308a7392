"""A door in front of real servers on loopback, with accounts made up by the test."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from localcloud.door.server import serving
from localcloud.door.source import Down, Router

HOST = "counter.dev.slipway.example"
BALANCER = "dev-1.eu-west-1.elb.amazonaws.com"
SECONDS = 30.0
"""How long a test waits for something that takes milliseconds on an idle machine."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def account(
    groups: Mapping[str, Sequence[int]],
    *,
    rules: Sequence[Mapping[str, Any]] = (),
    default: Mapping[str, Any] | None = None,
    path: str = "/healthz",
    **more: Any,
) -> dict[str, Any]:
    """Return an account as the cloud describes it: one load balancer, and target groups with their ports."""
    first = next(iter(groups), "none")
    action = default or {"Type": "forward", "TargetGroupArn": first}
    zone = {
        "Name": "dev.slipway.example.",
        "Records": [{"Name": f"{HOST}.", "Type": "A", "Alias": f"dualstack.{BALANCER}.", "Values": []}],
    }
    listener = {
        "Port": 443,
        "Protocol": "HTTPS",
        "Rules": [*rules, {"Priority": "default", "Conditions": [], "Actions": [action], "IsDefault": True}],
    }
    return {
        "zones": [zone],
        "load_balancers": [{"Name": "dev", "DNSName": BALANCER, "Listeners": [listener]}],
        "target_groups": {
            name: {
                "TargetGroupName": name,
                "Protocol": "HTTP",
                "Port": 80,
                "HealthCheckPath": path,
                "Matcher": {"HttpCode": "200"},
                "Targets": [{"Id": "127.0.0.1", "Port": port} for port in ports],
            }
            for name, ports in groups.items()
        },
        "distributions": [],
        "api_domains": [],
        **more,
    }


@dataclass
class Accounts:
    """A source of routes that a test changes as it goes."""

    content: dict[str, Any] = field(default_factory=dict)
    endpoint: str | None = "http://127.0.0.1:9"
    down: str = ""

    async def fetch(self) -> Mapping[str, Any]:
        if self.down:
            raise Down(self.down)
        return {"accounts": self.content}


@dataclass
class FrontDoor:
    """A door under test and a visitor."""

    port: int
    router: Router
    accounts: Accounts
    visitor: aiohttp.ClientSession

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def ask(
        self, path: str = "/", *, host: str = f"{HOST}.localhost", method: str = "GET", **options: Any
    ) -> "aiohttp.client._RequestContextManager":
        headers = {"Host": f"{host}:{self.port}"} | dict(options.pop("headers", {}))
        return self.visitor.request(method, self.url(path), headers=headers, allow_redirects=False, **options)

    async def set(self, content: dict[str, Any], *, healthy: int | None = None) -> None:
        """Change what the account holds; wait until as many targets get traffic as it lists, or as is said."""
        self.accounts.content = {"222222222222": content}
        await self.router.refresh()
        groups = list(self.router.routes.groups())
        expected = sum(len(group.targets) for group in groups) if healthy is None else healthy
        await until(lambda: sum(len(self.router.book.healthy(group)) for group in groups) == expected)


async def until(ready: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen."""
    async with asyncio.timeout(SECONDS):
        while not ready():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def listening(handler: Handler, *, healthy: bool = True) -> AsyncIterator[int]:
    """Serve a handler on a loopback port, with a health path beside it; yields the port."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(status=200 if healthy else 500)

    application = web.Application(client_max_size=1 << 30)
    application.router.add_get("/healthz", healthz)
    application.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    loop = asyncio.get_running_loop()
    assert runner.server is not None
    server = await loop.create_server(runner.server, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        # asyncio loses a connection that comes in while a server closes: let nobody in first.
        for listener in server.sockets:
            loop.remove_reader(listener.fileno())
        await settle()
        server.close()
        await runner.cleanup()
        await settle()


async def settle() -> None:
    """Let the event loop finish what is closing, so that no socket outlives its test."""
    for _ in range(20):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def mortal(text: str) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """Serve a text from a process of its own; yields its port and what kills it at once."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MORTAL, text, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline()), process.kill
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await settle()


MORTAL = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # In one piece: an answer of which the visitor has half already is nobody's to ask for again.
        body = sys.argv[1].encode()
        self.wfile.write(b"HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


def saying(text: str) -> Handler:
    """Return a handler that always answers the same."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=text)

    return handle


@contextlib.asynccontextmanager
async def front_door(**options: Any) -> AsyncIterator[FrontDoor]:
    """Open a door over accounts that are empty so far."""
    accounts = Accounts()
    async with (
        serving(0, lambda _: accounts, **options) as (port, router),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS), auto_decompress=False) as visitor,
    ):
        yield FrontDoor(port, router, accounts, visitor)
        await visitor.close()
        await settle()
    await settle()
