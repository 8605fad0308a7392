"""Secrets of Secrets Manager, kept for the worker's life, and read again when one no longer fits."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from planner import environment

RENEW_SECONDS = 2
"""A secret is asked for no more often than this, however many logins fail."""
_LOCK = threading.Lock()
_KEPT: dict[str, tuple[float, dict[str, Any]]] = {}


class SecretUnreadableError(Exception):
    """A secret cannot be read just now; the text names the error's kind and no value."""


def client(service: str, endpoint: str | None = None, **config: Any) -> Any:
    """An AWS client that gives up in seconds. boto3 is loaded here: most requests do without it."""
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": 3}
    told = Config(connect_timeout=2, read_timeout=10, retries=retries, **config)
    return boto3.client(service, region_name=environment.region(), endpoint_url=endpoint, config=told)


def secret(arn: str) -> dict[str, Any]:
    """The JSON object of a secret, as last read; SecretUnreadableError."""
    with _LOCK:
        if arn not in _KEPT:
            _KEPT[arn] = (time.monotonic(), _read(arn))
        return _KEPT[arn][1]


def renewed(arn: str) -> dict[str, Any]:
    """The same, read again, unless that was done a moment ago."""
    with _LOCK:
        read_at, _ = _KEPT.get(arn, (float("-inf"), {}))
        if time.monotonic() - read_at > RENEW_SECONDS:
            _KEPT[arn] = (time.monotonic(), _read(arn))
        return _KEPT[arn][1]


def forget() -> None:
    """Read every secret anew when it is next asked for."""
    with _LOCK:
        _KEPT.clear()


def _read(arn: str) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found: dict[str, Any] = json.loads(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    except (BotoCoreError, ClientError, KeyError, ValueError) as error:
        raise SecretUnreadableError(f"a secret cannot be read: {type(error).__name__}") from error
    return found
