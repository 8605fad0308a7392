"""Tasks in the database, and the event of each change in the same transaction."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from src.models.event import EventType
from src.models.page import Place
from src.models.tables import OutboxRow, TaskRow
from src.models.task import NewTask, Task, TaskChange, TaskPage
from src.services.tokens import Caller
from src.utils import context
from src.utils.problems import RefusedError

SHOWN_LENGTH = 80
"""How much of a task's text a summary repeats."""


async def page(session: AsyncSession, limit: int, after: Place | None, done: bool | None) -> TaskPage:
    """Tasks after a place, newest first, all or only those that are done or not done."""
    wanted = select(TaskRow).order_by(TaskRow.created_at.desc(), TaskRow.id.desc()).limit(limit + 1)
    if after:
        wanted = wanted.where(tuple_(TaskRow.created_at, TaskRow.id) < (after.at, after.id))
    if done is not None:
        wanted = wanted.where(TaskRow.done == done)
    rows = list(await session.scalars(wanted))
    shown = rows[:limit]
    following = Place(shown[-1].created_at, shown[-1].id).cursor() if len(rows) > limit else None
    return TaskPage(items=[Task.model_validate(row) for row in shown], next_cursor=following)


async def one(session: AsyncSession, identity: UUID) -> Task:
    """The task; RefusedError (404) where there is none."""
    row = await session.get(TaskRow, identity)
    if row is None:
        raise _unknown(identity)
    return Task.model_validate(row)


async def create(session: AsyncSession, new: NewTask, caller: Caller) -> Task:
    """A new task of the caller's."""
    now = datetime.now(UTC)
    row = TaskRow(id=uuid.uuid4(), text=new.text, done=False, owner=caller.id, created_at=now, updated_at=now)
    session.add(row)
    _tell(session, "task.created", row, caller, f'added "{_shown(row.text)}"')
    return Task.model_validate(row)


async def change(session: AsyncSession, identity: UUID, wanted: TaskChange, caller: Caller) -> Task:
    """The task as changed; RefusedError (404, 403). A change to what it is already changes nothing."""
    row = await _own(session, identity, caller)
    text = row.text if wanted.text is None else wanted.text
    done = row.done if wanted.done is None else wanted.done
    if (text, done) == (row.text, row.done):
        return Task.model_validate(row)
    if done != row.done:
        summary = f'completed "{_shown(text)}"' if done else f'took up "{_shown(text)}" again'
    else:
        summary = f'renamed "{_shown(row.text)}" to "{_shown(text)}"'
    row.text, row.done, row.updated_at = text, done, datetime.now(UTC)
    _tell(session, "task.updated", row, caller, summary)
    return Task.model_validate(row)


async def remove(session: AsyncSession, identity: UUID, caller: Caller) -> None:
    """The task is gone afterwards; RefusedError (404, 403)."""
    row = await _own(session, identity, caller)
    await session.execute(delete(TaskRow).where(TaskRow.id == identity))
    _tell(session, "task.deleted", row, caller, f'deleted "{_shown(row.text)}"')


async def _own(session: AsyncSession, identity: UUID, caller: Caller) -> TaskRow:
    """The caller's task, locked until the transaction ends: two changes at once come one after the other."""
    row = await session.get(TaskRow, identity, with_for_update=True)
    if row is None:
        raise _unknown(identity)
    if row.owner != caller.id:
        raise RefusedError(403, "the task is another user's")
    return row


def _unknown(identity: UUID) -> RefusedError:
    return RefusedError(404, f"there is no task {identity}")


def _tell(session: AsyncSession, kind: EventType, row: TaskRow, caller: Caller, summary: str) -> None:
    """Write the event into the outbox, within the transaction that it tells of."""
    session.add(
        OutboxRow(
            id=uuid.uuid4(),
            type=kind,
            at=row.updated_at if kind != "task.deleted" else datetime.now(UTC),
            subject=str(row.id),
            actor=caller.id,
            summary=summary,
            request_id=context.request_id.get(),
            traceparent=context.traceparent(),
        )
    )


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[: SHOWN_LENGTH - 1]}…"
