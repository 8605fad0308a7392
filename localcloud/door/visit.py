"""A visitor's request on its way through the door."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from localcloud.cloud.inside.httpapi import cors
from localcloud.door import headers, rules
from localcloud.door.apis import Carried, carry
from localcloud.door.view import Gateway


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
    carried: Carried | None = None
    """The API call that it is, where the door carries it by itself."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Headers that its integration sets, in lower case; an empty value takes one away."""

    @property
    def path(self) -> str:
        """Path and query exactly as sent."""
        return self.request.raw_path

    @property
    def visitor(self) -> str:
        """The visitor's address."""
        return self.request.remote or "127.0.0.1"

    @property
    def client(self) -> str:
        """The address that a load balancer sees: the visitor's, or that of the link that the call comes through."""
        return (self.carried.link.address if self.carried else "") or self.visitor


def call_of(visit: Visit, gateway: Gateway) -> Carried | None:
    """Return the API call that a visit is, if the door carries it by itself."""
    request = visit.request
    return carry(
        gateway.account,
        gateway.host,
        gateway.mappings,
        method=request.method,
        path=request.path,
        origin=headers.inward(request.headers.get("Origin", ""), "https"),
        asks=cors.is_preflight(request.method, {name.lower(): "" for name in request.headers}),
    )


def asked_by(visit: Visit) -> rules.Asked:
    """Return what listener rules look at."""
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
