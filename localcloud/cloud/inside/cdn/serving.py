"""The last step at the edge: compressed bodies, answers to conditions, and parts of a body."""

import gzip
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

SMALLEST, LARGEST = 1_000, 10_000_000
"""Sizes between which CloudFront compresses, in bytes."""
COMPRESSIBLE = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/rss+xml",
        "application/vnd.ms-fontobject",
        "application/wasm",
        "application/x-javascript",
        "application/xhtml+xml",
        "application/xml",
        "font/opentype",
        "font/otf",
        "font/ttf",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/markdown",
        "text/plain",
        "text/xml",
    }
)
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
NOT_MODIFIED_DROPS = frozenset({"content-length", "content-type", "content-encoding", "content-range"})


def gzipped(body: bytes) -> bytes:
    """Compress a body, the same way each time."""
    return gzip.compress(body, 6, mtime=0)


def compress(
    status: int,
    headers: dict[str, Any],
    body: bytes,
    accepted: str,
    ways: Mapping[str, Callable[[bytes], bytes]],
) -> bytes:
    """Return the body as the visitor accepts it, and change the headers; `ways` are tried in their order.

    A strong ETag becomes a weak one, since the bytes are no longer the origin's.
    """
    kind = str(headers.get("content-type", "")).partition(";")[0].strip().lower()
    fits = status == 200 and SMALLEST <= len(body) <= LARGEST and kind in COMPRESSIBLE
    if not fits or "content-encoding" in headers or "no-transform" in str(headers.get("cache-control", "")):
        return body
    names = {part.partition(";")[0].strip().lower() for part in accepted.split(",") if ";q=0" not in part.lower()}
    way = next((name for name in ways if name in names or "*" in names), None)
    headers["vary"] = ", ".join(dict.fromkeys([*_listed(headers.get("vary")), "Accept-Encoding"]))
    if way is None:
        return body
    headers["content-encoding"] = way
    etag = str(headers.get("etag", ""))
    if etag and not etag.startswith("W/"):
        headers["etag"] = f"W/{etag}"
    return ways[way](body)


def _listed(value: object) -> list[str]:
    return [part.strip() for part in str(value or "").split(",") if part.strip()]


def is_unchanged(asked: Mapping[str, str], headers: Mapping[str, Any]) -> bool:
    """Say whether the visitor has what would be sent, by its `If-None-Match` or `If-Modified-Since`."""
    if "if-none-match" in asked:
        etag = str(headers.get("etag", "")).removeprefix("W/")
        listed = [part.removeprefix("W/") for part in _listed(asked["if-none-match"])]
        return bool(etag) and (etag in listed or "*" in listed)
    if "if-modified-since" in asked and headers.get("last-modified"):
        try:
            given = parsedate_to_datetime(asked["if-modified-since"])
            return parsedate_to_datetime(str(headers["last-modified"])) <= given
        except (TypeError, ValueError):
            return False
    return False


def finish(
    status: int, headers: dict[str, Any], body: bytes, asked: Mapping[str, str]
) -> tuple[int, dict[str, Any], bytes]:
    """Answer conditions and a range of bytes from a whole answer of 200."""
    if status != 200:
        return status, headers, body
    if is_unchanged(asked, headers):
        return 304, {name: value for name, value in headers.items() if name not in NOT_MODIFIED_DROPS}, b""
    wanted = RANGE.match(asked.get("range", ""))
    if wanted is None or wanted[0] == "bytes=-" or "content-encoding" in headers:
        return status, headers, body
    condition = asked.get("if-range")
    if condition and condition != headers.get("etag"):
        return status, headers, body
    size = len(body)
    first = int(wanted[1]) if wanted[1] else max(0, size - int(wanted[2]))
    last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
    if first > last:
        return 416, {**headers, "content-range": f"bytes */{size}"}, b""
    return 206, {**headers, "content-range": f"bytes {first}-{last}/{size}"}, body[first : last + 1]
