"""The tables of the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, desc
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

MOMENT = DateTime(timezone=True)


class Table(DeclarativeBase):
    """What Alembic compares the database with."""


class TaskRow(Table):
    """Something to do."""

    __tablename__ = "tasks"
    __table_args__ = (Index("tasks_newest", desc("created_at"), desc("id")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(500))
    done: Mapped[bool]
    owner: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class OutboxRow(Table):
    """An event that is not yet handed to the queue: written with what it tells of, in one transaction."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    """Order of writing, in which events are handed over."""
    id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(MOMENT)
    subject: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(String(600))
    request_id: Mapped[str] = mapped_column(String(64))
    traceparent: Mapped[str] = mapped_column(String(64))
    """The trace that it happened in, which goes on in the worker; empty for none."""


class ActivityRow(Table):
    """An event of either API that the worker took from the queue; its id makes a second delivery harmless."""

    __tablename__ = "activity"
    __table_args__ = (Index("activity_newest", desc("at"), desc("id")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(MOMENT)
    subject: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(String(600))
