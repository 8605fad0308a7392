"""What the cloud does by itself as time goes by: one task on the loop, so that nothing runs beside a request."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

log = logging.getLogger("slipway.clockwork")


class Job(NamedTuple):
    """Something done again and again."""

    seconds: float
    """Time between the end of one run and the next."""
    run: Callable[[], None]


async def tick(jobs: Sequence[Job]) -> None:
    """Run jobs as they become due until cancelled; one that fails is logged and tried again."""
    due = {job: time.monotonic() + job.seconds for job in jobs}
    while True:
        await asyncio.sleep(max(0.0, min(due.values()) - time.monotonic()))
        for job in [each for each in jobs if due[each] <= time.monotonic()]:
            try:
                job.run()
            except Exception:  # whatever fails must not end what else is due
                log.exception("a job failed")
            due[job] = time.monotonic() + job.seconds
