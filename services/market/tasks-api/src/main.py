"""The application, and `python -m src.main`, which serves it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.telemetry import TelemetryConfig

from src.routes import activity, docs, health, tasks
from src.services.wiring import Services, build, running
from src.utils import errors, logs, problems, tracing
from src.utils.middleware import Addressed, Guarded, Observed
from src.utils.openapi import document
from src.utils.settings import Settings, SettingsError

HEADERS_IN = ["authorization", "content-type", "x-request-id", "traceparent"]
HEADERS_OUT = ["x-request-id", "retry-after", "location", "link"]
KEEP_ALIVE_SECONDS = 75  # more than the load balancer's idle time of 60: the balancer closes first, never this side
DRAIN_SECONDS = 20  # less than the 30 that ECS waits between SIGTERM and SIGKILL
OWN_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""The framework's is off: our middleware makes the one span of a request, and its measurement."""


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The application with its own services, or with those given."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop_tracing = tracing.start(settings.traces_endpoint, "tasks-api")
        errors.start(settings.sentry_dsn)
        app.state.services = services or build(settings)
        async with running(app.state.services):
            yield
        stop_tracing()

    app = FastAPI(
        title="Anythink Market: tasks",
        version="1.0.0",
        description="Tasks, and what happened to tasks and items. Reads are open; a write needs a bearer token.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=OWN_TELEMETRY,
    )
    for router in (health.router, tasks.router, activity.router):
        app.include_router(router)
    docs.register(app)
    problems.register(app)
    document(app)
    app.add_middleware(Guarded)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=HEADERS_IN,
        expose_headers=HEADERS_OUT,
        max_age=600,
    )
    app.add_middleware(Observed)
    if settings.client_address_header:
        app.add_middleware(Addressed, header=settings.client_address_header)
    return app


def from_environment() -> FastAPI:
    """The application as the environment says: what uvicorn calls, anew at each reload."""
    settings = _settings()
    logs.configure(settings.logging_level)
    return create_app(settings)


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        raise SystemExit(logs.say(str(error))) from None


def main() -> None:
    """Serve until SIGTERM, then finish what is under way."""
    settings = _settings()
    uvicorn.run(
        "src.main:from_environment",
        factory=True,
        host="0.0.0.0",  # noqa: S104 # the container's network is the border
        port=settings.port,
        reload=settings.reload,
        reload_dirs=["src"] if settings.reload else None,
        log_config=None,
        access_log=False,  # the middleware writes one with the request's id
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


if __name__ == "__main__":
    main()
