"""What an invocation leaves in the log: the function's own lines, the platform's, and metrics embedded in them."""

import json
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudwatch

from .. import logs

LEVELS = ("DEBUG", "INFO", "WARN")


def write(
    scope: tuple[str, str], configuration: Mapping[str, Any], request_id: str, lines: list[str], milliseconds: int
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
    logs.put(*scope, group, stream, wrapped(configuration, request_id, version, lines, milliseconds))
    publish(lines)


def _text(
    configuration: Mapping[str, Any], request_id: str, version: str, lines: list[str], milliseconds: int
) -> list[str]:
    size = configuration.get("MemorySize", 128)
    return [
        f"START RequestId: {request_id} Version: {version}",
        *lines,
        f"END RequestId: {request_id}",
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms\tBilled Duration: {milliseconds} ms\t"
        f"Memory Size: {size} MB\tMax Memory Used: {size} MB",
    ]


def _json(
    configuration: Mapping[str, Any], request_id: str, version: str, lines: list[str], milliseconds: int
) -> list[str]:
    level = (configuration.get("LoggingConfig") or {}).get("SystemLogLevel", "INFO")

    def event(kind: str, record: Mapping[str, Any]) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return json.dumps({"time": stamp, "type": f"platform.{kind}", "record": {"requestId": request_id, **record}})

    if level not in LEVELS[:2]:
        return lines
    metrics = {
        "durationMs": milliseconds,
        "billedDurationMs": milliseconds,
        "memorySizeMB": configuration.get("MemorySize", 128),
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
