"""What is told of requests that cross services: one trace in X-Ray, and the metrics of all that the collector reads."""

import json
import time
import uuid
from typing import Any

import pytest

from localcloud import cloud
from pipelines import stacks
from tests.e2e.commands import address, ask, status, until

PASSWORD = "a sentence that is long enough"
WATCHED = {"/healthz", "/readyz", "/metrics"}
OBSERVED = {"activity", "mail-service", "market-api", "rest-api", "tasks-api"}
SECONDS = 120
"""Senders and the collector hand on what they have every few seconds; a busy machine takes longer."""


class Trace:
    """A trace that begins here, and what X-Ray has of it."""

    def __init__(self) -> None:
        self.began, self.parent, rest = int(time.time()), uuid.uuid4().hex[:16], uuid.uuid4().hex[:24]
        self.identity = f"1-{self.began:08x}-{rest}"
        self.header = f"00-{self.began:08x}{rest}-{self.parent}-01"

    def call(self, url: str, body: object = None, token: str = "") -> tuple[int, Any]:
        """Send JSON as a part of the trace; return status and JSON."""
        headers = {"traceparent": self.header, **({"Authorization": f"Bearer {token}"} if token else {})}
        raw = None if body is None else json.dumps(body).encode()
        code, text = ask(url, "GET" if raw is None else "POST", raw, headers)
        return code, json.loads(text)

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return what came so far, by its id."""
        found = client("xray").batch_get_traces(TraceIds=[self.identity])["Traces"]
        return {each["Id"]: json.loads(each["Document"]) for trace in found for each in trace["Segments"]}

    def ways(self) -> set[tuple[str, str]]:
        """Return who asked whom: the services of segments, each with the service that caused it, `us` at the root."""
        known = self.documents()

        def service(identity: str) -> str:
            document = known.get(identity)
            if document is None:
                return "us" if identity == self.parent else "unknown"
            return str(document["name"]) if document.get("type") != "subsegment" else service(document["parent_id"])

        whole = [document for document in known.values() if document.get("type") != "subsegment"]
        return {(service(document["parent_id"]), str(document["name"])) for document in whole}


def client(service: str) -> Any:
    return cloud.client(service, status()["stacks"]["dev"]["account"])


@pytest.fixture(scope="module")
def market() -> str:
    return address(system="market")


@pytest.fixture(scope="module")
def token(market: str) -> str:
    person, trace = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD}, Trace()
    assert trace.call(f"{market}/v1/users", person)[0] == 201
    code, session = trace.call(f"{market}/v1/sessions", person)
    assert code == 201
    return str(session["accessToken"])


def test_an_order_is_one_trace_from_the_request_through_the_queue_to_the_mail_and_back() -> None:
    shop, trace = address(system="anythingyouwantt"), Trace()
    product = trace.call(f"{shop}/api/products")[1]["products"][0]["id"]
    order = {"productId": product, "quantity": 1, "email": f"{uuid.uuid4().hex}@example.com"}
    assert trace.call(f"{shop}/api/orders", order)[0] == 201
    expected = {("us", "rest-api"), ("rest-api", "mail-service"), ("mail-service", "rest-api")}
    until(lambda: trace.ways() == expected, SECONDS)
    assert "mail send" in {document["name"] for document in trace.documents().values()}


def test_a_task_is_one_trace_from_the_request_through_the_queue_to_what_everybody_sees(market: str, token: str) -> None:
    trace = Trace()
    assert trace.call(f"{market}/v1/tasks", {"text": "Followed from service to service"}, token)[0] == 201
    until(lambda: trace.ways() >= {("us", "tasks-api"), ("tasks-api", "activity")}, SECONDS)


def test_a_key_that_one_service_asks_another_for_is_in_the_trace_of_who_brought_the_token(
    market: str, token: str
) -> None:
    """Nobody has the key, so the tasks' API looks for it at the market's, which it does only every few seconds."""
    trace, (_, claims, signature) = Trace(), token.split(".")
    unknown = f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im5vYm9keXMifQ.{claims}.{signature}"

    def asked() -> bool:
        before = len(trace.documents())
        assert trace.call(f"{market}/v1/tasks", {"text": "never stored"}, unknown)[0] == 401
        until(lambda: len(trace.documents()) > before, SECONDS)
        return ("tasks-api", "market-api") in trace.ways()

    until(asked, SECONDS)


def test_who_watches_the_services_is_in_no_trace() -> None:
    now = time.time()
    found = client("xray").get_trace_summaries(StartTime=now - 600, EndTime=now)["TraceSummaries"]
    paths = {each["Http"].get("HttpURL") for each in found}
    assert paths & WATCHED == set()
    assert paths & {"/api/products", "/api/orders"}, "a summary has one path of its trace"


def test_the_collector_reads_the_metrics_of_every_service_and_worker() -> None:
    [group] = [each["id"] for each in stacks.resources("dev") if each["urn"].endswith("LogGroup::collector-metrics")]

    def up() -> set[str]:
        lately = int((time.time() - SECONDS) * 1000)
        events = client("logs").filter_log_events(logGroupName=group, startTime=lately)["events"]
        lines = [json.loads(event["message"]) for event in events]
        return {line["service"] for line in lines if line.get("up") == 1}

    until(lambda: up() == OBSERVED, SECONDS)
