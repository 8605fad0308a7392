"""Standard logs of distributions: files in the bucket that a distribution names, and where deliveries lead."""

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
from .behaviors import behavior_of
from .deliveries import Delivery, deliveries_of

logger = logging.getLogger("slipway.cdn")

EVERY_SECONDS = 5.0
FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
)
"""What stands in files of the bucket that a distribution names itself."""
RESULTS = {"Hit": "Hit", "Miss": "Miss", "Error": "Error"}


class AccessLogs:
    """Visits that wait for the next files of their distribution."""

    def __init__(self) -> None:
        self._visits: dict[tuple[str, str], dict[Delivery, list[dict[str, str]]]] = {}
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
        seconds: float,
    ) -> None:
        """Keep a visit if the distribution's logs go anywhere."""
        ways = _ways(account, distribution)
        if not ways:
            return
        key = account, distribution["Id"]
        if key not in self._visits:
            self._visits[key] = {}
            task = asyncio.create_task(self._deliver(*key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        visit = _visit(account, distribution, scope, headers, status, returned, size, seconds)
        for way in ways:
            self._visits[key].setdefault(way, []).append(visit)

    async def _deliver(self, account: str, identity: str) -> None:
        await asyncio.sleep(EVERY_SECONDS)
        kept = self._visits.pop((account, identity))
        with request_scope(account, SETTINGS.region):
            distribution = cloudfront._distributions.get(identity)
        still = _ways(account, distribution) if distribution else ()
        moment = time.gmtime()
        name = f"{identity}.{time.strftime('%Y-%m-%d-%H', moment)}.{secrets.token_hex(4)}.gz"
        for way, visits in kept.items():
            if way in still:
                content = gzip.compress(way.text(visits).encode(), mtime=0)
                await asyncio.to_thread(_put, account, way.bucket, way.place(account, identity, moment) + name, content)


def _ways(account: str, distribution: Mapping[str, Any]) -> list[Delivery]:
    """Return where visits are written: into the bucket that the distribution names, and where deliveries lead."""
    ways = deliveries_of(account, distribution["ARN"])
    settings = cloudfront._find(cloudfront._dist_config_el(distribution), "Logging")
    if settings is None or cloudfront._text(settings, "Enabled") != "true":
        return ways
    bucket = cloudfront._text(settings, "Bucket").partition(".s3.")[0]
    return [*ways, Delivery(bucket, cloudfront._text(settings, "Prefix"), "w3c", FIELDS)] if bucket else ways


def _visit(
    account: str,
    distribution: Mapping[str, Any],
    scope: Scope,
    headers: Mapping[str, str],
    status: int,
    returned: Mapping[str, Any],
    size: int,
    seconds: float,
) -> dict[str, str]:
    """Return what is known of a visit by the names of CloudFront's fields."""
    now = time.gmtime()
    answered = {name.lower(): str(value) for name, value in returned.items()}
    result = RESULTS.get(answered.get("x-cache", "Miss").partition(" ")[0], "Miss")
    with request_scope(account, SETTINGS.region):
        pattern = behavior_of(dict(distribution), scope["path"]).pattern
    values = {
        "date": time.strftime("%Y-%m-%d", now),
        "time": time.strftime("%H:%M:%S", now),
        "x-edge-location": "LOC50-C1",
        "sc-bytes": size,
        "c-ip": headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or "-",
        "cs-method": scope["method"],
        "cs(Host)": distribution["DomainName"],
        "cs-uri-stem": quote(scope["path"]),
        "sc-status": status,
        "cs(Referer)": quote(headers.get("referer", "-"), safe=":/?&=-"),
        "cs(User-Agent)": quote(headers.get("user-agent", "-")),
        "cs-uri-query": scope["query_string"].decode("latin-1") or "-",
        "cs(Cookie)": "-",
        "x-edge-result-type": result,
        "x-edge-request-id": secrets.token_urlsafe(40),
        "x-host-header": headers.get("host", "-"),
        "cs-protocol": headers.get("x-forwarded-proto", "http"),
        "cs-bytes": headers.get("content-length", "0"),
        "time-taken": f"{seconds:.3f}",
        "x-edge-response-result-type": result,
        "x-edge-detailed-result-type": result,
        "sc-content-type": answered.get("content-type", "-").partition(";")[0],
        "sc-content-len": answered.get("content-length", size),
        "cache-behavior-path-pattern": pattern,
    }
    return {name: str(value) for name, value in values.items()}


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
