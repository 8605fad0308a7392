"""The collector's stand-in: what it makes of a configuration, of scraped text and of spans."""

import http.client
import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

from localcloud.images.bases import RECIPES

PROGRAM = RECIPES / "collector" / "files" / "opt"
SCRAPED = r"""
# HELP http_request_duration_seconds From the first byte read
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{method="GET",route="/v1/tasks",status="200",le="0.1"} 3
http_request_duration_seconds_bucket{method="GET",route="/v1/tasks",status="200",le="+Inf"} 4
http_request_duration_seconds_sum{method="GET",route="/v1/tasks",status="200"} 0.5
http_request_duration_seconds_count{method="GET",route="/v1/tasks",status="200"} 4
# TYPE events_published_total counter
events_published_total{result="sent"} 7
# TYPE outbox_pending gauge
outbox_pending 2
odd{path="a\\b\"c"} 1
"""


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(PROGRAM), *sys.path])
    return importlib.import_module(f"collector.{name}")


def test_variables_are_put_in_and_one_alone_is_read_as_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = module("configuration", monkeypatch)
    given = {"a": "${env:LIST}", "b": ["x-${env:NAME}-$$1", 3]}
    found = configuration.expand(given, {"LIST": "[1]", "NAME": "n"}, lambda text: ("parsed", text))
    assert found == {"a": ("parsed", "[1]"), "b": ["x-n-$1", 3]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"exporters": {"kafka": {}}}, "exporters: unknown type 'kafka'"),
        ({"service": {"pipelines": {"traces": {"receivers": ["otlp"]}}}}, "receivers which are not configured: otlp"),
        ({"service": {"pipelines": {"logs": {}}}}, "unknown signal 'logs'"),
        ({}, "service must have at least one pipeline"),
    ],
)
def test_what_cannot_be_run_is_refused(change: dict[str, Any], problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = module("configuration", monkeypatch)
    with pytest.raises(configuration.Unusable, match=problem):
        configuration.check(change)


def test_a_body_is_read_whole_whether_its_length_is_told_or_it_comes_in_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receivers, heard = module("receivers", monkeypatch), []

    def answer(path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        heard.append((path, kind, body))
        return 200, kind, b"{}"

    server = receivers.serve("127.0.0.1:0", answer)
    connection = http.client.HTTPConnection(*server.server_address, timeout=30)
    try:
        for body in (b"[1, 2]", [b"[1, ", b"2]"]):
            connection.request("POST", "/v1/traces", body, {"content-type": "application/json"})
            assert connection.getresponse().read() == b"{}"
    finally:
        connection.close()
        server.shutdown()
        server.server_close()
    assert heard == [("/v1/traces", "application/json", b"[1, 2]")] * 2


def test_scraped_text_becomes_samples_with_the_targets_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = module("metrics", monkeypatch)
    found = {sample.name: sample for sample in metrics.parse(SCRAPED, {"service": "tasks-api"})}
    assert sorted(found) == ["events_published_total", "http_request_duration_seconds", "odd", "outbox_pending"]
    requests = found["http_request_duration_seconds"]
    assert (requests.kind, requests.values) == ("histogram", {"Sum": 0.5, "Count": 4.0})
    assert dict(requests.labels) == {"method": "GET", "route": "/v1/tasks", "service": "tasks-api", "status": "200"}
    assert dict(found["odd"].labels)["path"] == 'a\\b"c'


def test_cloudwatch_gets_what_was_added_since_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = module("metrics", monkeypatch)
    declared = [{"dimensions": [["service"], ["service", "no"]], "metric_name_selectors": ["^events_published_total$"]}]
    config = {"namespace": "Slipway/Services", "metric_declarations": declared}
    deltas = metrics.Deltas()
    assert [sample.name for sample in deltas.of(metrics.parse(SCRAPED, {}))] == ["outbox_pending", "odd"]
    grown = metrics.parse(SCRAPED.replace('sent"} 7', 'sent"} 10'), {"service": "a"})
    assert "events_published_total" not in {sample.name for sample in deltas.of(grown)}, "another series, seen first"
    grown = metrics.parse(SCRAPED.replace('sent"} 7', 'sent"} 13'), {"service": "a"})
    samples = [sample for sample in deltas.of(grown) if sample.kind == "counter"]
    [document] = metrics.documents(config, samples, 1000)
    [told] = document["_aws"]["CloudWatchMetrics"]
    assert told == {
        "Namespace": "Slipway/Services",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "events_published_total"}],
    }
    assert (document["service"], document["events_published_total"]) == ("a", 3.0)


def test_whether_a_target_answered_is_a_metric_of_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = module("metrics", monkeypatch)
    declared = [{"dimensions": [["service"]], "metric_name_selectors": ["^up$"]}]
    config = {"namespace": "Slipway/Services", "metric_declarations": declared}
    deltas = metrics.Deltas()
    labels = {"service": "activity", "instance": "10.0.0.1:8002"}
    looks = [metrics.documents(config, deltas.of([metrics.up(well, labels)]), 1000) for well in (True, True, False)]
    assert [[(each["service"], each["up"]) for each in look] for look in looks] == [
        [("activity", 1.0)],
        [("activity", 1.0)],
        [("activity", 0.0)],
    ]


def test_a_span_becomes_a_segment_or_a_part_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    traces = module("traces", monkeypatch)
    span = {
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "spanId": "00f067aa0ba902b7",
        "name": "POST /api/orders",
        "kind": 2,
        "startTimeUnixNano": "1000000000000",
        "endTimeUnixNano": "1000500000000",
        "attributes": [{"key": "http.response.status_code", "value": {"intValue": "201"}}],
    }
    whole = traces.segment("rest-api", span, {})
    assert (whole["name"], whole["trace_id"]) == ("rest-api", "1-4bf92f35-77b34da6a3ce929d0e0e4736")
    assert (whole["start_time"], whole["end_time"], whole["http"]["response"]) == (1000.0, 1000.5, {"status": 201})
    part = traces.segment(
        "rest-api", {**span, "kind": 3, "parentSpanId": "00f067aa0ba902b8", "status": {"code": 2}}, {}
    )
    assert (part["type"], part["namespace"], part["fault"]) == ("subsegment", "remote", True)
    assert (part["name"], part["parent_id"]) == ("POST /api/orders", "00f067aa0ba902b8")
