"""What goes out: to CloudWatch by log lines, to X-Ray, to another collector, to standard error."""

import functools
import json
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import botocore.session
from botocore.config import Config

from . import metrics, traces

DOCUMENTS = 50
"""Segments of a call of X-Ray's."""


@functools.cache
def _client(service: str, region: str | None) -> Any:
    waiting = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3})
    return botocore.session.Session().create_client(service, region_name=region, config=waiting)


def awsxray(config: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Put spans to X-Ray as segments."""
    found = [json.dumps(traces.segment(service, span, config)) for service, span in traces.spans(sent)]
    for start in range(0, len(found), DOCUMENTS):
        _client("xray", config.get("region")).put_trace_segments(TraceSegmentDocuments=found[start : start + DOCUMENTS])


class Emf:
    """Writes metrics to a log group, out of which CloudWatch takes them."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._deltas = metrics.Deltas()

    def __call__(self, samples: Sequence[metrics.Sample]) -> None:
        """Write what is new; a stream that is not there yet is made."""
        milliseconds = int(time.time() * 1000)
        lines = metrics.documents(self._config, self._deltas.of(samples), milliseconds)
        events = [{"timestamp": milliseconds, "message": json.dumps(line)} for line in lines]
        if not events:
            return
        logs = _client("logs", self._config.get("region"))
        place = {"logGroupName": self._config["log_group_name"], "logStreamName": self._config["log_stream_name"]}
        try:
            logs.put_log_events(**place, logEvents=events)
        except logs.exceptions.ResourceNotFoundException:
            logs.create_log_stream(**place)
            logs.put_log_events(**place, logEvents=events)


def otlp_http(config: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Hand spans to whoever takes OTLP over HTTP."""
    address = f"{config['endpoint'].rstrip('/')}/v1/traces"
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(address, json.dumps(sent).encode(), headers)  # noqa: S310 the operator names it
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        answer.read()


def debug_traces(config: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Write spans to standard error, as the upstream exporter does where it is told to be detailed."""
    lines = [f"Traces spans={sum(1 for _ in traces.spans(sent))}"]
    if config.get("verbosity") == "detailed":
        for service, span in traces.spans(sent):
            named = {"Trace ID": span["traceId"], "Parent ID": span.get("parentSpanId", ""), "ID": span["spanId"]}
            named |= {"Name": span["name"], "Service": service}
            lines += [f"    {name:<15}: {value}" for name, value in named.items()]
    print("\n".join(lines), file=sys.stderr, flush=True)


def debug_metrics(config: Mapping[str, Any], samples: Sequence[metrics.Sample]) -> None:
    """Write metrics to standard error, likewise."""
    lines = [f"Metrics data points={len(samples)}"]
    if config.get("verbosity") == "detailed":
        for sample in samples:
            lines.append(f"     -> Name: {sample.name}")
            lines += [f"     -> {name}: Str({value})" for name, value in sample.labels]
    print("\n".join(lines), file=sys.stderr, flush=True)
