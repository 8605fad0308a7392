"""What comes in: OTLP over HTTP, and scrapes of /metrics of whatever the DNS names."""

import base64
import gzip
import json
import re
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from . import metrics

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
IDS = ("traceId", "spanId", "parentSpanId")


def serve(endpoint: str, answer: Callable[[str, str, bytes], tuple[int, str, bytes]]) -> ThreadingHTTPServer:
    """Serve HTTP; `answer(path, content type, body)` gives status, content type and body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self._body()
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            status, kind, said = answer(self.path, self.headers.get_content_type(), body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def _body(self) -> bytes:
            """Return the body, which Node's exporter sends in chunks, without saying how long it is."""
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # what may follow the last chunk
            return b"".join(parts)

        do_GET = do_POST = _answer  # noqa: N815 names of the library

        def log_message(self, *_: Any) -> None:
            """Say nothing about requests."""

    host, _, port = endpoint.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def otlp(config: Mapping[str, Any], take: Callable[[Mapping[str, Any]], None]) -> list[ThreadingHTTPServer]:
    """Take traces by OTLP over HTTP, as protobuf or JSON; gRPC is not spoken here."""

    def answer(path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        if path != "/v1/traces":
            return 404, "text/plain", b"not found"
        try:
            take(json.loads(body) if kind == "application/json" else decoded(body))
        except ValueError as error:
            return 400, "text/plain", str(error).encode()
        return (200, kind, b"{}") if kind == "application/json" else (200, "application/x-protobuf", b"")

    http = config["protocols"].get("http")
    return [serve(http.get("endpoint", "localhost:4318"), answer)] if http else []


def decoded(body: bytes) -> Mapping[str, Any]:
    """Return a request in protobuf as OTLP's JSON has it: with ids in hexadecimal digits."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except Exception as error:
        raise ValueError("the body is no OTLP request") from error
    found = MessageToDict(request)
    for resource in found.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                span.update({key: base64.b64decode(span[key]).hex() for key in IDS if key in span})
    return found


def seconds(text: str) -> float:
    """Return a duration such as `30s` in seconds."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m)", text).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


class Scraper:
    """Scrapes the targets of one job."""

    def __init__(self, job: Mapping[str, Any], take: Callable[[list[metrics.Sample]], None]) -> None:
        self._job, self._take = job, take
        self._ended = threading.Event()
        self._every = seconds(job.get("scrape_interval", "60s"))
        self._patience = seconds(job.get("scrape_timeout", "10s"))
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Scrape no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            for address, meta in targets(self._job):
                self._scrape(address, relabelled(self._job, {"job": self._job["job_name"], "instance": address}, meta))

    def _scrape(self, address: str, labels: Mapping[str, str]) -> None:
        try:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=self._patience) as answer:
                samples = [*metrics.parse(answer.read().decode(), labels), metrics.up(True, labels)]
        except (OSError, ValueError) as error:
            print(f"warn Failed to scrape Prometheus endpoint target={address} err={error}", flush=True)
            samples = [metrics.up(False, labels)]
        self._take([sample for sample in samples if kept(self._job, sample)])


def targets(job: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield `host:port` and its meta labels: each address that a name has, and the addresses that were given."""
    for each in job.get("dns_sd_configs") or ():
        for name in each["names"]:
            try:
                found = socket.getaddrinfo(name, each["port"], socket.AF_INET, socket.SOCK_STREAM)
            except OSError:
                continue
            for address in sorted({str(entry[4][0]) for entry in found}):
                yield f"{address}:{each['port']}", {"__meta_dns_name": name}
    for each in job.get("static_configs") or ():
        for address in each["targets"]:
            yield address, dict(each.get("labels") or {})


def relabelled(job: Mapping[str, Any], labels: Mapping[str, str], meta: Mapping[str, str]) -> dict[str, str]:
    """Return the labels after the job's rules; those that begin with two underscores are gone."""
    known = {**labels, **meta}
    for rule in job.get("relabel_configs") or ():
        text = ";".join(known.get(name, "") for name in rule["source_labels"])
        match = re.fullmatch(rule.get("regex", "(.*)"), text)
        if match:
            known[rule["target_label"]] = match.expand(rule.get("replacement", "$1").replace("$", "\\"))
    return {name: value for name, value in known.items() if not name.startswith("__") and value}


def kept(job: Mapping[str, Any], sample: metrics.Sample) -> bool:
    """Say whether the job keeps a metric by its name."""
    series = f"{sample.name}_count" if sample.kind == "histogram" else sample.name
    rules = job.get("metric_relabel_configs") or ()
    return all(re.fullmatch(rule["regex"], series) for rule in rules if rule.get("action") == "keep")
