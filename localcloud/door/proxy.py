"""Hands requests on: to the targets behind a load balancer, or to the emulator for distributions and API domains."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from localcloud.door import headers, rules, websocket
from localcloud.door.answers import Problem, problem
from localcloud.door.choice import Turns
from localcloud.door.source import Router
from localcloud.door.view import Gateway, Listener, LoadBalancer, Target, TargetGroup

logger = logging.getLogger("door")

IDLE_SECONDS = 60.0
"""As long as a target may say nothing; what a load balancer of AWS allows if nothing else is set."""
CONNECT_SECONDS = 5.0
"""Two repetitions of a packet that a target under load has dropped (after 1 s and 3 s)."""
ATTEMPTS = 5
SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})

ACCOUNT_HEADER = "X-Slipway-Account"
"""Tells the emulator whose distribution or domain is meant."""

NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Body:
    """A visitor's body on its way; knows whether a part of it has been taken, so that it cannot be sent again."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.is_begun = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_begun = True
        async for chunk in self._request.content.iter_any():
            yield chunk


@dataclass(frozen=True)
class Visit:
    """A request together with what the door knows of it."""

    request: web.Request
    host: str
    """The host name on AWS, without `.localhost`."""
    door_port: int
    """The port the visitor used."""

    @property
    def path(self) -> str:
        """Path and query exactly as sent."""
        return self.request.raw_path

    @property
    def client(self) -> str:
        """The visitor's address."""
        return self.request.remote or "127.0.0.1"


