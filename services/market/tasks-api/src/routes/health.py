"""Whether the service lives, whether it can work, and its metrics."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from src.routes.dependencies import Wired
from src.utils.problems import documented, problem

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """That the process serves."""

    status: Literal["ok"] = "ok"


@router.get("/", response_model=Health)
async def health() -> Health:
    """Say that the service is there."""
    return Health()


@router.get("/healthz", response_model=Health)
async def alive() -> Health:
    """Say that the process serves; what it stands on may be away, which is no reason to replace it."""
    return Health()


@router.get("/readyz", response_model=Health, responses=documented(503))
async def ready(services: Wired) -> Response | Health:
    """Say whether the database and the cache answer."""
    database, cache = await asyncio.gather(services.database.answers(), services.cache.answers())
    away = [name for name, answers in (("the database", database), ("the cache", cache)) if not answers]
    if away:
        return problem(503, f"no answer from {' and '.join(away)}", headers={"Retry-After": "2"})
    return Health()


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """What Prometheus scrapes; no balancer or gateway passes it on."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
