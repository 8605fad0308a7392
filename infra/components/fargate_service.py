"""An ECS service on Fargate: migrated before it is rolled, rolled by ECS itself, rolled back when it fails, scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.migration import Migration, MigrationArgs, MigrationCommand
from infra.components.scaling import Scaling, ScalingArgs, Work
from infra.components.task import Task
from infra.core.resources import Component

HEALTH_GRACE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class FargateServiceArgs:
    """Which task, how many of it for how much work, and what stands before the first one starts."""

    task: Task
    work: Work | None
    """What it is scaled by, next to its processors."""
    min_tasks: int
    max_tasks: int
    needed: Sequence[pulumi.Resource] = ()
    """What the tasks need besides their own permissions; it outlives them on the way down."""
    migration: MigrationCommand | None = None
    target_group_arn: pulumi.Input[str] | None = None
    """Who sends requests to the tasks' port."""
    registry_arn: pulumi.Input[str] | None = None
    """Where the tasks' addresses are written down."""


class FargateService(Component):
    """The service of a task, spread over the zones; a deploy waits until all of it runs, or has been rolled back."""

    TYPE = "platform:workloads:FargateService"

    def __init__(self, name: str, args: FargateServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        needed = [*args.needed, *args.task.needed, args.task.args.cluster.capacity]
        if args.migration is not None:
            migration = MigrationArgs(task=args.task, run=args.migration)
            needed.append(Migration(f"{name}-migration", migration, self.child()).done)
        self._service = self._create_service(args, needed)
        self.service_name = self._service.name
        scaling = ScalingArgs(
            cluster_name=args.task.args.cluster.physical_name,
            service_name=self.service_name,
            work=args.work,
            min_tasks=args.min_tasks,
            max_tasks=args.max_tasks,
        )
        Scaling(name, scaling, self.child())
        self.publish({"service_name": self.service_name})

    def _create_service(self, args: FargateServiceArgs, needed: list[pulumi.Resource]) -> aws.ecs.Service:
        cluster = args.task.args.cluster
        return aws.ecs.Service(
            self.name,
            cluster=cluster.arn,
            task_definition=args.task.arn,
            desired_count=args.min_tasks,
            capacity_provider_strategies=[{"capacity_provider": cluster.capacity_provider, "weight": 1}],
            deployment_configuration={"strategy": "ROLLING"},
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            network_configuration=args.task.network_configuration(),
            health_check_grace_period_seconds=HEALTH_GRACE_SECONDS if args.target_group_arn is not None else None,
            load_balancers=_load_balancers(args),
            service_registries={"registry_arn": args.registry_arn} if args.registry_arn is not None else None,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=needed,
                ignore_changes=["desiredCount"],  # scaling owns it from then on
            ),
        )


def _load_balancers(args: FargateServiceArgs) -> list[dict[str, Any]] | None:
    if args.target_group_arn is None:
        return None
    return [
        {
            "target_group_arn": args.target_group_arn,
            "container_name": args.task.name,
            "container_port": args.task.args.port,
        }
    ]
