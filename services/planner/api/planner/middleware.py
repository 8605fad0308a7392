"""What surrounds every request: its id, its log line, its limits, its last resort."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from planner import logs
from planner.problems import failed, problem

LOG = logging.getLogger("planner.access")
LARGEST_BODY = 64 * 1024
QUIET = {"/api/healthz", "/api/readyz"}
"""Paths whose good answers are not logged."""
ADMIN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"

Answerer = Callable[[HttpRequest], HttpResponse]


class Observed:
    """The outermost: request id and log line, whatever the answer is."""

    def __init__(self, get_response: Answerer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve a request."""
        identity = logs.accepted_request_id(request.headers.get("x-request-id", ""))
        token = logs.request_id.set(identity)
        began = time.perf_counter()
        try:
            response = self._answer(request)
            response["X-Request-Id"] = identity
            response["X-Content-Type-Options"] = "nosniff"
            response["Content-Security-Policy"] = ADMIN_POLICY if is_admin(request) else API_POLICY
            response.setdefault("Cache-Control", "no-store")
            _log(request, response, time.perf_counter() - began)
            return response
        finally:
            logs.request_id.reset(token)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what no view has; what Django answers by itself is left to it."""
        from django.core.exceptions import PermissionDenied, SuspiciousOperation
        from django.http import Http404

        if isinstance(error, Http404 | PermissionDenied | SuspiciousOperation):
            return None
        return failed(error)


class Bounded:
    """No body is larger than any that is needed; the admin's addresses are loaded when one is asked for."""

    def __init__(self, get_response: Answerer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve a request that may pass."""
        length = request.headers.get("content-length", "")
        if length and not (length.isascii() and length.isdigit() and len(length) < 16):
            return problem(400, "the request is malformed")
        if int(length or 0) > LARGEST_BODY:
            return problem(413, f"the body is larger than {LARGEST_BODY} bytes")
        if is_admin(request):
            request.urlconf = "planner.admin_urls"
        return self._answer(request)


def is_admin(request: HttpRequest) -> bool:
    """Whether the address is one of the admin's."""
    path: str = request.path_info
    return path == "/admin" or path.startswith("/admin/")


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    if request.path in QUIET and response.status_code == 200:
        return
    route = getattr(request.resolver_match, "route", "") if request.resolver_match else ""
    fields = {
        "method": request.method,
        "route": f"/{route}" if route else "unmatched",
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    LOG.info("request", extra={"fields": fields})
