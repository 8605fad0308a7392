"""Anythink Market: users and items in one API, tasks in another, a worker that tells what happened, and a client.

One HTTP API is the only way in to all of them: it counts the requests of everybody, and the load balancer, which knows
the rest, answers nobody else.
The market API signs tokens, and the tasks API checks them by the key set that it finds at the market API by name. Both
put what changed into one queue; the worker writes it down, and people see it as the market's activity.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.components.cache_user import CacheUser
from infra.components.container_service import ContainerService
from infra.components.http_api import CLIENT_HEADER, ApiRoute, Throttle
from infra.components.logical_database import LogicalDatabase
from infra.components.queue import Queue
from infra.components.service_image import ServiceImage
from infra.components.worker import Worker
from infra.layers.workloads import System, Workloads

TASKS = {
    "market-tasks-api": ("/v1/tasks*", "/v1/activity*"),
    "market-tasks-api-pages": ("/tasks", "/docs*", "/redoc"),
    "market-tasks-api-contract": ("/openapi.json",),
}
MARKET = {
    "market-market-api": ("/v1/users*", "/v1/sessions*"),
    "market-market-api-items": ("/v1/items*", "/v1/openapi.json", "/.well-known/*"),
}
CLIENT = {"market-client": ("/*",)}
ROUTES = (*TASKS, *MARKET, *CLIENT)
"""The APIs' paths are looked at before the client's, which are all that is left."""

NAME = "market"
MARKET_PORT = 8001
TASKS_PORT = 8000
ACTIVITY_PORT = 8002
METRICS = {"activity": ACTIVITY_PORT, "market-api": MARKET_PORT, "tasks-api": TASKS_PORT}
SIGN_IN = Throttle(rate=100, burst=200)
"""Passwords are tried there, and each try is a second's work for nobody but us."""


@dataclass(frozen=True)
class _Parts:
    """What the market's services share."""

    platform: Workloads
    cache: CacheUser
    events: Queue
    tasks: LogicalDatabase
    images: Mapping[str, ServiceImage]

    @property
    def environment(self) -> dict[str, pulumi.Input[str]]:
        settings, host = self.platform.settings, self.platform.base.host(NAME)
        return {
            "AWS_REGION": settings.organisation.region,
            "LOG_LEVEL": "info",
            "CACHE_SECRET_ARN": self.cache.secret_arn,
            "CACHE_PREFIX": self.cache.prefix,
            "EVENTS_QUEUE_URL": self.events.url,
            "CORS_ORIGINS": f"https://{host}",
            # Behind the gateway every connection comes from the link's address.
            "CLIENT_ADDRESS_HEADER": CLIENT_HEADER,
            "RATE_LIMIT_PER_MINUTE": str(settings.edge.visitor_limits[NAME]),
            "TOKEN_ISSUER": f"https://{host}",
            "TOKEN_AUDIENCE": NAME,
        }

    @property
    def tasks_environment(self) -> dict[str, pulumi.Input[str]]:
        issuer = f"http://market-api.{self.platform.discovery.domain}:{MARKET_PORT}"
        return {
            **self.environment,
            "DATABASE_SECRET_ARN": self.tasks.secret_arn,
            "KEY_SET_URL": f"{issuer}/.well-known/jwks.json",
        }


def build(platform: Workloads) -> System:
    """Build the market on one host: both APIs by their paths, everything else the client's."""
    stores = platform.stores
    parts = _Parts(
        platform=platform,
        tasks=stores.database.logical(f"{NAME}-tasks"),
        cache=stores.cache.user(NAME, prefix=NAME),
        events=platform.queue(f"{NAME}-events"),
        images={service: platform.image(f"{NAME}/{service}") for service in ("client", "market-api", "tasks-api")},
    )
    market_api = _market_api(parts)
    tasks_api = _tasks_api(parts, market_api)
    activity = _activity(parts, tasks_api)
    client = _client(parts)
    gateway = platform.serverless.gateway(
        NAME,
        host=platform.base.host(NAME),
        routes=(
            ApiRoute(key="ANY /v1/{proxy+}", access="everybody"),
            ApiRoute(key="POST /v1/sessions", access="everybody", throttle=SIGN_IN),
            ApiRoute(key="POST /v1/users", access="everybody", throttle=SIGN_IN),
            ApiRoute(key="$default", access="everybody"),
        ),
    )
    return System(
        name=NAME,
        host=platform.base.host(NAME),
        services={"client": client, "market-api": market_api, "tasks-api": tasks_api},
        workers={"activity": activity},
        images=parts.images,
        queues={"market-events": parts.events},
        apis={"gateway": gateway},
    )


def _market_api(parts: _Parts) -> ContainerService:
    platform, stores = parts.platform, parts.platform.stores
    items, key = stores.database.logical(f"{NAME}-items"), platform.signing_key(f"{NAME}-tokens")
    return platform.service(
        f"{NAME}/market-api",
        image=parts.images["market-api"],
        port=MARKET_PORT,
        host=platform.base.host(NAME),
        routes=MARKET,
        inside=True,
        environment={
            **parts.environment,
            "PORT": str(MARKET_PORT),
            "NODE_ENV": "production",
            "DATABASE_SECRET_ARN": items.secret_arn,
            "SIGNING_KEY_SECRET_ARN": key.secret_arn,
        },
        grants=(items.grant_read, parts.cache.grant_read, key.grant_read, parts.events.grant_send),
        openings=(stores.database.allow_from, stores.cache.allow_from),
        migration=platform.migration("node", "src/migrate.js"),
        found_as="market-api",
        observed=True,
    )


def _tasks_api(parts: _Parts, market_api: ContainerService) -> ContainerService:
    platform, stores = parts.platform, parts.platform.stores
    return platform.service(
        f"{NAME}/tasks-api",
        image=parts.images["tasks-api"],
        port=TASKS_PORT,
        host=platform.base.host(NAME),
        routes=TASKS,
        inside=True,
        environment={**parts.tasks_environment, "PORT": str(TASKS_PORT)},
        grants=(parts.tasks.grant_read, parts.cache.grant_read, parts.events.grant_send),
        openings=(stores.database.allow_from, stores.cache.allow_from, market_api.allow_from),
        migration=platform.migration("python", "-m", "src.migrate"),
        found_as="tasks-api",
        observed=True,
    )


def _activity(parts: _Parts, tasks_api: ContainerService) -> Worker:
    platform, stores = parts.platform, parts.platform.stores
    return platform.worker(
        f"{NAME}/activity",
        image=parts.images["tasks-api"],
        command=("python", "-m", "src.worker"),
        environment={**parts.tasks_environment, "METRICS_PORT": str(ACTIVITY_PORT)},
        grants=(parts.tasks.grant_read, parts.cache.grant_read, parts.events.grant_consume),
        openings=(stores.database.allow_from, stores.cache.allow_from),
        after=(tasks_api,),
        found_as="activity",
        metrics_port=ACTIVITY_PORT,
    )


def _client(parts: _Parts) -> ContainerService:
    platform = parts.platform
    return platform.service(
        f"{NAME}/client",
        image=parts.images["client"],
        port=8080,
        host=platform.base.host(NAME),
        routes=CLIENT,
        inside=True,
        environment={"PORT": "8080", "ENVIRONMENT": platform.settings.stack.environment},
    )
