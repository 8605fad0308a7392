"""What the service is told by its environment, checked once when it starts."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["api", "worker", "migration"]
TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
LEVELS = ("debug", "info", "warning", "error")
HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})?")
PREFIX = re.compile(r"[A-Za-z0-9_-]{1,40}")


class SettingsError(ValueError):
    """The environment cannot be used; the message names every variable at fault."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The service's settings; `from_environment` is how a process gets them."""

    port: int = 8000
    """Where the API listens, on every address of its container."""
    reload: bool = False
    """Start anew when a source file changes: for developers."""
    log_level: str = "info"
    """The least level that is logged."""
    database_secret_arn: str = ""
    """Secret with host, port, dbname, username, password and ca of the database; comes before the address."""
    database_url: str = ""
    """postgres://user:password@host:port/name, where there is no secret."""
    cache_secret_arn: str = ""
    """Secret with host, port, username, password, tls and ca of the cache; comes before the address."""
    cache_url: str = ""
    """redis://host:port, where there is no secret."""
    cache_prefix: str = "market"
    """First part of every key: the only keys that the system's cache user may touch."""
    key_set_url: str = ""
    """Where market-api publishes the keys that its tokens are signed with."""
    token_issuer: str = ""
    """The `iss` that a token must have."""
    token_audience: str = "market"  # noqa: S105 # no secret: it stands in every token
    """The `aud` that a token must have."""
    events_queue_url: str = ""
    """SQS queue that events go to and the worker takes them from; without one the API keeps no events."""
    region: str = "eu-west-1"
    """Region of secrets, queue and metrics."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the API, such as https://market.example.com."""
    rate_limit_per_minute: int = 600
    """Requests a minute and client address, over all tasks together; 0 for no limit."""
    client_address_header: str = ""
    """Header in which a gateway in front of the load balancer says the caller's address; X-Forwarded-For without it."""
    sentry_dsn: str = ""
    """Where errors are reported; nowhere without it."""
    traces_endpoint: str = ""
    """OTLP endpoint (HTTP) for traces; none are made without it."""
    metric_namespace: str = ""
    """CloudWatch namespace of the worker's backlog; not published without it."""
    metric_service: str = ""
    """Value of the metric's dimension `Service`."""
    metrics_port: int = 0
    """Where the worker serves /metrics; 0 for nowhere."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], role: Role = "api") -> Settings:
        """Read the variables that README.md lists; SettingsError with all that is wrong, joined by semicolons."""
        reader = _Reader(environment)
        settings = cls(
            port=reader.number("PORT", 8000, 1, 65535),
            reload=reader.switch("RELOAD"),
            log_level=reader.choice("LOG_LEVEL", "info", LEVELS),
            database_secret_arn=reader.text("DATABASE_SECRET_ARN"),
            database_url=reader.text("DATABASE_URL"),
            cache_secret_arn=reader.text("CACHE_SECRET_ARN"),
            cache_url=reader.text("CACHE_URL"),
            cache_prefix=reader.matching("CACHE_PREFIX", "market", PREFIX, "letters, digits, - and _"),
            key_set_url=reader.text("KEY_SET_URL"),
            token_issuer=reader.text("TOKEN_ISSUER"),
            token_audience=reader.text("TOKEN_AUDIENCE") or "market",
            events_queue_url=reader.text("EVENTS_QUEUE_URL"),
            region=reader.text("AWS_REGION") or reader.text("AWS_DEFAULT_REGION") or "eu-west-1",
            cors_origins=reader.origins("CORS_ORIGINS"),
            rate_limit_per_minute=reader.number("RATE_LIMIT_PER_MINUTE", 600, 0, 10_000_000),
            client_address_header=reader.matching("CLIENT_ADDRESS_HEADER", "", HEADER, "the name of a header"),
            sentry_dsn=reader.text("SENTRY_DSN"),
            traces_endpoint=reader.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
            metric_namespace=reader.text("METRIC_NAMESPACE"),
            metric_service=reader.text("METRIC_SERVICE"),
            metrics_port=reader.number("METRICS_PORT", 0, 0, 65535),
        )
        problems = reader.problems + _missing(settings, role)
        if problems:
            raise SettingsError("; ".join(problems))
        return settings

    @property
    def logging_level(self) -> int:
        """`log_level` as the logging module counts."""
        return getattr(logging, self.log_level.upper())  # type: ignore[no-any-return]


def _missing(settings: Settings, role: Role) -> list[str]:
    """What this part of the service cannot do without."""
    problems = []
    if not (settings.database_secret_arn or settings.database_url):
        problems.append("DATABASE_SECRET_ARN or DATABASE_URL: one of them is needed")
    if role == "api":
        if not (settings.cache_secret_arn or settings.cache_url):
            problems.append("CACHE_SECRET_ARN or CACHE_URL: one of them is needed")
        if not settings.key_set_url:
            problems.append("KEY_SET_URL: needed, the address of market-api's key set")
        if not settings.token_issuer:
            problems.append("TOKEN_ISSUER: needed, who issues the tokens")
    if role == "worker" and not settings.events_queue_url:
        problems.append("EVENTS_QUEUE_URL: needed, the queue to take events from")
    return problems


class _Reader:
    """Variables one at a time; what is wrong gathers in `problems`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip()

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        self._wrong(name, f"a number from {least} to {most}", text)
        return default

    def switch(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in TRUE | FALSE:
            self._wrong(name, "true or false", text)
        return text in TRUE

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name).lower() or default
        if text not in allowed:
            self._wrong(name, " or ".join(allowed), text)
            return default
        return text

    def matching(self, name: str, default: str, pattern: re.Pattern[str], words: str) -> str:
        text = self.text(name) or default
        if not pattern.fullmatch(text):
            self._wrong(name, words, text)
        return text

    def origins(self, name: str) -> tuple[str, ...]:
        found = tuple(part.strip() for part in self.text(name).split(",") if part.strip())
        is_origin: Callable[[str], object] = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?").fullmatch
        for origin in found:
            if not is_origin(origin):
                self._wrong(name, "origins such as https://market.example.com, joined by commas", origin)
        return found

    def _wrong(self, name: str, allowed: str, got: str) -> None:
        self.problems.append(f"{name}: {allowed}, got {got!r}")
