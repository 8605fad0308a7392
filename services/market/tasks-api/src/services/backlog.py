"""The worker's backlog a running task, every 30 seconds to CloudWatch: the worker is scaled by it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from redis.asyncio import Redis

from src.services.cache import Cache
from src.utils.problems import UnavailableError
from src.utils.settings import Settings

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 30
GONE_SECONDS = 90
"""A worker that has not been heard of for so long runs no more."""


class Backlog:
    """The figure, and the count of running workers that it needs, kept in Redis by the workers themselves."""

    def __init__(self, queue: Any, cloudwatch: Any, cache: Cache | None, settings: Settings) -> None:
        self._queue = queue
        self._cloudwatch = cloudwatch
        self._cache = cache
        self._settings = settings
        self._identity = uuid.uuid4().hex
        self._running = 1

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            try:
                await self.publish()
            except (BotoCoreError, ClientError) as error:
                LOG.warning("the backlog cannot be published: %s", type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def publish(self) -> float:
        """Publish the backlog of messages divided by the workers that run; returns it."""
        attributes = await asyncio.to_thread(
            self._queue.get_queue_attributes,
            QueueUrl=self._settings.events_queue_url,
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        waiting = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
        value = waiting / await self._count()
        await asyncio.to_thread(
            self._cloudwatch.put_metric_data,
            Namespace=self._settings.metric_namespace,
            MetricData=[
                {
                    "MetricName": "BacklogPerTask",
                    "Dimensions": [{"Name": "Service", "Value": self._settings.metric_service}],
                    "Value": value,
                    "Unit": "Count",
                }
            ],
        )
        return value

    async def _count(self) -> int:
        """Workers that run, this one among them; the last known number while the cache is away."""
        if self._cache:
            try:
                self._running = max(1, await self._cache.ask(self._signed_on))
            except UnavailableError:
                LOG.info("workers cannot be counted just now")
        return self._running

    async def _signed_on(self, redis: Redis) -> int:
        key = self._cache.key("tasks", "workers") if self._cache else ""
        now = time.time()
        pipeline = redis.pipeline(transaction=False)
        pipeline.zadd(key, {self._identity: now})
        pipeline.zremrangebyscore(key, "-inf", now - GONE_SECONDS)
        pipeline.zcard(key)
        pipeline.expire(key, 2 * GONE_SECONDS)
        return int((await pipeline.execute())[2])
