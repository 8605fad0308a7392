"""The collector of the observability profile: a request's trace and the services' metrics arrive in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .conftest import Docker, Market, ask, free_ports, wait_for

pytestmark = [pytest.mark.docker, pytest.mark.slow]

COLLECTOR = "otel/opentelemetry-collector-contrib:0.153.0"


@dataclass
class Observed:
    """The market with its collector."""

    market: Market
    health: str

    def log(self) -> str:
        """All that the collector has told, on either of its two streams."""
        return self.market.compose("logs", "--no-log-prefix", "--no-color", "collector").stdout


@pytest.fixture(scope="module")
def observed(docker: Docker, market: Market) -> Iterator[Observed]:
    if (
        docker("image", "inspect", COLLECTOR, check=False).returncode
        and docker("pull", COLLECTOR, check=False).returncode
    ):
        pytest.skip(f"{COLLECTOR} is not on the engine and cannot be pulled")
    [port] = free_ports(1)
    before = dict(market.environment)
    market.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "COLLECTOR_VERBOSITY": "detailed"}
    market.environment["COLLECTOR_HEALTH_PORT"] = str(port)
    try:
        market.compose("up", "--detach", "--no-deps", "collector", "tasks-api", "market-api", "activity")
        for api in (market.tasks_api, market.market_api):
            wait_for(f"{api} ready", lambda api=api: ask(f"{api}/readyz").status == 200)
        wait_for("the entry point", lambda: ask(f"{market.gateway}/v1/tasks").status == 200)
        yield Observed(market, f"http://127.0.0.1:{port}")
    finally:
        market.compose("rm", "--force", "--stop", "collector", check=False)
        market.environment.clear()
        market.environment |= before
        market.compose("up", "--detach", "--wait", "gateway", "activity", check=False)


def test_the_collector_says_that_it_is_well(observed: Observed) -> None:
    wait_for("the collector", lambda: ask(observed.health).status == 200)


def test_a_request_is_one_trace_through_the_services(observed: Observed) -> None:
    trace = uuid.uuid4().hex
    headers = observed.market.sign_in() | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    made = ask(f"{observed.market.gateway}/v1/tasks", "POST", {"text": "a traced task"}, headers)
    assert made.status == 201
    item = {"title": "Bicycle", "description": "", "priceCents": 12000, "currency": "EUR"}
    assert ask(f"{observed.market.gateway}/v1/items", "POST", item, headers).status == 201
    wait_for("the trace of both requests", lambda: observed.log().count(f"Trace ID       : {trace}") >= 2)


def test_the_metrics_of_every_service_arrive(observed: Observed) -> None:
    wait_for("request durations", lambda: "-> Name: http_request_duration_seconds" in observed.log())
    for service in ("tasks-api", "market-api", "activity"):
        wait_for(service, lambda service=service: f"-> service: Str({service})" in observed.log())
