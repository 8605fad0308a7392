"""The environment's collector in containers of the cloud: metrics come to a log group, and traces to X-Ray."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud import home, images
from localcloud.docker import DockerEngine
from localcloud.tests.cloud.data import WAIT, Data
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]

SOURCES = home.REPOSITORY / "services/platform/collector"
GROUP = "collector-metrics"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SERVER = """
import http.server
class Answer(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Answer.asked += 1
        lines = ["# TYPE http_request_duration_seconds histogram"]
        for part in ("sum", "count"):
            labels = '{method="GET",route="/x",status="200"}'
            lines.append(f"http_request_duration_seconds_{part}{labels} {self.asked}")
        lines += ["# TYPE nobody_asked_for_this gauge", "nobody_asked_for_this 1", ""]
        self.send_response(200)
        self.end_headers()
        self.wfile.write("\\n".join(lines).encode())
http.server.ThreadingHTTPServer(("", 8080), Answer).serve_forever()
"""
CALLER = """
import json, sys, time, urllib.request as u
for _ in range(100):
    try:
        request = u.Request("http://collector.watched.internal:4318/v1/traces", sys.argv[1].encode())
        request.add_header("content-type", "application/json")
        print(u.urlopen(request, timeout=20).status)
        break
    except OSError:
        time.sleep(0.2)
"""


@pytest.fixture(scope="module")
def collector(engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image of the collector, which looks more often than it does elsewhere."""
    images.ensure(engine, ["otel/opentelemetry-collector-contrib:0.153.0"])
    folder = tmp_path_factory.mktemp("collector")
    config = (SOURCES / "collector.yaml").read_text()
    config = config.replace("scrape_interval: 30s", "scrape_interval: 2s").replace("timeout: 10s", "timeout: 2s")
    (folder / "collector.yaml").write_text(config)
    (folder / "Dockerfile").write_bytes((SOURCES / "Dockerfile").read_bytes())
    built = engine.run("build", "--quiet", "--tag", "localcloud/test-collector", str(folder), seconds=600)
    assert built.returncode == 0, built.stderr
    return "localcloud/test-collector"


class Watched:
    """A service with metrics and the collector, each found by its name."""

    def __init__(self, data: Data, image: str, collector: str) -> None:
        self.data, self.image = data, image
        self.logs, self.names = data.client("logs"), data.client("servicediscovery")
        data.ecs.create_cluster(clusterName="watched")
        for group in (GROUP, "/watched"):
            self.logs.create_log_group(logGroupName=group)
        operation = self.names.create_private_dns_namespace(Name="watched.internal", Vpc="vpc-1")["OperationId"]
        self.namespace = self.names.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
        target = {"names": ["api.watched.internal"], "type": "A", "port": 8080, "refresh_interval": "2s"}
        environment = {
            "AWS_REGION": "eu-west-1",
            "METRICS_LOG_GROUP": GROUP,
            "METRICS_NAMESPACE": "Slipway/Services",
            "SCRAPE_TARGETS": json.dumps([target]),
        }
        self.services = [
            self.start("api", image, 8080, {}, ["python3", "-c", SERVER]),
            self.start("collector", collector, 4318, environment, []),
        ]

    def define(self, name: str, image: str, port: int, environment: dict[str, str], command: list[str]) -> str:
        log = {"awslogs-group": "/watched", "awslogs-stream-prefix": name, "awslogs-region": "eu-west-1"}
        container: dict[str, Any] = {
            "name": name,
            "image": image,
            "user": "1000:1000",
            "readonlyRootFilesystem": True,
            "portMappings": [{"containerPort": port}],
            "environment": [{"name": key, "value": value} for key, value in environment.items()],
            "logConfiguration": {"logDriver": "awslogs", "options": log},
        }
        if command:
            container["command"] = command
        settings = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
        made = self.data.ecs.register_task_definition(family=name, containerDefinitions=[container], **settings)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def start(self, name: str, image: str, port: int, environment: dict[str, str], command: list[str]) -> str:
        records = {"NamespaceId": self.namespace, "DnsRecords": [{"Type": "A", "TTL": 10}]}
        registry = self.names.create_service(Name=name, DnsConfig=records)["Service"]
        self.data.ecs.create_service(
            cluster="watched",
            serviceName=name,
            taskDefinition=self.define(name, image, port, environment, command),
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            serviceRegistries=[{"registryArn": registry["Arn"]}],
        )
        return str(registry["Id"])

    def call(self, body: str) -> list[str]:
        """Send a body to the collector from another container; return what that container wrote."""
        arn = self.data.ecs.run_task(
            cluster="watched",
            taskDefinition=self.define("caller", self.image, 8080, {}, ["python3", "-c", CALLER, body]),
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        )["tasks"][0]["taskArn"]
        self.data.ecs.get_waiter("tasks_stopped").wait(cluster="watched", tasks=[arn], WaiterConfig=WAIT)
        stream = f"caller/caller/{arn.rsplit('/', 1)[-1]}"
        events = self.logs.get_log_events(logGroupName="/watched", logStreamName=stream)["events"]
        return [str(event["message"]) for event in events]


@pytest.fixture(scope="module")
def watched(data: Data, image: str, collector: str) -> Iterator[Watched]:
    watched = Watched(data, image, collector)
    waiter = data.ecs.get_waiter("services_stable")
    waiter.wait(cluster="watched", services=["api", "collector"], WaiterConfig=WAIT)
    yield watched
    for name in ("api", "collector"):
        data.ecs.delete_service(cluster="watched", service=name, force=True)
    for identity in watched.services:
        watched.names.delete_service(Id=identity)
    watched.names.delete_namespace(Id=watched.namespace)


def test_metrics_of_a_service_come_to_the_log_group_that_cloudwatch_reads(watched: Watched) -> None:
    def documents() -> list[dict[str, Any]]:
        found = watched.logs.filter_log_events(logGroupName=GROUP)["events"]
        return [json.loads(event["message"]) for event in found]

    def requests() -> list[dict[str, Any]]:
        return [document for document in documents() if "route" in document]

    until(requests, "no metrics came")
    document = requests()[0]
    assert (document["service"], document["route"]) == ("api", "/x")
    assert {(each["service"], each["up"]) for each in documents() if "up" in each} >= {("api", 1)}
    assert document["http_request_duration_seconds"]["Count"] >= 1
    [told] = document["_aws"]["CloudWatchMetrics"]
    assert (told["Namespace"], told["Dimensions"]) == ("Slipway/Services", [["service"], ["service", "route"]])
    assert [metric["Name"] for metric in told["Metrics"]] == ["http_request_duration_seconds"]
    assert not [each for each in documents() if "nobody_asked_for_this" in each]


def test_a_trace_that_a_service_sends_comes_to_x_ray(watched: Watched) -> None:
    now = time.time_ns()
    span = {
        "traceId": TRACE,
        "spanId": "00f067aa0ba902b7",
        "name": "GET /x",
        "kind": 2,
        "startTimeUnixNano": str(now - 500_000_000),
        "endTimeUnixNano": str(now),
        "attributes": [{"key": "request.id", "value": {"stringValue": "told"}}],
    }
    service = {"key": "service.name", "value": {"stringValue": "api"}}
    sent = {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": [{"spans": [span]}]}]}
    assert watched.call(json.dumps(sent)) == ["200"]
    xray, identity = watched.data.client("xray"), f"1-{TRACE[:8]}-{TRACE[8:]}"
    until(lambda: xray.batch_get_traces(TraceIds=[identity])["Traces"], "the trace did not come")
    [trace] = xray.batch_get_traces(TraceIds=[identity])["Traces"]
    document = json.loads(trace["Segments"][0]["Document"])
    assert (document["name"], document["annotations"]) == ("api", {"request_id": "told"})
    end = datetime.now(UTC) + timedelta(minutes=1)
    listed = xray.get_trace_summaries(StartTime=end - timedelta(hours=1), EndTime=end)["TraceSummaries"]
    assert [summary["Id"] for summary in listed] == [identity]
