"""Every error that a caller sees: a problem document (RFC 9457) with the request's id."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from src.utils import context

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One thing that is wrong with what was sent."""

    path: str
    message: str


class Problem(BaseModel):
    """The document itself."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    requestId: str  # noqa: N815 # the JSON's own names
    errors: list[FieldProblem] = []


class UnavailableError(Exception):
    """Something that the service stands on does not answer: 503, try again."""

    def __init__(self, what: str, reason: str = "") -> None:
        super().__init__(f"{what} does not answer: {reason}" if reason else f"{what} does not answer")
        self.what = what


class RefusedError(Exception):
    """The request is refused with this status, and the detail says why."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem(
    status: int, detail: str, errors: Sequence[Mapping[str, str]] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem document as an answer."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "requestId": context.request_id.get(),
        "errors": list(errors),
    }
    return Response(json.dumps(body), status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer with these problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def register(app: FastAPI) -> None:
    """Make every error of the routes a problem document."""

    @app.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> Response:
        return problem(error.status, error.detail, headers=error.headers)

    @app.exception_handler(UnavailableError)
    async def unavailable(_: Request, error: UnavailableError) -> Response:
        LOG.error("%s", error)
        return problem(503, f"{error.what} does not answer: try again", headers={"Retry-After": "2"})

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return _invalid(error)

    @app.exception_handler(HTTPException)
    async def by_status(_: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), headers=error.headers)


def _invalid(error: RequestValidationError) -> Response:
    """400 for what is no JSON, 422 for what is not what the route takes; the values sent are not repeated."""
    found = error.errors()
    if any(entry["type"] == "json_invalid" for entry in found):
        return problem(400, "the body is not JSON")
    errors = [{"path": _path(entry["loc"]), "message": str(entry["msg"])} for entry in found]
    return problem(422, "the request has what the service does not take", errors)


def _path(location: Sequence[str | int]) -> str:
    """Where in the request it is, without the word for the part of it."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])
