"""The collector of an environment: what it reads, what it may do, who may send to it."""

import json
from typing import Any

import pytest

from infra.components.collector import Collector, CollectorArgs
from infra.components.worker import Worker, WorkerArgs
from tests import cloud
from tests.infra import examples, stacks


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


def test_a_worker_is_found_by_its_name_and_lets_the_collector_in_where_its_metrics_are() -> None:
    def build() -> None:
        examples.worker("worker").allow_from(examples.collector("collector"))

    recording = cloud.build(build)
    service = recording.one("ecs/service:Service", "worker").inputs
    [task] = json.loads(recording.one("TaskDefinition", "worker").inputs["containerDefinitions"])
    [found] = [x.name for x in recording.of("servicediscovery/service:Service") if x.inputs["name"] == "worker"]
    rules = [
        (x.inputs["securityGroupId"], x.inputs["referencedSecurityGroupId"], x.inputs["fromPort"], x.inputs["toPort"])
        for x in recording.resources
        if x.name == "worker-from-collector"
    ]

    assert task["portMappings"] == [{"containerPort": 8002, "protocol": "tcp"}]
    assert found in service["serviceRegistries"]["registryArn"]
    assert sorted(rules) == [("collector-id", "worker-id", 8002, 8002), ("worker-id", "collector-id", 8002, 8002)]


def test_a_worker_without_metrics_is_no_more_than_before_and_lets_nobody_in() -> None:
    def build() -> None:
        worker = Worker("worker", WorkerArgs(task=examples.task_args("worker")))
        with pytest.raises(ValueError, match=r"worker serves no metrics: give it WorkerArgs\.metrics"):
            worker.allow_from(examples.collector("collector"))

    recording = cloud.build(build)
    [task] = json.loads(recording.one("TaskDefinition", "worker").inputs["containerDefinitions"])
    assert "portMappings" not in task
    assert "serviceRegistries" not in recording.one("ecs/service:Service", "worker").inputs


@pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)
def test_every_name_that_is_read_is_one_under_which_a_container_is_found_that_listens_there(stack: str) -> None:
    recording = stacks.recorded(stack)

    def container_of(task: str) -> dict[str, Any]:
        [found] = json.loads(recording.one("TaskDefinition", task).inputs["containerDefinitions"])
        return dict(found)

    environment = {each["name"]: each["value"] for each in container_of("collector")["environment"]}
    read = {target["names"][0]: target["port"] for target in json.loads(environment["SCRAPE_TARGETS"])}
    hosts = {x.name: x.inputs["name"] for x in recording.of("servicediscovery/service:Service")}
    listening = {}
    for service in recording.of("ecs/service:Service"):
        registry = service.inputs.get("serviceRegistries", {}).get("registryArn", "")
        for host in (host for name, host in hosts.items() if name in registry):
            [mapping] = container_of(service.name)["portMappings"]
            listening[f"{host}.{stack}.internal"] = mapping["containerPort"]
    assert read == {
        f"activity.{stack}.internal": 8002,
        f"mail-service.{stack}.internal": 3001,
        f"market-api.{stack}.internal": 8001,
        f"rest-api.{stack}.internal": 3000,
        f"tasks-api.{stack}.internal": 8000,
    }
    assert listening == {**read, f"collector.{stack}.internal": 4318}
