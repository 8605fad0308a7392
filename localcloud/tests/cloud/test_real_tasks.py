"""Tasks without a load balancer: those that run once, workers, and the names by which containers find one another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from localcloud.tests.cloud.data import WAIT, Data
from localcloud.tests.cloud.stage import ACCOUNT, until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]

TASK_NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


class Tasks:
    """A cluster with a task definition of the tests' image."""

    def __init__(self, data: Data, image: str) -> None:
        self.data = data
        data.ecs.create_cluster(clusterName="once")
        data.client("logs").create_log_group(logGroupName="/once")
        log = {"awslogs-group": "/once", "awslogs-stream-prefix": "once", "awslogs-region": "eu-west-1"}
        container = {
            "name": "web",
            "image": image,
            "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {"logDriver": "awslogs", "options": log},
        }
        self.definition = data.ecs.register_task_definition(
            family="once",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]

    def run(self, *command: str) -> tuple[dict[str, Any], list[str]]:
        """Run a task to its end; return its description and what it wrote."""
        override = {"name": "web", "command": list(command), "environment": [{"name": "GIVEN", "value": "yes"}]}
        started = self.data.ecs.run_task(
            cluster="once",
            taskDefinition=self.definition,
            launchType="FARGATE",
            networkConfiguration=TASK_NETWORK,
            overrides={"containerOverrides": [override]},
        )
        arn = started["tasks"][0]["taskArn"]
        self.data.ecs.get_waiter("tasks_stopped").wait(cluster="once", tasks=[arn], WaiterConfig=WAIT)
        [task] = self.data.ecs.describe_tasks(cluster="once", tasks=[arn])["tasks"]
        stream = f"once/web/{arn.rsplit('/', 1)[-1]}"
        events = self.data.client("logs").get_log_events(logGroupName="/once", logStreamName=stream)["events"]
        return task, [str(event["message"]) for event in events]

    @contextmanager
    def service(self, name: str, **settings: Any) -> Iterator[None]:
        """A service of one task, steady at the beginning and deleted at the end."""
        self.data.ecs.create_service(
            cluster="once",
            serviceName=name,
            taskDefinition=self.definition,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=TASK_NETWORK,
            **settings,
        )
        try:
            self.data.ecs.get_waiter("services_stable").wait(cluster="once", services=[name], WaiterConfig=WAIT)
            yield
        finally:
            self.data.ecs.delete_service(cluster="once", service=name, force=True)

    def running(self, service: str) -> list[str]:
        """Return the ARNs of a service's tasks."""
        listed = self.data.ecs.list_tasks(cluster="once", serviceName=service, desiredStatus="RUNNING")
        return list(listed["taskArns"])


@pytest.fixture(scope="module")
def tasks(data: Data, image: str) -> Tasks:
    return Tasks(data, image)


@pytest.mark.parametrize(("script", "code"), [("echo $GIVEN", 0), ("echo $GIVEN; exit 3", 3)])
def test_a_task_that_runs_once_tells_how_it_ended(tasks: Tasks, script: str, code: int) -> None:
    task, written = tasks.run("sh", "-c", script)
    assert (task["containers"][0]["exitCode"], task["stopCode"]) == (code, "EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container exited"
    assert written == ["yes"]


def test_tasks_of_a_service_answer_to_its_name(tasks: Tasks, data: Data) -> None:
    names = data.client("servicediscovery")
    operation = names.create_private_dns_namespace(Name="test.internal", Vpc="vpc-1")["OperationId"]
    namespace = names.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    records = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    service = names.create_service(Name="web", DnsConfig=records)["Service"]
    script = (
        "import time, urllib.request as u\n"
        "for _ in range(100):\n"
        "    try:\n"
        "        print(u.urlopen('http://web.test.internal:8080/', timeout=20).status); break\n"
        "    except OSError:\n"
        "        time.sleep(0.2)\n"
    )
    with tasks.service("web", serviceRegistries=[{"registryArn": service["Arn"]}]):
        _task, written = tasks.run("python3", "-c", script)
    assert written == ["200"]
    names.delete_service(Id=service["Id"])
    names.delete_namespace(Id=namespace)


def test_a_worker_without_a_load_balancer_is_replaced_when_it_is_killed(tasks: Tasks, data: Data) -> None:
    with tasks.service("worker"):
        [before] = tasks.running("worker")
        data.docker("kill", data.docker("ps", "--quiet", "--filter", f"label=com.amazonaws.ecs.task-arn={before}"))
        until(lambda: tasks.running("worker") not in ([], [before]), "it was not replaced")


def test_a_queues_address_is_reached_from_a_container(tasks: Tasks, data: Data) -> None:
    queue = data.client("sqs").create_queue(QueueName="events")["QueueUrl"]
    place = queue.removesuffix(f"/{ACCOUNT}/events")
    script = f"import urllib.request as u; print(u.urlopen('{place}/_slipway/boot').status)"
    _task, written = tasks.run("python3", "-c", script)
    assert written == ["200"]
    data.client("sqs").delete_queue(QueueUrl=queue)
