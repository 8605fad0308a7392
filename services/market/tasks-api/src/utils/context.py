"""What belongs to the request (or the event) under way and goes into every log line and every call it makes."""

from __future__ import annotations

import re
import uuid
from contextlib import AbstractContextManager
from contextvars import ContextVar

from opentelemetry import propagate, trace

UNTRACED = trace.SpanContext(trace_id=1, span_id=1, is_remote=False)
"""A span that is not sampled, and so none below it is."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Identity of the request under way, the same in every service that it passes."""


def accepted_request_id(offered: str) -> str:
    """The caller's id when it is one, else a new one: what goes into logs and headers is never a stranger's text."""
    return offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


def untraced() -> AbstractContextManager[trace.Span]:
    """Keep what is done within out of the traces: what comes every few seconds would bury all else."""
    return trace.use_span(trace.NonRecordingSpan(UNTRACED))


def trace_id() -> str:
    """Hex id of the trace under way; empty without one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid and context.trace_id != UNTRACED.trace_id else ""


def traceparent() -> str:
    """The trace under way as a header has it; empty without one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")
