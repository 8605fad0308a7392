"""What an invocation leaves in the log: the function's own lines, the platform's, and metrics embedded in them."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudwatch

from .. import logs

LEVELS = ("DEBUG", "INFO", "WARN")


@dataclass(frozen=True)
class Times:
    """How long an invocation took, in milliseconds."""

    whole: int
    start: int = 0
    """What of it was the start of a new process; nothing where one was there."""

    @property
    def run(self) -> int:
        """The handler's own time."""
        return max(1, self.whole - self.start)


def write(
    scope: tuple[str, str], configuration: Mapping[str, Any], request_id: str, lines: list[str], times: Times
) -> None:
    """Write an invocation into the function's log group, in the form that the function asks for.

    `scope` is account and region.
    """
    settings = configuration.get("LoggingConfig") or {}
    group = settings.get("LogGroup") or f"/aws/lambda/{configuration.get('FunctionName', '')}"
    version = configuration.get("Version", "$LATEST")
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{new_uuid().replace('-', '')}"
    wrapped = _json if settings.get("LogFormat") == "JSON" else _text
    logs.ensure(*scope, group)
    logs.put(*scope, group, stream, wrapped(configuration, request_id, version, lines, times))
    publish(lines)


def _text(configuration: Mapping[str, Any], request_id: str, version: str, lines: list[str], times: Times) -> list[str]:
    size = configuration.get("MemorySize", 128)
    start = f"\tInit Duration: {times.start} ms" if times.start else ""
    return [
        f"START RequestId: {request_id} Version: {version}",
        *lines,
        f"END RequestId: {request_id}",
        f"REPORT RequestId: {request_id}\tDuration: {times.run} ms\tBilled Duration: {times.whole} ms\t"
        f"Memory Size: {size} MB\tMax Memory Used: {size} MB{start}",
    ]


def _json(configuration: Mapping[str, Any], request_id: str, version: str, lines: list[str], times: Times) -> list[str]:
    level = (configuration.get("LoggingConfig") or {}).get("SystemLogLevel", "INFO")

    def event(kind: str, record: Mapping[str, Any]) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return json.dumps({"time": stamp, "type": f"platform.{kind}", "record": {"requestId": request_id, **record}})

    if level not in LEVELS[:2]:
        return lines
    metrics = {
        "durationMs": times.run,
        "billedDurationMs": times.whole,
        "memorySizeMB": configuration.get("MemorySize", 128),
        **({"initDurationMs": times.start} if times.start else {}),
    }
    return [event("start", {"version": version}), *lines, event("report", {"metrics": metrics, "status": "success"})]


def publish(lines: Iterable[str]) -> None:
    """Publish the metrics that lines carry in the embedded metric format, in the account that is entered."""
    for line in lines:
        if not line.startswith("{") or '"_aws"' not in line:
            continue
        try:
            said = json.loads(line)
            for directive in said["_aws"]["CloudWatchMetrics"]:
                _publish(said, directive)
        except (ValueError, KeyError, TypeError):
            continue  # a line that only looks like it


def _publish(said: Mapping[str, Any], directive: Mapping[str, Any]) -> None:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = {name: str(said[name]) for name in names}
        for metric in directive["Metrics"]:
            values = said[metric["Name"]]
            for value in values if isinstance(values, list) else [values]:
                unit = metric.get("Unit", "None")
                cloudwatch.record_metric(directive["Namespace"], metric["Name"], float(value), unit, dimensions)
