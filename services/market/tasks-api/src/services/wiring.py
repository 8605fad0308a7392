"""All services of one API process, made from its settings and closed together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from src.services.cache import Cache
from src.services.database import Database
from src.services.limits import RateLimit
from src.services.logins import Logins, client
from src.services.outbox import Outbox
from src.services.reads import Reads
from src.services.tokens import KeySet, Tokens
from src.utils.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the routes stand on."""

    database: Database
    cache: Cache
    reads: Reads
    limit: RateLimit
    tokens: Tokens
    outbox: Outbox | None
    http: httpx.AsyncClient

    async def close(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        await self.cache.close()
        await self.database.close()


def build(settings: Settings) -> Services:
    """The services; nothing is connected before the first use."""
    database = open_database(settings)
    cache = open_cache(settings)
    reads = Reads(cache)
    http = httpx.AsyncClient(follow_redirects=False)
    keys = KeySet(settings.key_set_url, http)
    outbox = None
    if settings.events_queue_url:
        outbox = Outbox(database, reads, client("sqs", settings.region), settings.events_queue_url)
    return Services(
        database=database,
        cache=cache,
        reads=reads,
        limit=RateLimit(cache, settings.rate_limit_per_minute),
        tokens=Tokens(keys, settings.token_issuer, settings.token_audience),
        outbox=outbox,
        http=http,
    )


def open_database(settings: Settings) -> Database:
    """The database that the settings name."""
    arn, url = settings.database_secret_arn, settings.database_url
    return Database(Logins.of("the database", arn, url, settings.region))


def open_cache(settings: Settings) -> Cache:
    """The cache that the settings name."""
    logins = Logins.of("the cache", settings.cache_secret_arn, settings.cache_url, settings.region)
    return Cache(logins, settings.cache_prefix)


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[None]:
    """The relay of events runs within; afterwards everything is closed."""
    relay = asyncio.create_task(services.outbox.run()) if services.outbox else None
    try:
        yield
    finally:
        if relay:
            relay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relay
        await services.close()
