"""A cloud with Docker, an image in its registry, and services of it behind a load balancer."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from localcloud import cloud
from localcloud.docker import DockerEngine

ACCOUNT = "222222222222"
TOOLING = "111111111111"
REPOSITORY = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend"
PORT = 8080
PATIENCE = 180.0


def until(ready: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return what `ready` gives as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ready()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} within {seconds:.0f} s")


class Stage:
    """Calls on one cloud, short enough to read a test by."""

    def __init__(self, engine: DockerEngine, running: cloud.Cloud, image: str) -> None:
        self.engine = engine
        self.cloud = running
        self.ecs, self.elb, self.logs, self.ssm = (self.client(each) for each in ("ecs", "elbv2", "logs", "ssm"))
        ec2 = self.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.ecs.create_cluster(clusterName="main")
        self.logs.create_log_group(logGroupName="/web")
        self.ssm.put_parameter(Name="/secret", Value="hunter2", Type="SecureString")
        self.digest = self.push(image)

    def client(self, service: str, account: str = ACCOUNT) -> Any:
        return cloud.client(service, account, self.cloud)

    def docker(self, *arguments: str, seconds: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        done = self.engine.run(*arguments, seconds=seconds)
        assert done.returncode == 0, done.stderr
        return done

    def push(self, image: str) -> str:
        """Push an image to ECR under a tag and forget it locally; return its digest."""
        ecr = self.client("ecr", TOOLING)
        ecr.create_repository(repositoryName="counter/backend", imageTagMutability="IMMUTABLE")
        address = cloud.registry_address(f"{REPOSITORY}:one", self.cloud.endpoint)
        self.docker("tag", image, address)
        self.docker("push", address)
        self.docker("rmi", address)
        return str(ecr.describe_images(repositoryName="counter/backend")["imageDetails"][0]["imageDigest"])

    def task_definition(self, family: str, environment: dict[str, str] | None = None, **container: Any) -> str:
        log = {"awslogs-group": "/web", "awslogs-stream-prefix": family, "awslogs-region": self.cloud.region}
        definition = {
            "name": "web",
            "image": f"{REPOSITORY}@{self.digest}",
            "portMappings": [{"containerPort": PORT}],
            "environment": [{"name": key, "value": value} for key, value in (environment or {}).items()],
            "logConfiguration": {"logDriver": "awslogs", "options": log},
            **container,
        }
        registered = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            volumes=[{"name": "scratch"}],
            containerDefinitions=[definition],
        )
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def service(self, count: int = 1, environment: dict[str, str] | None = None, **container: Any) -> "Service":
        """Create a service in a target group of its own."""
        name = f"web{uuid4().hex[:8]}"
        group = self.elb.create_target_group(
            Name=name, Protocol="HTTP", Port=PORT, VpcId=self.vpc, TargetType="ip", HealthCheckPath="/healthz"
        )["TargetGroups"][0]["TargetGroupArn"]
        self.ecs.create_service(
            cluster="main",
            serviceName=name,
            taskDefinition=self.task_definition(name, environment, **container),
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [self.subnet]}},
            loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": PORT}],
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        )
        return Service(self, name, group)


class Service:
    """A service and its targets."""

    def __init__(self, stage: Stage, name: str, group: str) -> None:
        self.stage = stage
        self.name = name
        self.group = group

    def describe(self) -> dict[str, Any]:
        [found] = self.stage.ecs.describe_services(cluster="main", services=[self.name])["services"]
        return dict(found)

    def is_steady(self) -> bool:
        found = self.describe()
        states = [each["rolloutState"] for each in found["deployments"]]
        return states == ["COMPLETED"] and found["runningCount"] == found["desiredCount"]

    def steady(self) -> None:
        until(self.is_steady, f"{self.name} was not steady: {self.describe()['events']}")

    def update(self, **changes: Any) -> None:
        self.stage.ecs.update_service(cluster="main", service=self.name, **changes)

    def targets(self, state: str) -> list[str]:
        found = self.stage.elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return [each["Target"]["Id"] for each in found if each["TargetHealth"]["State"] == state]

    def containers(self) -> list[str]:
        """Return the ids of the service's containers, running or not."""
        label = f"label=com.amazonaws.ecs.task-definition-family={self.name}"
        return self.stage.docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label).stdout.split()

    def messages(self) -> list[str]:
        return [str(event["message"]) for event in self.describe()["events"]]

    def delete(self) -> None:
        self.stage.ecs.delete_service(cluster="main", service=self.name, force=True)


def get(address: str) -> dict[str, Any]:
    """Return what the container at an address says of itself."""
    with urllib.request.urlopen(f"http://{address}:{PORT}/", timeout=60) as answer:
        return dict(json.load(answer))
