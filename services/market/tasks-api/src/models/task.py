"""Tasks as callers send and get them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from src.models.text import clean

TaskText = Annotated[
    str,
    StringConstraints(strict=True, max_length=500),
    AfterValidator(clean),
    StringConstraints(min_length=1, max_length=500),
]


class NewTask(BaseModel):
    """What a task is made of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "Buy milk"}]})

    text: TaskText
    """1 to 500 characters; white space around them is taken off."""


class TaskChange(BaseModel):
    """What of a task becomes another; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"minProperties": 1, "examples": [{"done": True}, {"text": "Buy bread"}]}
    )

    text: TaskText | None = None
    done: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> TaskChange:
        if self.text is None and self.done is None:
            raise ValueError("text or done is needed")
        return self


class Task(BaseModel):
    """A task."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)

    id: UUID
    text: str
    done: bool
    owner: str
    """Id of the user who made it, who alone may change it."""
    created_at: datetime
    updated_at: datetime


class TaskPage(BaseModel):
    """Tasks, newest first."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, json_schema_serialization_defaults_required=True
    )

    items: list[Task]
    next_cursor: str | None = None
    """What to send as `cursor` for the page after this; null on the last."""
