"""Events: what happened to a task or an item, as it travels through the queue and as callers see it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from src.models.text import clean

EventType = Literal["task.created", "task.updated", "task.deleted", "item.created", "item.updated", "item.deleted"]
Word = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(clean)]


class Event(BaseModel):
    """The message in the queue; delivered at least once, so `id` tells a second delivery."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)

    id: UUID
    type: EventType
    at: AwareDatetime
    subject: Word
    """Id of the task or item."""
    actor: Word
    """Id of the user who did it."""
    summary: Annotated[str, Field(max_length=600), AfterValidator(clean)]
    """What a person reads."""
    request_id: str = ""
    """The request that it happened in."""


class Activity(BaseModel):
    """What happened, as callers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: EventType
    at: datetime
    subject: str
    actor: str
    summary: str


class ActivityPage(BaseModel):
    """What happened, newest first."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, json_schema_serialization_defaults_required=True
    )

    items: list[Activity]
    next_cursor: str | None = None
    """What to send as `cursor` for the page after this; null on the last."""
