"""Hands the outbox's events to the queue: at least once, in the order of writing, by whichever task comes first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import delete, func, select

from src.models.event import Event
from src.models.tables import OutboxRow
from src.services.database import Database
from src.services.reads import Reads
from src.utils import context
from src.utils.metrics import EVENTS_PUBLISHED, OUTBOX
from src.utils.problems import UnavailableError

LOG = logging.getLogger(__name__)
BATCH = 10
"""The most that SQS takes at once."""
IDLE_SECONDS = 1.0
REST_SECONDS = 2.0
"""After a failure, before the next try."""


class Outbox:
    """The relay from the table to the queue; `wake` after a commit spares the wait."""

    def __init__(self, database: Database, reads: Reads, queue: Any, queue_url: str) -> None:
        self._database = database
        self._reads = reads
        self._queue = queue
        self._queue_url = queue_url
        self._written = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something to hand over."""
        self._written.set()

    async def run(self) -> None:
        """Hand over until cancelled; an event has its request's trace, and a look at the table is none's."""
        with context.untraced():
            await self._run()

    async def _run(self) -> None:
        while True:
            try:
                if await self.hand_over() == BATCH:
                    continue
                pause = IDLE_SECONDS
            except (UnavailableError, BotoCoreError, ClientError) as error:
                EVENTS_PUBLISHED.labels("failed").inc()
                LOG.warning("events wait in the outbox: %s", type(error).__name__)
                pause = REST_SECONDS
                await asyncio.sleep(REST_SECONDS)
            except Exception:
                # A defect here must not end the loop in silence: it is logged, and the events stay where they are.
                LOG.exception("the outbox cannot be handed over")
                pause = REST_SECONDS
                await asyncio.sleep(REST_SECONDS)
            await self._sleep(pause)

    async def hand_over(self) -> int:
        """Send a batch and delete what the queue has taken; how many that were.

        The rows stay locked meanwhile, so other tasks take others. What was sent and could not be deleted is sent
        again: the worker knows an event by its id. Reads are made to forget here too, for a task that was ended
        between its commit and its own forgetting.
        """
        async with self._database.work() as session:
            locked = select(OutboxRow).order_by(OutboxRow.position).limit(BATCH).with_for_update(skip_locked=True)
            rows = list(await session.scalars(locked))
            if not rows:
                OUTBOX.set(0)
                return 0
            await self._forget()
            sent = await self._send(rows)
            await session.execute(delete(OutboxRow).where(OutboxRow.position.in_(sent)))
            OUTBOX.set(await session.scalar(select(func.count()).select_from(OutboxRow)) or 0)
        EVENTS_PUBLISHED.labels("sent").inc(len(sent))
        if len(sent) < len(rows):
            EVENTS_PUBLISHED.labels("failed").inc(len(rows) - len(sent))
        return len(sent)

    async def _forget(self) -> None:
        """A cache that is away holds up no event: what it holds ends by itself within seconds."""
        try:
            await self._reads.forget()
        except UnavailableError:
            LOG.info("reads could not be made to forget")

    async def _send(self, rows: Sequence[OutboxRow]) -> list[int]:
        """The positions of those events that the queue has taken."""
        entries = [_message(row) for row in rows]
        answer = await asyncio.to_thread(self._queue.send_message_batch, QueueUrl=self._queue_url, Entries=entries)
        return [int(entry["Id"]) for entry in answer.get("Successful", [])]

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._written.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._written.clear()


def _message(row: OutboxRow) -> dict[str, Any]:
    """An entry of SQS's batch."""
    entry: dict[str, Any] = {
        "Id": str(row.position),
        "MessageBody": Event.model_validate(row).model_dump_json(by_alias=True),
    }
    if row.traceparent:
        entry["MessageAttributes"] = {"traceparent": {"DataType": "String", "StringValue": row.traceparent}}
    return entry
