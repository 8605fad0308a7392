"""Lines of an API's access log in the format that its stage gives."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]*[A-Za-z0-9_])")
UNKNOWN = "-"


def request_id() -> str:
    """Return a request id of the form that HTTP APIs use: 15 characters and a sign."""
    return base64.b64encode(secrets.token_bytes(11)).decode()


def line(form: str, context: Mapping[str, object]) -> str:
    """Fill in the `$context` variables of a format; one without a value is a dash, as on AWS."""

    def value(found: re.Match[str]) -> str:
        known = context.get(found[1])
        return UNKNOWN if known is None or known == "" else json.dumps(str(known), ensure_ascii=False)[1:-1]

    return VARIABLE.sub(value, form)


def times(moment: float) -> dict[str, object]:
    """Return the variables of a request's time (seconds since the epoch)."""
    stamp = datetime.fromtimestamp(moment, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return {"requestTime": stamp, "requestTimeEpoch": int(moment * 1000)}
