"""Standard logs of distributions: files of tab-separated lines in the bucket that a distribution names."""

import asyncio
import gzip
import http.client
import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ministack.core.responses import request_scope
from ministack.services import cloudfront

from ..asgi import Scope
from ..settings import SETTINGS

logger = logging.getLogger("slipway.cdn")

EVERY_SECONDS = 5.0
FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol"
)
RESULTS = {"Hit": "Hit", "Miss": "Miss", "Error": "Error"}


class AccessLogs:
    """Lines that wait for the next file of their distribution."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], list[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def note(
        self,
        account: str,
        distribution: Mapping[str, Any],
        scope: Scope,
        headers: Mapping[str, str],
        status: int,
        returned: Mapping[str, Any],
        size: int,
    ) -> None:
        """Keep a line if the distribution has a bucket for logs."""
        if _bucket(distribution) is None:
            return
        key = account, distribution["Id"]
        if key not in self._lines:
            self._lines[key] = []
            task = asyncio.create_task(self._deliver(*key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._lines[key].append(_line(distribution, scope, headers, status, returned, size))

    async def _deliver(self, account: str, identity: str) -> None:
        await asyncio.sleep(EVERY_SECONDS)
        lines = self._lines.pop((account, identity))
        with request_scope(account, SETTINGS.region):
            distribution = cloudfront._distributions.get(identity)
        target = _bucket(distribution) if distribution else None
        if target is None:
            return
        moment = time.strftime("%Y-%m-%d-%H", time.gmtime())
        name = f"{target[1]}{identity}.{moment}.{secrets.token_hex(4)}.gz"
        text = f"#Version: 1.0\n#Fields: {FIELDS}\n" + "".join(f"{line}\n" for line in lines)
        await asyncio.to_thread(_put, account, target[0], name, gzip.compress(text.encode(), mtime=0))


def _bucket(distribution: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the bucket and the prefix of a distribution's logs."""
    settings = cloudfront._find(cloudfront._dist_config_el(distribution), "Logging")
    if settings is None or cloudfront._text(settings, "Enabled") != "true":
        return None
    bucket = cloudfront._text(settings, "Bucket").partition(".s3.")[0]
    return (bucket, cloudfront._text(settings, "Prefix")) if bucket else None


def _line(
    distribution: Mapping[str, Any],
    scope: Scope,
    headers: Mapping[str, str],
    status: int,
    returned: Mapping[str, Any],
    size: int,
) -> str:
    now = time.gmtime()
    result = next((str(value) for name, value in returned.items() if name.lower() == "x-cache"), "Miss")
    values = (
        time.strftime("%Y-%m-%d", now),
        time.strftime("%H:%M:%S", now),
        "LOC50-C1",
        size,
        headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or "-",
        scope["method"],
        distribution["DomainName"],
        quote(scope["path"]),
        status,
        quote(headers.get("referer", "-"), safe=":/?&=-"),
        quote(headers.get("user-agent", "-")),
        scope["query_string"].decode("latin-1") or "-",
        "-",
        RESULTS.get(result.partition(" ")[0], "Miss"),
        secrets.token_urlsafe(40),
        headers.get("host", "-"),
        headers.get("x-forwarded-proto", "http"),
    )
    return "\t".join(map(str, values))


def _put(account: str, bucket: str, key: str, content: bytes) -> None:
    """Write an object through the cloud's own address; a bucket that is gone is none of our business."""
    connection = http.client.HTTPConnection(SETTINGS.host, SETTINGS.port, timeout=60)
    try:
        headers = {"X-Slipway-Account": account, "Content-Type": "application/x-gzip"}
        connection.request("PUT", f"/{bucket}/{quote(key)}", body=content, headers=headers)
        connection.getresponse().read()
    except OSError as error:
        logger.info("an access log is lost: %s", error)
    finally:
        connection.close()
