"""HTTP APIs as the door sees them: which requests it carries to a load balancer by itself."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from multidict import CIMultiDict

from localcloud.cloud.inside.httpapi import access_log, cors, matching, parameters
from localcloud.cloud.inside.httpapi.throttling import Throttle


@dataclass(frozen=True)
class Link:
    """Where a private integration leads, and the headers that it changes on the way."""

    listener: str
    """ARN of the listener."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    """Of the VPC link inside the network: where calls come from, as the load balancer sees it."""


@dataclass(frozen=True)
class HttpApi:
    """An API with private integrations that anybody may call."""

    id: str
    cors: Mapping[str, Any]
    routes: Mapping[str, Link | None]
    """Every route key with how the door carries it; one that it does not is the cloud's."""
    stages: Mapping[str, Mapping[str, Any]]
    """Throttling of each stage, as API Gateway has it."""


@dataclass(frozen=True)
class Mapped:
    """An API under a key of a domain name."""

    api: HttpApi
    stage: str


@dataclass
class Carried:
    """A request that the door carries."""

    account: str
    domain: str
    api: HttpApi
    stage: str
    route: str
    path: str
    origin: str
    """The page's origin as on AWS, or empty."""
    id: str = field(default_factory=access_log.request_id)
    began: float = field(default_factory=time.time)
    length: int = 0
    """Bytes of the body that was answered."""

    @property
    def link(self) -> Link:
        """Where it goes."""
        link = self.api.routes[self.route]
        assert link is not None  # noqa: S101  # else the door does not carry it
        return link

    def changes(self, headers: Mapping[str, str], *, method: str, client: str) -> dict[str, str]:
        """Return the headers that the integration sets, in lower case; an empty value takes one away.

        `headers` are the visitor's, in lower case.
        """
        known = {
            "identity.sourceIp": client,
            "identity.userAgent": headers.get("user-agent", ""),
            "requestId": self.id,
            "domainName": self.domain,
            "apiId": self.api.id,
            "stage": self.stage,
            "httpMethod": method,
            "routeKey": self.route,
        }
        return parameters.apply(self.link.parameters, headers, known)

    def allowed(self, throttle: Throttle) -> bool:
        """Say whether the route's limits let it pass, and count it."""
        limits = matching.settings(self.api.stages[self.stage], self.route)
        return throttle.allows((self.account, self.api.id, self.stage, self.route), limits)

    def dress(self, headers: CIMultiDict[str]) -> None:
        """Add what the gateway adds to an answer, and put its CORS headers in place of the service's."""
        headers["apigw-requestid"] = self.id
        if self.api.cors:
            for name in [name for name in headers if name.lower().startswith(cors.PREFIX)]:
                headers.popall(name, None)
            headers.update(cors.answer(self.api.cors, self.origin))

    def report(self, *, method: str, client: str, agent: str, status: int) -> dict[str, Any]:
        """Return what the cloud is told afterwards, for the access log and the metrics."""
        context = {
            **access_log.times(self.began),
            "accountId": self.account,
            "apiId": self.api.id,
            "domainName": self.domain,
            "domainPrefix": self.domain.partition(".")[0],
            "stage": self.stage,
            "requestId": self.id,
            "extendedRequestId": self.id,
            "httpMethod": method,
            "path": self.path,
            "protocol": "HTTP/1.1",
            "routeKey": self.route,
            "status": status,
            "responseLength": self.length,
            "responseLatency": int((time.time() - self.began) * 1000),
            "identity.sourceIp": client,
            "identity.userAgent": agent,
        }
        return {"account": self.account, "api": self.api.id, "stage": self.stage, "context": context}


def carry(
    account: str, domain: str, mappings: Mapping[str, Mapped], *, method: str, path: str, origin: str, asks: bool
) -> Carried | None:
    """Return the request as one that the door carries, or nothing when the cloud shall answer it.

    `path` is decoded, without the query; `asks` says whether it is a preflight, which the gateway answers.
    """
    found = matching.mapping(mappings, path)
    if found is None:
        return None
    mapped = mappings[found[0]]
    if mapped.stage not in mapped.api.stages or (asks and mapped.api.cors):
        return None
    taken = matching.route(mapped.api.routes, method, found[1])
    if taken is None or mapped.api.routes[taken[0]] is None:
        return None
    return Carried(account, domain, mapped.api, mapped.stage, taken[0], path, origin)
