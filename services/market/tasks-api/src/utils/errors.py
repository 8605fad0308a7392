"""Defects, reported to a tracker that speaks Sentry's protocol, where SENTRY_DSN names one."""

from __future__ import annotations

from src.utils import context


def start(dsn: str) -> None:
    """Report from now on; without an address nothing is loaded and nothing is sent."""
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        # What is reported is chosen here and not by hooks into libraries: no headers, bodies or local variables.
        default_integrations=False,
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )


def report(error: BaseException) -> None:
    """Report a defect with its request's id; nothing happens where no tracker is named."""
    import sentry_sdk

    if sentry_sdk.is_initialized():
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("requestId", context.request_id.get())
            scope.set_tag("traceId", context.trace_id())
            sentry_sdk.capture_exception(error)
