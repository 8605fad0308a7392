"""Logs as one JSON object a line: no header, cookie, body or query string ever gets into one."""

from __future__ import annotations

import json
import logging
import re
import sys
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from planner import environment

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Identity of the request under way."""


def accepted_request_id(offered: str) -> str:
    """The caller's id when it is one, else a new one: what goes into logs and headers is never a stranger's text."""
    return offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


class JsonFormatter(logging.Formatter):
    """A record as JSON: time (UTC, ISO 8601), level, service, logger, message, id, `extra["fields"]`, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line end."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": environment.text("POWERTOOLS_SERVICE_NAME", "planner"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            entry["requestId"] = identity
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure(level: str) -> None:
    """Everything of this process to standard output, as JSON; Lambda's own handler is replaced."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("planner").setLevel(LEVELS.get(level.lower(), logging.INFO))
    # Middleware says what a request came to; Django would say it again.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    logging.getLogger("django.security").setLevel(logging.ERROR)
