"""Logs as one JSON object a line: no header, cookie, body or query string ever gets into one."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gunicorn.glogging import Logger


class JsonFormatter(logging.Formatter):
    """A record as JSON: time (UTC, ISO 8601), level, logger, message, what `extra["fields"]` holds, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line end."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry)


class AccessLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's logger with access lines in fields, and without the health checks that were answered well."""

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:
        """Write one line for an answered request."""
        path = environ.get("PATH_INFO", "")
        status = str(resp.status).split(" ", 1)[0]
        if path.endswith("/healthz") and status == "200":
            return
        fields = {
            "method": environ.get("REQUEST_METHOD", ""),
            "path": path,
            "status": int(status),
            "bytes": resp.sent,
            "milliseconds": round(request_time.total_seconds() * 1000, 1),
            "client": environ.get("REMOTE_ADDR", ""),
            "trace": environ.get("HTTP_X_AMZN_TRACE_ID", ""),
        }
        self.access_log.info("request", extra={"fields": fields})


def configuration() -> dict[str, Any]:
    """For gunicorn's `logconfig_dict`: everything to standard output as JSON."""
    output = {"handlers": ["output"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["output"], "level": "WARNING"},
        "loggers": {"gunicorn.error": output, "gunicorn.access": output, "counter": output},
    }
