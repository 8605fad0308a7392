"""Anythink Market: users and items in one API, tasks in another, a worker that tells what happened, and a client.

The market API signs tokens, and the tasks API checks them by the key set that it finds at the market API by name. Both
put what changed into one queue; the worker writes it down, and people see it as the market's activity.
"""

from infra.layers.workloads import System, Workloads

TASKS = {
    "market-tasks-api": ("/v1/tasks", "/v1/tasks/*", "/v1/activity", "/v1/activity/*"),
    "market-tasks-api-pages": ("/tasks", "/docs", "/docs/*", "/redoc"),
    "market-tasks-api-contract": ("/openapi.json",),
}
MARKET = {
    "market-market-api": ("/v1/users", "/v1/users/*", "/v1/sessions", "/v1/sessions/*"),
    "market-market-api-items": ("/v1/items", "/v1/items/*", "/v1/openapi.json", "/.well-known/*"),
}
CLIENT = {"market-client": ("/*",)}
ROUTES = (*TASKS, *MARKET, *CLIENT)
"""The APIs' paths are looked at before the client's, which are all that is left."""

NAME = "market"
MARKET_PORT = 8001
TASKS_PORT = 8000
REQUESTS_PER_MINUTE = "600"


def build(platform: Workloads) -> System:
    """Build the market on one host: both APIs by their paths, everything else the client's."""
    host = platform.host(NAME)
    stores = platform.stores
    tasks, items = stores.database.logical(f"{NAME}-tasks"), stores.database.logical(f"{NAME}-items")
    cache = stores.cache.user(NAME, prefix=NAME)
    events = platform.queue(f"{NAME}-events")
    key = platform.signing_key(f"{NAME}-tokens")
    images = {service: platform.image(f"{NAME}/{service}") for service in ("client", "market-api", "tasks-api")}
    common = {
        "AWS_REGION": platform.settings.organisation.region,
        "LOG_LEVEL": "info",
        "CACHE_SECRET_ARN": cache.secret_arn,
        "CACHE_PREFIX": cache.prefix,
        "EVENTS_QUEUE_URL": events.url,
        "CORS_ORIGINS": f"https://{host}",
        "RATE_LIMIT_PER_MINUTE": REQUESTS_PER_MINUTE,
        "TOKEN_ISSUER": f"https://{host}",
        "TOKEN_AUDIENCE": NAME,
    }
    connections = (stores.database.allow_from, stores.cache.allow_from)

    market_api = platform.service(
        f"{NAME}/market-api",
        image=images["market-api"],
        port=MARKET_PORT,
        host=host,
        routes=MARKET,
        environment={
            **common,
            "PORT": str(MARKET_PORT),
            "NODE_ENV": "production",
            "DATABASE_SECRET_ARN": items.secret_arn,
            "SIGNING_KEY_SECRET_ARN": key.secret_arn,
        },
        grants=(items.grant_read, cache.grant_read, key.grant_read, events.grant_send),
        openings=connections,
        migration=platform.migration("node", "src/migrate.js"),
        found_as="market-api",
    )
    tasks_environment = {
        **common,
        "DATABASE_SECRET_ARN": tasks.secret_arn,
        "KEY_SET_URL": f"http://market-api.{platform.discovery.domain}:{MARKET_PORT}/.well-known/jwks.json",
    }
    tasks_api = platform.service(
        f"{NAME}/tasks-api",
        image=images["tasks-api"],
        port=TASKS_PORT,
        host=host,
        routes=TASKS,
        environment={**tasks_environment, "PORT": str(TASKS_PORT)},
        grants=(tasks.grant_read, cache.grant_read, events.grant_send),
        openings=(*connections, market_api.allow_from),
        migration=platform.migration("python", "-m", "src.migrate"),
    )
    activity = platform.worker(
        f"{NAME}/activity",
        image=images["tasks-api"],
        command=("python", "-m", "src.worker"),
        environment=tasks_environment,
        grants=(tasks.grant_read, cache.grant_read, events.grant_consume),
        openings=connections,
        after=(tasks_api,),
    )
    client = platform.service(
        f"{NAME}/client",
        image=images["client"],
        port=8080,
        host=host,
        routes=CLIENT,
        environment={"PORT": "8080", "ENVIRONMENT": platform.settings.stack.environment},
    )
    return System(
        name=NAME,
        host=host,
        services={"client": client, "market-api": market_api, "tasks-api": tasks_api},
        workers={"activity": activity},
        images=images,
        queues={"market-events": events},
    )