class Proxy:
    """Answers requests for host names of the emulated accounts.

    `retries` lets a request that no target has begun to answer go to another one, where that is safe; `patience`
    is how long such a request waits for a target when there is none, in seconds.
    """

    def __init__(
        self, router: Router, session: aiohttp.ClientSession, *, retries: bool = True, patience: float = 2.0
    ) -> None:
        self.retries = retries
        self._router = router
        self._session = session
        self._patience = patience
        self._turns = Turns()

    async def answer(self, visit: Visit) -> web.StreamResponse | None:
        """Answer a request; nothing when its host leads nowhere."""
        destination = await self._router.find(visit.host)
        if destination is None:
            return None
        if isinstance(destination, Gateway):
            return await self._gateway(visit, destination)
        listener = destination.listener()
        if listener is None:
            return problem(visit.request, Problem(503, "No listener", f"{destination.name} has no listener"))
        return await self._act(visit, destination, listener)

    async def _act(self, visit: Visit, balancer: LoadBalancer, listener: Listener) -> web.StreamResponse:
        match rules.decide(listener, _asked(visit)):
            case rules.Redirect(status, location):
                knows = self._knows
                return web.Response(
                    status=status, headers={"Location": headers.outward(location, visit.door_port, knows)}
                )
            case rules.Fixed(status, content_type, body):
                return web.Response(status=status, body=body.encode(), headers={"Content-Type": content_type})
            case rules.Forward(weighted):
                arn = self._turns.group(weighted)
                group = balancer.groups.get(arn) if arn else None
                if group is None:
                    return problem(visit.request, Problem(503, "No target group", "the rule's target group is gone"))
                return await self._forward(visit, listener, group)
            case rules.Unsupported(kind):
                return problem(visit.request, Problem(502, "Not supported", f"the door has no {kind} action"))

    async def _forward(self, visit: Visit, listener: Listener, group: TargetGroup) -> web.StreamResponse:
        """Send a request to a healthy target of the group; to another one when it could not be handed over."""
        sent = headers.upstream(
            visit.request.headers, host=visit.host, scheme=listener.scheme, port=listener.port, client=visit.client
        )
        body = Body(visit.request) if visit.request.can_read_body else None
        tried: set[Target] = set()
        for _ in range(ATTEMPTS):
            target = await self._pick(group, tried)
            if target is None:
                break
            tried.add(target)
            url = URL(f"{group.protocol.lower()}://{target}{visit.path}", encoded=True)
            try:
                return await self._exchange(visit, url, sent, body)
            except TimeoutError as error:
                if not isinstance(error, NEVER_SENT):
                    return problem(
                        visit.request, Problem(504, "No answer", f"{target} said nothing for {IDLE_SECONDS:.0f} s")
                    )
                failure: Exception = error
            except (aiohttp.ClientError, OSError) as error:
                failure = error
            logger.warning("%s %s%s: %s failed: %r", visit.request.method, visit.host, visit.path, target, failure)
            is_slow = isinstance(failure, TimeoutError)
            self._router.book.failed(
                group, target, f"broke a connection off ({type(failure).__name__})", at_once=not is_slow
            )
            if not self._may_repeat(visit, body, failure):
                text = f"{group.name} could not answer: {target} broke the connection off"
                return problem(visit.request, Problem(502, "Bad gateway", text, retry=True))
        return self._nobody(visit, group)

    async def _pick(self, group: TargetGroup, tried: set[Target]) -> Target | None:
        """Return the target whose turn it is; wait a little for one when retries are on and targets are known."""
        book = self._router.book
        remaining = self._patience if self.retries else 0.0
        while True:
            current = self._router.group(group.arn) or group
            target = self._turns.target(group.arn, [each for each in book.healthy(current) if each not in tried])
            if target is not None or remaining <= 0 or not (current.targets or tried):
                return target
            remaining -= await book.wait_for_change(remaining)

    def _may_repeat(self, visit: Visit, body: Body | None, failure: Exception) -> bool:
        if not self.retries or (body is not None and body.is_begun):
            return False
        return isinstance(failure, NEVER_SENT) or visit.request.method in SAFE_TO_REPEAT

    def _nobody(self, visit: Visit, group: TargetGroup) -> web.Response:
        states = self._router.book.states(self._router.group(group.arn) or group)
        details = [f"{target} is {state}: {reason}" for target, (state, reason) in states.items() if state != "healthy"]
        text = f"{visit.host} is starting" if states else f"{group.name} has no targets: its service runs no task"
        return problem(visit.request, Problem(503, "Not ready yet", text, details, retry=True))

    async def _gateway(self, visit: Visit, gateway: Gateway) -> web.StreamResponse:
        """Let the emulator answer, which serves distributions and API domains by their own host names."""
        endpoint = self._router.source.endpoint
        if endpoint is None:
            return problem(visit.request, Problem(502, "No cloud", "the embedded cloud does not run", retry=True))
        sent = headers.upstream(visit.request.headers, host=gateway.host, scheme="https", port=443, client=visit.client)
        sent[ACCOUNT_HEADER] = gateway.account
        body = Body(visit.request) if visit.request.can_read_body else None
        try:
            return await self._exchange(visit, URL(f"{endpoint}{visit.path}", encoded=True), sent, body)
        except (aiohttp.ClientError, OSError) as error:
            text = f"the embedded cloud does not answer at {endpoint} ({type(error).__name__})"
            return problem(visit.request, Problem(502, "No cloud", text, retry=True))

    async def _exchange(self, visit: Visit, url: URL, sent: CIMultiDict[str], body: Body | None) -> web.StreamResponse:
        """Send a request to one address and stream the answer; raises only as long as nothing was answered."""
        if websocket.is_upgrade(visit.request):
            return await websocket.join(visit.request, self._session, url, sent)
        upstream = await self._session.request(
            visit.request.method,
            url,
            headers=sent,
            data=body,
            allow_redirects=False,
            ssl=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS),
        )
        async with upstream:
            returned = headers.downstream(upstream.headers, port=visit.door_port, knows=self._knows)
            response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=returned)
            await self._stream(visit.request, upstream, response)
            return response

    @staticmethod
    async def _stream(request: web.Request, upstream: aiohttp.ClientResponse, response: web.StreamResponse) -> None:
        """Copy a body as it comes; one that breaks off is broken off towards the visitor too, never ended."""
        try:
            await response.prepare(request)
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
        except (aiohttp.ClientError, OSError) as error:
            logger.info("%s %s broke off: %s", request.method, request.host, type(error).__name__)
            if request.transport is not None:
                request.transport.abort()

    def _knows(self, host: str) -> bool:
        return self._router.routes.find(host) is not None


def _asked(visit: Visit) -> rules.Asked:
    request = visit.request
    return rules.Asked(
        host=visit.host,
        path=visit.path.partition("?")[0],
        method=request.method,
        query=list(request.query.items()),
        query_string=visit.path.partition("?")[2],
        headers={name.lower(): request.headers.getall(name) for name in request.headers},
        client=visit.client,
    )
