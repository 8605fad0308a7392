"""The real server as a container starts it: its traces, its error reports, its end."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from support import PATIENCE_SECONDS, served

SERVICE = Path(__file__).parents[2]
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "CACHE_URL": "redis://127.0.0.1:1",
    "KEY_SET_URL": "http://127.0.0.1:1/jwks.json",
    "TOKEN_ISSUER": "http://market.test",
    "RATE_LIMIT_PER_MINUTE": "0",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def serving(code: str = "", **environment: str) -> Iterator[tuple[subprocess.Popen[str], http.client.HTTPConnection]]:
    """The server, after a line of code of the test's own, and a connection to it once it answers."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", f"{code}\nfrom src.main import main\nmain()"],
        cwd=SERVICE,
        env={"PATH": os.environ["PATH"], "PORT": str(port), **NOWHERE, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        _connect(client, server)
        yield server, client
    finally:
        client.close()
        server.kill()
        server.communicate()


def _connect(client: http.client.HTTPConnection, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            client.connect()
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.1)
        else:
            return


SLOW = """
import asyncio
from fastapi import FastAPI
before = FastAPI.include_router
def include(self, router, **kwargs):
    before(self, router, **kwargs)
    async def slow(): print('{"logger": "test"}', flush=True); await asyncio.sleep(1); return {"slow": True}
    async def defect(): raise ZeroDivisionError("a defect")
    if "/slow" not in [getattr(route, "path", "") for route in self.routes]:
        self.add_api_route("/slow", slow); self.add_api_route("/defect", defect)
FastAPI.include_router = include
"""


def test_on_sigterm_it_finishes_what_is_under_way_and_ends() -> None:
    with serving(SLOW) as (server, client):
        client.request("GET", "/slow", headers={"x-request-id": "the-request"})
        assert server.stdout is not None
        while '"test"' not in server.stdout.readline():
            assert server.poll() is None
        server.send_signal(signal.SIGTERM)  # the request is under way, which takes a second
        answer = client.getresponse()
        assert (answer.status, json.load(answer)) == (200, {"slow": True})
        client.close()
        output = server.stdout.read()
        server.wait(PATIENCE_SECONDS)
    assert server.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in output.splitlines()]
    requests = [line for line in lines if line["logger"] == "src.access"]
    assert [(line["path"], line["status"], line["requestId"]) for line in requests] == [("/slow", 200, "the-request")]


def test_a_defect_is_reported_with_its_request_and_without_anything_of_the_caller() -> None:
    reports: list[bytes] = []
    came = threading.Event()

    def answer(path: str, _: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path == "/api/7/envelope/":
            reports.append(body)
            came.set()
        return 200, b"{}"

    with served(answer) as url, serving(SLOW, SENTRY_DSN=f"{url.replace('//', '//key@')}/7") as (_, client):
        client.request("GET", "/defect?q=private", headers={"x-request-id": "the-request", "cookie": "private"})
        assert client.getresponse().status == 500
        assert came.wait(PATIENCE_SECONDS)
    text = _plain(reports[0])
    event = json.loads(text.splitlines()[2])
    assert event["exception"]["values"][0]["type"] == "ZeroDivisionError"
    assert event["tags"]["requestId"] == "the-request"
    assert "private" not in text


def _plain(body: bytes) -> str:
    return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()


Span = tuple[str, str, str]
"""Its name, its trace, its parent."""


@contextmanager
def collecting(answer: Callable[[str, bytes], bytes] = lambda path, body: b"") -> Iterator[tuple[str, list[Span]]]:
    """A collector, and what it was sent; whatever else is asked gets an answer of the test's own."""
    found: list[Span] = []

    def take(path: str, _: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path != "/v1/traces":
            return 200, answer(path, body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                found.extend((span.name, span.trace_id.hex(), span.parent_span_id.hex()) for span in scope.spans)
        return 200, b""

    with served(take) as url:
        yield url, found


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE}-00f067aa0ba902b7-01"


def test_traces_go_on_where_the_caller_s_began_and_who_watches_leaves_none() -> None:
    with collecting() as (url, spans), serving(OTEL_EXPORTER_OTLP_ENDPOINT=url) as (server, client):
        for path in ("/healthz", "/readyz", "/readyz?why", "/metrics", "/v1/tasks"):
            client.request("GET", path, headers={"traceparent": CALLER})
            assert client.getresponse().read()
        client.close()
        server.send_signal(signal.SIGTERM)  # the end sends what is left
        server.communicate(timeout=PATIENCE_SECONDS)
    assert ("GET /v1/tasks", TRACE, "00f067aa0ba902b7") in spans
    assert sorted((name, trace) for name, trace, _ in spans) == [("GET /v1/tasks", TRACE), ("database", TRACE)]


def test_looks_at_the_outbox_leave_no_span() -> None:
    queue = {"EVENTS_QUEUE_URL": "http://127.0.0.1:1/queue", "AWS_REGION": "eu-west-1"}
    with collecting() as (url, spans), serving(OTEL_EXPORTER_OTLP_ENDPOINT=url, **queue) as (server, client):
        assert server.stdout is not None
        while "events wait in the outbox" not in server.stdout.readline():  # it has looked, and the database is away
            assert server.poll() is None
        client.request("GET", "/v1/tasks", headers={"traceparent": CALLER})
        assert client.getresponse().read()
        client.close()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE_SECONDS)
    assert {trace for _, trace, _ in spans} == {TRACE}


def test_the_worker_s_events_are_in_their_requests_traces_and_its_metrics_in_none() -> None:
    port, event = free_port(), str(uuid.uuid4())
    body = {"id": event, "type": "task.created", "at": "2026-01-01T00:00:00Z", "subject": event, "actor": event}
    message = {
        "MessageId": "1",
        "ReceiptHandle": "1",
        "Body": json.dumps(body | {"summary": "x", "requestId": "the-request"}),
        "MessageAttributes": {"traceparent": {"DataType": "String", "StringValue": CALLER}},
    }

    def queue(path: str, _: bytes) -> bytes:
        return json.dumps({"Messages": [message]}).encode()

    with collecting(queue) as (url, spans):
        told = {
            "METRICS_PORT": str(port),
            "EVENTS_QUEUE_URL": f"{url}/queue",
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        }
        worker = subprocess.Popen(
            [sys.executable, "-m", "src.worker"],
            cwd=SERVICE,
            env={"PATH": os.environ["PATH"], **NOWHERE, **told},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert worker.stdout is not None
            while "events wait in the queue" not in worker.stdout.readline():  # it has taken one: no database answers
                assert worker.poll() is None
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
            client.request("GET", "/metrics")
            assert b"activity_events_total" in client.getresponse().read()
            client.close()
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=PATIENCE_SECONDS)
        finally:
            worker.kill()
            worker.communicate()
    assert ("activity", TRACE, "00f067aa0ba902b7") in spans
    assert {(name, trace) for name, trace, _ in spans} == {("activity", TRACE), ("database", TRACE)}
