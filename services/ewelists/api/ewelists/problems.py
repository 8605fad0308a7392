"""Every error that a caller sees: a problem document (RFC 9457) with a reason for programs and the request's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TRY_AGAIN = {"Retry-After": "2"}


class RefusedError(Exception):
    """The request is refused with this status; the reason is for programs, the detail for people."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.errors = list(errors)
        """Where in the request something is wrong, and what."""
        self.headers = dict(headers or {})


def not_found(what: str = "list") -> RefusedError:
    """What does not exist, or is another's: the two look the same."""
    return RefusedError(404, "not-found", f"there is no such {what}")
