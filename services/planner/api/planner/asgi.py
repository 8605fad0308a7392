"""The application as an ASGI server runs it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")


class Application(ASGIHandler):
    """Django, with all of its synchronous work on one thread.

    Django itself opens a thread for each request, and a connection to the database belongs to a thread: kept ones would
    be lost with it. A worker of Lambda serves one request at a time, so that one thread and one connection are right.
    """

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, got {scope['type']}")
        await self.handle(scope, receive, send)


def build() -> Application:
    """The application, with its middleware loaded."""
    django.setup(set_prefix=False)
    return Application()


application = build()
