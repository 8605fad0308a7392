"""The service itself: whether it is alive and ready, its document, and who calls."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner.problems import AWAY, problem

READS = ("GET", "HEAD")


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"}) if request.method in READS else HttpResponseNotAllowed(READS)


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers as well."""
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except AWAY:
        return problem(503, "the database does not answer", headers={"Retry-After": "2"})
    return JsonResponse({"status": "ready"})


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, as drf-spectacular wrote it: what it says is tested against the routes."""
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    return HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")


@cache
def _document() -> bytes:
    return Path(__file__).parents[1].joinpath("openapi.json").read_bytes()


class Me(APIView):
    """Who calls."""

    def get(self, request: Request) -> Response:
        """The caller as the token names them."""
        return Response({"id": request.user.id, "email": request.user.email})
