"""What happened, as the worker writes it down and the API shows it."""

from __future__ import annotations

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.models.event import Activity, ActivityPage, Event
from src.models.page import Place
from src.models.tables import ActivityRow


async def page(session: AsyncSession, limit: int, after: Place | None) -> ActivityPage:
    """What happened before a place, newest first."""
    wanted = select(ActivityRow).order_by(ActivityRow.at.desc(), ActivityRow.id.desc()).limit(limit + 1)
    if after:
        wanted = wanted.where(tuple_(ActivityRow.at, ActivityRow.id) < (after.at, after.id))
    rows = list(await session.scalars(wanted))
    shown = rows[:limit]
    following = Place(shown[-1].at, shown[-1].id).cursor() if len(rows) > limit else None
    return ActivityPage(items=[Activity.model_validate(row) for row in shown], next_cursor=following)


async def record(session: AsyncSession, event: Event) -> bool:
    """Write an event down; False when it was delivered before."""
    values = event.model_dump(exclude={"request_id"})
    written = insert(ActivityRow).values(**values).on_conflict_do_nothing(index_elements=[ActivityRow.id])
    return (await session.execute(written.returning(ActivityRow.id))).first() is not None
