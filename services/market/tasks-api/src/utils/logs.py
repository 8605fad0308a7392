"""Logs as one JSON object a line: no header, cookie, body or query string ever gets into one."""

from __future__ import annotations

import json
import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

from src.utils import context


class JsonFormatter(logging.Formatter):
    """A record as JSON: time (UTC, ISO 8601), level, logger, message, ids, what `extra["fields"]` holds, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line end."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := context.request_id.get():
            entry["requestId"] = request_id
        if trace_id := context.trace_id():
            entry["traceId"] = trace_id
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure(level: int) -> None:
    """Everything of this process to standard output, as JSON."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter}},
            "handlers": {
                "output": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}
            },
            "root": {"handlers": ["output"], "level": logging.WARNING},
            "loggers": {"src": {"level": level}, "uvicorn.error": {"level": max(level, logging.INFO)}},
        }
    )


def say(message: str, **fields: object) -> str:
    """A log line for what ends a process before its logs are set up."""
    return json.dumps(
        {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": "error", "message": message} | fields
    )
