"""A service of containers on Fargate that takes work from a queue, and is scaled by what waits there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from infra.components.discovery import Registration
from infra.components.fargate_service import FargateService, FargateServiceArgs
from infra.components.migration import MigrationCommand
from infra.components.role import Role
from infra.components.scaling import Backlog
from infra.components.task import Task, TaskArgs
from infra.core.access import Client
from infra.core.policies import Statement
from infra.core.resources import Component
from interface.names import WORKER_TYPE

METRIC_NAMESPACE = "Slipway/Workers"
METRIC = "BacklogPerTask"
DIMENSION = "Service"


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where each task of a worker says how it is doing."""

    port: int
    """Where it serves /metrics."""
    registration: Registration
    """The name by which who reads them finds the tasks."""


@dataclass(frozen=True, kw_only=True)
class WorkerArgs:
    """What runs, and how many of it for how much work."""

    task: TaskArgs
    """It has no port but that of its metrics."""
    metrics: Metrics | None = None
    """Where its metrics are read, if anybody reads them."""
    migration: MigrationCommand | None = None
    """What brings the worker's database to what a new image needs, before the worker moves to it."""
    after: Sequence[pulumi.Resource] = ()
    """What is there before it moves: a service that migrates the same database."""
    backlog_per_task: int = 10
    """How much may wait for each task before there are more of them."""
    min_tasks: int = 1
    max_tasks: int = 4

    def __post_init__(self) -> None:
        """Refuse a worker that is there to be asked."""
        if self.task.port is not None:
            raise ValueError("a worker has no port but that of its metrics: a container service has one")


class Worker(Component):
    """A service that publishes the backlog by which it is scaled; only who reads its metrics can connect to it."""

    TYPE = WORKER_TYPE

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.metric_service = f"{pulumi.get_stack()}-{name}"
        self._metrics = args.metrics
        self._task = Task(name, self._with_metric(args.task), self.child())
        self.security_group_id = self._task.security_group_id
        service = FargateServiceArgs(
            task=self._task,
            work=Backlog(
                namespace=METRIC_NAMESPACE,
                metric=METRIC,
                dimension=(DIMENSION, self.metric_service),
                target=args.backlog_per_task,
            ),
            min_tasks=args.min_tasks,
            max_tasks=args.max_tasks,
            needed=args.after,
            migration=args.migration,
            registry_arn=args.metrics.registration.create() if args.metrics is not None else None,
        )
        self.service_name = FargateService(name, service, self.child()).service_name
        self.publish({"service_name": self.service_name, "log_group": self._task.log.physical_name})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client read the metrics of the worker's tasks."""
        if self._metrics is None:
            raise ValueError(f"{self.name} serves no metrics: give it WorkerArgs.metrics")
        return self._task.group.allow_from(client, self._metrics.port)

    def _with_metric(self, task: TaskArgs) -> TaskArgs:
        metric = {"METRIC_NAMESPACE": METRIC_NAMESPACE, "METRIC_SERVICE": self.metric_service}
        return replace(
            task,
            port=self._metrics.port if self._metrics is not None else None,
            environment={**task.environment, **metric},
            grants=(*task.grants, _grant_metric),
        )


def _grant_metric(role: Role) -> aws.iam.RolePolicy:
    return role.allow(
        "metric",
        Statement(
            sid="PublishBacklog",
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),  # AWS knows no other, but a condition
            condition={"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        ),
    )
