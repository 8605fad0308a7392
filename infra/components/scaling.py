"""Application Auto Scaling of an ECS service: as many tasks as its processors and its requests need."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

CPU_PERCENT = 60
REQUESTS_PER_TASK_AND_MINUTE = 1000
GROW_AGAIN_SECONDS = 60
SHRINK_AGAIN_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """Which service, which load balancer counts its requests, and between which numbers it moves."""

    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    load_balancer_suffix: pulumi.Input[str]
    target_group_suffix: pulumi.Input[str]
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
        self._follow("cpu", CPU_PERCENT, {"predefined_metric_type": "ECSServiceAverageCPUUtilization"})
        label = pulumi.Output.concat(args.load_balancer_suffix, "/", args.target_group_suffix)
        self._follow(
            "requests",
            REQUESTS_PER_TASK_AND_MINUTE,
            {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label},
        )
        self.publish({})

    def _follow(self, what: str, target: float, metric: dict[str, pulumi.Input[str]]) -> None:
        aws.appautoscaling.Policy(
            f"{self.name}-{what}",
            policy_type="TargetTrackingScaling",
            service_namespace=self._target.service_namespace,
            scalable_dimension=self._target.scalable_dimension,
            resource_id=self._target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": metric,
                "target_value": target,
                "scale_out_cooldown": GROW_AGAIN_SECONDS,
                "scale_in_cooldown": SHRINK_AGAIN_SECONDS,
            },
            opts=self.child(),
        )
