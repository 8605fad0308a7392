"""`slipway logs`: what a service of a stack wrote, from its log group."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from interface import names
from localcloud import cloud
from localcloud.errors import Trouble
from pipelines import machine, stacks

SERVICES = (names.CONTAINER_SERVICE_TYPE, names.WORKER_TYPE)


def groups(stack: str) -> dict[str, str]:
    """Return the log group of each service in a stack's state: `counter-backend` → its name in the cloud."""
    return {
        each["urn"].split("::")[-1]: each["outputs"]["name"]
        for each in stacks.resources(stack)
        if each["type"] == "aws:cloudwatch/logGroup:LogGroup" and any(kind in each["urn"] for kind in SERVICES)
    }


def group(stack: str, service: str) -> str:
    """Return the log group of a service; a Trouble that names the ones there are."""
    found = groups(stack)
    matching = [name for key, name in found.items() if service in (key, key.partition("-")[2])]
    if len(matching) != 1:
        raise Trouble(
            f"{stack} has {len(matching) or 'no'} services called {service!r}",
            f"one of {', '.join(sorted(found)) or 'none: bring the stack up first'}",
        )
    return matching[0]


def lines(stack: str, service: str, follow: bool, since_seconds: float) -> Iterator[dict[str, Any]]:
    """Yield `{"time", "stream", "message"}` in order of time; with `follow` without end."""
    ready = machine.running()
    client = cloud.client("logs", stacks.account(stack), ready.cloud)
    name = group(stack, service)
    start = int((time.time() - since_seconds) * 1000)
    seen: set[tuple[int, str, str]] = set()
    while True:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=start)
        events = sorted((event for page in pages for event in page["events"]), key=lambda event: event["timestamp"])
        for event in events:
            key = (event["timestamp"], event["logStreamName"], event["message"])
            if key not in seen:
                seen.add(key)
                when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                yield {
                    "time": when.isoformat(timespec="milliseconds"),
                    "stream": event["logStreamName"],
                    "message": event["message"].rstrip(),
                }
        if not follow:
            return
        time.sleep(1)
