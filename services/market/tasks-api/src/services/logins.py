"""Logins from Secrets Manager, or from an address: read at the start, and again when one fails."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from src.utils.problems import UnavailableError

RENEW_SECONDS = 2
"""A secret is asked for no more often than this, however many logins fail."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a server is and how to get in."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    name: str = ""
    """Of the database; empty for a cache."""
    tls: bool = False
    ca: str = ""
    """Certificates (PEM) that the server is verified by; the system's when empty."""

    def __repr__(self) -> str:
        """Without the password, so that no log or error report has it."""
        return f"Login({self.username}@{self.host}:{self.port}/{self.name})"

    def context(self) -> ssl.SSLContext | None:
        """Full verification, of certificate and host name; None for a connection in the clear."""
        return ssl.create_default_context(cadata=self.ca or None) if self.tls else None


def client(service: str, region: str, *, read_timeout: float = 5) -> Any:
    """An AWS client that gives up in seconds; the endpoint is boto3's own business."""
    retries = {"mode": "standard", "total_max_attempts": 3}
    config = Config(connect_timeout=2, read_timeout=read_timeout, retries=retries)
    return boto3.client(service, region_name=region, config=config)


def from_url(url: str) -> Login:
    """The login that a postgres:// or redis:// address (rediss:// with TLS) holds."""
    parts = urlsplit(url)
    is_cache = parts.scheme.startswith("redis")
    return Login(
        host=parts.hostname or "localhost",
        port=parts.port or (6379 if is_cache else 5432),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        name="" if is_cache else parts.path.lstrip("/"),
        tls=parts.scheme == "rediss",
    )


def from_secret(text: str) -> Login:
    """The login that a secret's JSON holds; a database's always has TLS."""
    secret = json.loads(text)
    return Login(
        host=secret["host"],
        port=int(secret["port"]),
        username=secret.get("username", ""),
        password=secret.get("password", ""),
        name=secret.get("dbname", ""),
        tls=bool(secret.get("tls", "dbname" in secret)),
        ca=secret.get("ca", ""),
    )


class Logins:
    """The login for one server, kept until somebody says that it failed."""

    def __init__(self, what: str, read: Callable[[], Login]) -> None:
        self._what = what
        self._read = read
        self._login: Login | None = None
        self._read_at = 0.0
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, what: str, arn: str, url: str, region: str) -> Logins:
        """From the secret when there is one, else from the address."""
        if not arn:
            return cls(what, lambda: from_url(url))
        return cls(
            what, lambda: from_secret(client("secretsmanager", region).get_secret_value(SecretId=arn)["SecretString"])
        )

    async def current(self) -> Login:
        """The login as last read; UnavailableError when it cannot be read."""
        return self._login or await self.renew(None)

    async def renew(self, failed: Login | None) -> Login:
        """Read again, unless another caller has done so since this login was handed out or a moment ago."""
        async with self._lock:
            if self._login and (self._login is not failed or time.monotonic() - self._read_at < RENEW_SECONDS):
                return self._login
            try:
                self._login = await asyncio.to_thread(self._read)
            except (BotoCoreError, ClientError, ValueError, KeyError) as error:
                raise UnavailableError(f"the secret of {self._what}", type(error).__name__) from error
            self._read_at = time.monotonic()
            return self._login
