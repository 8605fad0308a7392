"""Tasks, the outbox of their events, and what happened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("tasks_newest", "tasks", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        *_event(),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
    )
    op.create_table("activity", sa.Column("id", sa.Uuid(), primary_key=True), *_event())
    op.create_index("activity_newest", "activity", [sa.text("at DESC"), sa.text("id DESC")])


def downgrade() -> None:
    """Back."""
    for table in ("activity", "outbox", "tasks"):
        op.drop_table(table)


def _event() -> list[sa.Column[object]]:
    return [
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("summary", sa.String(600), nullable=False),
    ]
