"""Lines that services write into log groups of an account by themselves: access logs."""

import time
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs


def put(account: str, region: str, group: str, stream: str, lines: Iterable[str]) -> None:
    """Append lines to a stream of a log group, named or by its ARN; nothing happens when there is no such group."""
    name = group.split(":log-group:", 1)[-1].removesuffix(":*")
    now = int(time.time() * 1000)
    with request_scope(account, region):
        found = cloudwatch_logs._log_groups.get(name)
        if found is None:
            return
        events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
        cloudwatch_logs._append_log_events(found["streams"].setdefault(stream, _stream(now)), events)
        cloudwatch_logs._fanout_to_subscription_filters(name, stream, events)


def ensure(account: str, region: str, group: str) -> None:
    """Make a log group if there is none of that name."""
    with request_scope(account, region):
        if group not in cloudwatch_logs._log_groups:
            cloudwatch_logs._create_log_group({"logGroupName": group})


def _stream(now: int) -> dict[str, Any]:
    return {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": now,
        "firstEventTimestamp": None,
        "lastEventTimestamp": None,
        "lastIngestionTime": None,
    }
