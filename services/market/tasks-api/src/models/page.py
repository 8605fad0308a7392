"""Pages by key: a cursor is the place of the last row shown, so rows that come or go shift nothing."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from src.utils.problems import RefusedError

Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=200, pattern="^[A-Za-z0-9_-]+$", description="`nextCursor` of a page")
]


@dataclass(frozen=True)
class Place:
    """A row's place in the order, newest first, ties by id."""

    at: datetime
    id: UUID

    def cursor(self) -> str:
        """The place as text that callers hand back."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).rstrip(b"=").decode()

    @classmethod
    def parse(cls, cursor: str | None) -> Place | None:
        """The place that a cursor names, nothing for none; RefusedError (422) for what is no cursor of ours."""
        if cursor is None:
            return None
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            at, _, identity = text.partition(" ")
            place = cls(datetime.fromisoformat(at), UUID(identity))
        except (ValueError, binascii.Error) as error:
            raise RefusedError(422, "cursor: not one that this service gave") from error
        if place.at.tzinfo is None:
            raise RefusedError(422, "cursor: not one that this service gave")
        return place
