"""What happened to tasks and items."""

from __future__ import annotations

from fastapi import APIRouter

from src.models.event import ActivityPage
from src.models.page import Cursor, Limit, Place
from src.routes.dependencies import Wired
from src.services import activity
from src.utils.problems import documented

router = APIRouter(tags=["activity"])


@router.get("/v1/activity", response_model=ActivityPage, responses=documented(422, 429, 503))
async def list_activity(services: Wired, limit: Limit = 20, cursor: Cursor = None) -> ActivityPage:
    """What happened to tasks and items, newest first, a page at a time."""
    after = Place.parse(cursor)
    async with services.database.work() as session:
        return await activity.page(session, limit, after)
