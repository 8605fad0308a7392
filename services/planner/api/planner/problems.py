"""Errors as problem documents (RFC 9457): what is wrong, in the caller's words, and never a value that was sent."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions

from planner import logs, vault

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
AWAY = (OperationalError, InterfaceError, vault.SecretUnreadableError)


class RefusedError(exceptions.APIException):
    """The request is refused with this status, and the detail says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status_code = status


class UnavailableError(Exception):
    """Something that the service stands on does not answer: 503, try again."""


def problem(
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """A problem document as an answer."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "requestId": logs.request_id.get(),
        "errors": list(errors),
    }
    told = {"Cache-Control": "no-store", **(headers or {})}
    return JsonResponse(body, status=status, headers=told, content_type=MEDIA_TYPE)


def handle(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """The answer to an error of a view; what the caller cannot help goes to the log."""
    if isinstance(error, exceptions.ValidationError):
        found = [{"path": path, "message": message} for path, message in _messages(error.detail)]
        return problem(422, "the request has what the service does not take", found)
    if isinstance(error, Http404):
        return problem(404, "there is nothing at this address")
    if isinstance(error, PermissionDenied):
        return problem(403, "this is not allowed")
    if isinstance(error, exceptions.APIException):
        headers = {"WWW-Authenticate": "Bearer"} if error.status_code == HTTPStatus.UNAUTHORIZED else {}
        return problem(error.status_code, str(error.detail).rstrip(".").lower(), headers=headers)
    return failed(error)


def failed(error: BaseException) -> JsonResponse:
    """The answer when the service itself failed: 503 when what it stands on is away, else 500."""
    if isinstance(error, (*AWAY, UnavailableError)):
        LOG.error("not available: %s", type(error).__name__)
        return problem(503, "the service cannot answer just now: try again", headers={"Retry-After": "2"})
    if isinstance(error, DatabaseError):
        # The text of a database's error may hold values.
        LOG.error("a statement failed: %s", type(error).__name__)
    else:
        LOG.error("unexpected error", exc_info=error)
    return problem(500, "the service failed, and says why in its log")


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """What Django itself refuses."""
    return problem(400, "the request is malformed")


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """No route."""
    return problem(404, "there is nothing at this address")


def not_allowed(request: HttpRequest, exception: Exception) -> JsonResponse:
    """What Django itself forbids."""
    return problem(403, "this is not allowed")


def broken(request: HttpRequest) -> JsonResponse:
    """The last resort: what went wrong outside of any view, as when a session cannot be read."""
    return failed(sys.exc_info()[1] or RuntimeError("without an exception"))


def forged(request: HttpRequest, reason: str = "") -> JsonResponse:
    """A form of the admin that did not come from the admin's own page."""
    return problem(403, "the form is not from this site or is too old: go back, reload and try again")


def _messages(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each message with the place that it is about, such as `steps.0.title`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            below = "" if name == "non_field_errors" else str(name)
            yield from _messages(inner, ".".join(part for part in (path, below) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _messages(inner, path)
    else:
        yield path or "body", str(detail)
