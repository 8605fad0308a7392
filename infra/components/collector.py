"""An OpenTelemetry collector of an environment: metrics of its services to CloudWatch, their traces to X-Ray."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from infra.components.discovery import Discovery
from infra.components.fargate_service import FargateService, FargateServiceArgs
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.role import Role
from infra.components.task import Task, TaskArgs
from infra.core.access import Client
from infra.core.policies import Statement
from infra.core.resources import Component

OTLP_PORT = 4318
METRIC_NAMESPACE = "Slipway/Services"
REFRESH_SECONDS = 15
"""How often it asks for the addresses behind a name."""


@dataclass(frozen=True, kw_only=True)
class CollectorArgs:
    """What runs, and whose metrics it reads."""

    task: TaskArgs
    """Its port is `OTLP_PORT`."""
    discovery: Discovery
    """Where its own name is written down, and the names of those that it reads."""
    targets: Mapping[str, int]
    """Names in the discovery, and the port at which each one's tasks serve /metrics."""
    host: str = "collector"
    """The first label of its name."""

    def __post_init__(self) -> None:
        """Refuse a port at which no service would look for it."""
        if self.task.port != OTLP_PORT:
            raise ValueError(f"a collector takes traces at port {OTLP_PORT}, got {self.task.port}")


class Collector(Component):
    """One task without a load balancer: two would read every metric twice."""

    TYPE = "platform:operations:Collector"

    def __init__(self, name: str, args: CollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        domain = args.discovery.domain
        self.image = args.task.image
        self.endpoint = f"http://{args.host}.{domain}:{OTLP_PORT}"
        self._metrics = self._create_metrics(args.task)
        self._task = Task(name, self._with_settings(args), self.child())
        self.security_group_id = self._task.security_group_id
        service = FargateServiceArgs(
            task=self._task,
            work=None,
            min_tasks=1,
            max_tasks=1,
            registry_arn=args.discovery.register(args.host).arn,
        )
        self.service_name = FargateService(name, service, self.child()).service_name
        self.publish({"service_name": self.service_name, "log_group": self._task.log.physical_name})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client send its traces."""
        return self._task.group.allow_from(client, OTLP_PORT)

    def _create_metrics(self, task: TaskArgs) -> LogGroup:
        args = LogGroupArgs(key=task.key, retention_days=task.log_retention_days)
        return LogGroup(f"{self.name}-metrics", args, self.child())

    def _with_settings(self, args: CollectorArgs) -> TaskArgs:
        environment = {
            **args.task.environment,
            "AWS_REGION": args.task.region,
            "METRICS_LOG_GROUP": self._metrics.physical_name,
            "METRICS_NAMESPACE": METRIC_NAMESPACE,
            "SCRAPE_TARGETS": _targets(args.targets, args.discovery.domain),
        }
        grants = (*args.task.grants, self._metrics.grant_write, _grant_traces)
        return replace(args.task, environment=environment, grants=grants)


def _targets(ports: Mapping[str, int], domain: str) -> str:
    """Return Prometheus' dns_sd_configs of the names, as the collector's configuration takes them."""
    found = [
        {"names": [f"{name}.{domain}"], "type": "A", "port": port, "refresh_interval": f"{REFRESH_SECONDS}s"}
        for name, port in sorted(ports.items())
    ]
    return json.dumps(found)


def _grant_traces(role: Role) -> aws.iam.RolePolicy:
    return role.allow(
        "traces",
        Statement(
            sid="PutTraces",
            actions=("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
            resources=("*",),  # AWS knows no other
        ),
    )
