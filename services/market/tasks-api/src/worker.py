"""`python -m src.worker`: takes events of both APIs from the queue and writes down what happened."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from opentelemetry import propagate, trace
from prometheus_client import start_http_server
from pydantic import ValidationError

from src import health
from src.models.event import Event
from src.services import activity
from src.services.backlog import Backlog
from src.services.database import Database
from src.services.logins import client
from src.services.wiring import open_cache, open_database
from src.utils import context, errors, logs, tracing
from src.utils.metrics import EVENTS_CONSUMED
from src.utils.problems import UnavailableError
from src.utils.settings import Settings, SettingsError

LOG = logging.getLogger("src.worker")
TRACER = trace.get_tracer(__name__)
WAIT_SECONDS = 5
"""Long poll: short enough that a worker told to end has ended before the platform's patience has."""
REST_SECONDS = 2.0


class Worker:
    """The loop from the queue to the table; an event stays in the queue until its row is committed."""

    def __init__(self, database: Database, queue: Any, queue_url: str) -> None:
        self._database = database
        self._queue = queue
        self._queue_url = queue_url
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Finish the batch under way and stop."""
        self._ended.set()

    async def run(self) -> None:
        """Take events until `end`."""
        while not self._ended.is_set():
            health.beat()
            try:
                await self.take()
            except (UnavailableError, BotoCoreError, ClientError) as error:
                LOG.warning(
                    "events wait in the queue: %s", error if isinstance(error, UnavailableError) else type(error)
                )
                await self._rest()
            except Exception as error:
                # A defect with one message must not keep the others: it is reported, and its message stays.
                LOG.exception("unexpected error")
                errors.report(error)
                await self._rest()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), REST_SECONDS)

    async def take(self, wait_seconds: int = WAIT_SECONDS) -> int:
        """Take a batch from the queue and write it down; how many messages that were."""
        answer = await asyncio.to_thread(
            self._queue.receive_message,
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_seconds,
            MessageAttributeNames=["traceparent"],
        )
        messages = answer.get("Messages", [])
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            parent = propagate.extract({name: value["StringValue"] for name, value in attributes.items()})
            with TRACER.start_as_current_span("activity", parent, kind=trace.SpanKind.CONSUMER):
                done = await self._write_down(message["Body"])
            if done:
                receipt = message["ReceiptHandle"]
                await asyncio.to_thread(self._queue.delete_message, QueueUrl=self._queue_url, ReceiptHandle=receipt)
        return len(messages)

    async def _write_down(self, body: str) -> bool:
        """Whether the message is done with; one that is no event goes to the dead-letter queue by itself."""
        try:
            event = Event.model_validate_json(body)
        except ValidationError as error:
            EVENTS_CONSUMED.labels("refused").inc()
            LOG.error("a message is no event", extra={"fields": {"problems": error.error_count()}})
            return False
        token = context.request_id.set(context.accepted_request_id(event.request_id))
        try:
            async with self._database.work() as session:
                new = await activity.record(session, event)
            EVENTS_CONSUMED.labels("stored" if new else "duplicate").inc()
            LOG.info("event", extra={"fields": {"event": str(event.id), "type": event.type, "new": new}})
        finally:
            context.request_id.reset(token)
        return True


async def _serve(settings: Settings) -> None:
    """Run the worker and its backlog's figures until SIGTERM or SIGINT."""
    database = open_database(settings)
    queue = client("sqs", settings.region, read_timeout=WAIT_SECONDS + 10)
    worker = Worker(database, queue, settings.events_queue_url)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.end)
    cache = open_cache(settings) if settings.cache_url or settings.cache_secret_arn else None
    figures = None
    if settings.metric_namespace and settings.metric_service:
        backlog = Backlog(queue, client("cloudwatch", settings.region), cache, settings)
        figures = asyncio.create_task(backlog.run())
    LOG.info("taking events")
    try:
        await worker.run()
    finally:
        if figures:
            figures.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await figures
        if cache:
            await cache.close()
        await database.close()
    LOG.info("ended")


def main() -> None:
    """Work until told to end."""
    try:
        settings = Settings.from_environment(os.environ, "worker")
    except SettingsError as error:
        raise SystemExit(logs.say(str(error))) from None
    logs.configure(settings.logging_level)
    errors.start(settings.sentry_dsn)
    stop_tracing = tracing.start(settings.traces_endpoint, "activity")
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    try:
        asyncio.run(_serve(settings))
    except Exception as error:
        errors.report(error)
        raise
    finally:
        stop_tracing()


if __name__ == "__main__":
    main()
