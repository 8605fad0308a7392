"""Application Auto Scaling of an ECS service: as many tasks as its processors and its work need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

CPU_PERCENT = 60
REQUESTS_PER_TASK_AND_MINUTE = 1000
GROW_AGAIN_SECONDS = 60
SHRINK_AGAIN_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Work that a load balancer counts: requests a task and minute."""

    load_balancer_suffix: pulumi.Input[str]
    target_group_suffix: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Work that the service itself counts and publishes: what waits, a task."""

    namespace: str
    metric: str
    dimension: tuple[str, str]
    """Name and value."""
    target: float
    """How much may wait for each task."""


Work = Requests | Backlog
"""What counts the work of a service."""


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """Which service, what counts its work, and between which numbers it moves."""

    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    work: Work | None
    min_tasks: int
    max_tasks: int

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if not 1 <= self.min_tasks <= self.max_tasks:
            raise ValueError(f"min_tasks must be 1 to max_tasks, got {self.min_tasks} and {self.max_tasks}")


class Scaling(Component):
    """Two targets, of which the one that asks for more tasks wins."""

    TYPE = "platform:workloads:Scaling"

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._target = aws.appautoscaling.Target(
            name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.concat("service/", args.cluster_name, "/", args.service_name),
            min_capacity=args.min_tasks,
            max_capacity=args.max_tasks,
            opts=self.child(),
        )
        cpu = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
        self._follow("cpu", CPU_PERCENT, {"predefined_metric_specification": cpu})
        if isinstance(args.work, Requests):
            self._follow("requests", REQUESTS_PER_TASK_AND_MINUTE, _requests(args.work))
        elif args.work is not None:
            self._follow("backlog", args.work.target, _backlog(args.work))
        self.publish({})

    def _follow(self, what: str, target: float, metric: Mapping[str, Any]) -> None:
        aws.appautoscaling.Policy(
            f"{self.name}-{what}",
            policy_type="TargetTrackingScaling",
            service_namespace=self._target.service_namespace,
            scalable_dimension=self._target.scalable_dimension,
            resource_id=self._target.resource_id,
            target_tracking_scaling_policy_configuration={
                **metric,
                "target_value": target,
                "scale_out_cooldown": GROW_AGAIN_SECONDS,
                "scale_in_cooldown": SHRINK_AGAIN_SECONDS,
            },
            opts=self.child(),
        )


def _requests(work: Requests) -> Mapping[str, Any]:
    label = pulumi.Output.concat(work.load_balancer_suffix, "/", work.target_group_suffix)
    return {
        "predefined_metric_specification": {
            "predefined_metric_type": "ALBRequestCountPerTarget",
            "resource_label": label,
        }
    }


def _backlog(work: Backlog) -> Mapping[str, Any]:
    name, value = work.dimension
    return {
        "customized_metric_specification": {
            "namespace": work.namespace,
            "metric_name": work.metric,
            "dimensions": [{"name": name, "value": value}],
            "statistic": "Average",
        }
    }
