"""What belongs to the request (or the event) under way and goes into every log line and every call it makes."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

from opentelemetry import propagate, trace

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Identity of the request under way, the same in every service that it passes."""


def accepted_request_id(offered: str) -> str:
    """The caller's id when it is one, else a new one: what goes into logs and headers is never a stranger's text."""
    return offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


def trace_id() -> str:
    """Hex id of the trace under way; empty without one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def traceparent() -> str:
    """The trace under way as a header has it; empty without one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")
