"""Lists, a page at a time."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from planner.fields import Strict


def query(request: Request, kind: type[Strict]) -> dict[str, Any]:
    """The checked query of a request; a ValidationError names what is wrong."""
    read = kind(data=request.query_params.dict())
    read.is_valid(raise_exception=True)
    found: dict[str, Any] = read.validated_data
    return found


def page(rows: QuerySet[Any], asked: dict[str, Any], kind: Any) -> dict[str, Any]:
    """`{"items", "page", "pageSize", "total"}`; a page behind the last one is empty."""
    number, size = asked["page"], asked["pageSize"]
    first = (number - 1) * size
    items = kind(rows[first : first + size], many=True).data
    return {"items": items, "page": number, "pageSize": size, "total": rows.count()}
