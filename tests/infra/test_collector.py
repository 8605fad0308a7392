"""The collector of an environment: what it reads, what it may do, who may send to it."""

import json
from typing import Any

import pytest

from infra.components.collector import Collector, CollectorArgs
from tests import cloud
from tests.infra import examples


def container(recording: cloud.Recording) -> dict[str, Any]:
    [found] = json.loads(recording.one("TaskDefinition").inputs["containerDefinitions"])
    return dict(found)


def test_it_reads_the_metrics_of_whatever_the_names_lead_to() -> None:
    recording = cloud.build(lambda: examples.collector("collector"))
    environment = {each["name"]: each["value"] for each in container(recording)["environment"]}

    assert json.loads(environment.pop("SCRAPE_TARGETS")) == [
        {"names": ["api.dev.internal"], "type": "A", "port": 8000, "refresh_interval": "15s"},
        {"names": ["other.dev.internal"], "type": "A", "port": 3000, "refresh_interval": "15s"},
    ]
    assert environment == {
        "AWS_REGION": "eu-west-1",
        "METRICS_LOG_GROUP": "collector-metrics",
        "METRICS_NAMESPACE": "Slipway/Services",
    }


def test_there_is_exactly_one_found_by_its_name_and_behind_no_load_balancer() -> None:
    recording = cloud.build(lambda: examples.collector("collector"))
    service, target = recording.one("ecs/service:Service").inputs, recording.one("Target").inputs

    assert (service["desiredCount"], target["minCapacity"], target["maxCapacity"]) == (1, 1, 1)
    assert "loadBalancers" not in service
    assert recording.one("servicediscovery/service:Service").inputs["name"] == "collector"
    assert recording.result.endpoint == "http://collector.dev.internal:4318"


def test_its_code_may_write_its_one_log_group_and_put_traces() -> None:
    recording = cloud.build(lambda: examples.collector("collector"))
    found = {
        policy.name: json.loads(policy.inputs["policy"])["Statement"]
        for policy in recording.of("RolePolicy")
        if policy.name in ("collector-task-logs", "collector-task-traces")
    }

    assert {name: [statement["Action"] for statement in statements] for name, statements in found.items()} == {
        "collector-task-logs": [["logs:CreateLogStream", "logs:PutLogEvents"]],
        "collector-task-traces": [["xray:PutTelemetryRecords", "xray:PutTraceSegments"]],
    }
    [logs] = found["collector-task-logs"]
    assert "collector-metrics" in logs["Resource"]


def test_a_client_is_let_in_to_the_one_port_that_takes_traces() -> None:
    def build() -> None:
        collector = examples.collector("collector")
        collector.allow_from(examples.container_service("service"))

    rules = [
        (rule.name, rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in cloud.build(build).resources
        if rule.name == "collector-from-service"
    ]
    assert rules == [("collector-from-service", 4318, 4318)] * 2


def test_another_port_is_refused() -> None:
    def build() -> Collector:
        discovery = examples.discovery("internal")
        args = CollectorArgs(task=examples.task_args("x", 80), discovery=discovery, targets={})
        return Collector("x", args)

    with pytest.raises(ValueError, match="takes traces at port 4318, got 80"):
        cloud.build(build)
