"""Hands requests on: to the targets behind a load balancer, or to the emulator for distributions and API domains."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from localcloud.cloud.inside.httpapi.throttling import Throttle
from localcloud.door import headers, rules, websocket
from localcloud.door.answers import Problem, problem
from localcloud.door.apis import Carried
from localcloud.door.calls import Calls
from localcloud.door.choice import Turns
from localcloud.door.source import Router
from localcloud.door.view import Gateway, Listener, LoadBalancer, Target, TargetGroup
from localcloud.door.visit import Body, Visit, asked_by, call_of

logger = logging.getLogger("door")

IDLE_SECONDS = 60.0
"""As long as a target may say nothing; what a load balancer of AWS allows if nothing else is set."""
CONNECT_SECONDS = 5.0
"""Two repetitions of a packet that a target under load has dropped (after 1 s and 3 s)."""
ATTEMPTS = 5
SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})

ACCOUNT_HEADER = "X-Slipway-Account"
"""Tells the emulator whose distribution or domain is meant."""
HOST_HEADER = "X-Slipway-Host"
"""Tells it the host that the visitor used, which a signature covers."""

NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Proxy:
    """Answers requests for host names of the emulated accounts.

    `retries` lets a request that no target has begun to answer go to another one, where that is safe; `patience`
    is how long such a request waits for a target when there is none, in seconds.
    """

    def __init__(
        self,
        router: Router,
        session: aiohttp.ClientSession,
        calls: Calls,
        *,
        retries: bool = True,
        patience: float = 2.0,
    ) -> None:
        self.retries = retries
        self._calls = calls
        self._throttle = Throttle()
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
            call = call_of(visit, destination) if destination.mappings else None
            return await (self._carry(visit, call) if call else self._gateway(visit, destination))
        listener = destination.listener()
        if listener is None:
            return problem(visit.request, Problem(503, "No listener", f"{destination.name} has no listener"))
        return await self._act(visit, destination, listener)

    async def _carry(self, visit: Visit, call: Carried) -> web.StreamResponse:
        """Do what API Gateway does for a private integration: throttle, hand to the listener, write it down."""
        destination = self._router.routes.listeners.get(call.link.listener)
        answer: web.StreamResponse
        if destination is None:
            answer = web.json_response({"message": "Service Unavailable"}, status=503)
        elif not call.allowed(self._throttle):
            answer = web.json_response({"message": "Too Many Requests"}, status=429)
            call.dress(answer.headers)
        else:
            sent = {name.lower(): value for name, value in visit.request.headers.items()}
            changes = call.changes(sent, method=visit.request.method, client=visit.visitor)
            changes["forwarded"] = f"for={visit.visitor};host={visit.host};proto=https"
            host = changes.pop("host", "") or visit.host
            answer = await self._act(replace(visit, host=host, carried=call, changes=changes), *destination)
        self._calls.note(
            call.report(
                method=visit.request.method,
                client=visit.visitor,
                agent=visit.request.headers.get("User-Agent", ""),
                status=answer.status,
            )
        )
        return answer

    async def _act(self, visit: Visit, balancer: LoadBalancer, listener: Listener) -> web.StreamResponse:
        match rules.decide(listener, asked_by(visit)):
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
        for name, value in visit.changes.items():
            sent.popall(name, None)
            if value:
                sent[name] = value
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
        host = visit.host if visit.host in gateway.aliases else gateway.host
        sent = headers.upstream(visit.request.headers, host=host, scheme="https", port=443, client=visit.client)
        sent[ACCOUNT_HEADER] = gateway.account
        sent[HOST_HEADER] = visit.request.host
        if gateway.kind == "sign-in":
            sent["Host"] = urlsplit(endpoint).netloc
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
            endpoint = self._router.source.endpoint if _has_policy(upstream) else None
            returned = headers.downstream(upstream.headers, port=visit.door_port, knows=self._knows, cloud=endpoint)
            if visit.carried:
                visit.carried.dress(returned)
                allowed = returned.get("access-control-allow-origin")
                if allowed:
                    returned["access-control-allow-origin"] = headers.outward(allowed, visit.door_port, self._knows)
            response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=returned)
            await self._stream(visit, upstream, response)
            return response

    @staticmethod
    async def _stream(visit: Visit, upstream: aiohttp.ClientResponse, response: web.StreamResponse) -> None:
        """Copy a body as it comes; one that breaks off is broken off towards the visitor too, never ended."""
        request = visit.request
        try:
            await response.prepare(request)
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
                if visit.carried:
                    visit.carried.length += len(chunk)
            await response.write_eof()
        except (aiohttp.ClientError, OSError) as error:
            logger.info("%s %s broke off: %s", request.method, request.host, type(error).__name__)
            if request.transport is not None:
                request.transport.abort()

    def _knows(self, host: str) -> bool:
        return self._router.routes.find(host) is not None


def _has_policy(answer: aiohttp.ClientResponse) -> bool:
    return any(name in answer.headers for name in headers.POLICIES)
