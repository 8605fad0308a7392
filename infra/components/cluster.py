"""An ECS cluster without machines: Fargate, and its spare capacity where that is wanted."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What tasks run on, and how closely they are watched."""

    spot: bool = False
    """Cheaper, but a task may be moved at two minutes' notice."""
    container_insights: bool = True
    """Metrics of every task; they cost by the metric."""


class Cluster(Component):
    """A Fargate cluster whose services take the capacity that the cluster says."""

    TYPE = "platform:workloads:Cluster"

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.capacity_provider = "FARGATE_SPOT" if args.spot else "FARGATE"
        insights = "enabled" if args.container_insights else "disabled"
        self._cluster = aws.ecs.Cluster(
            name, settings=[{"name": "containerInsights", "value": insights}], opts=self.child()
        )
        self.capacity = aws.ecs.ClusterCapacityProviders(
            f"{name}-capacity",
            cluster_name=self._cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[{"capacity_provider": self.capacity_provider, "weight": 1}],
            opts=self.child(),
        )
        self.arn = self._cluster.arn
        self.physical_name = self._cluster.name
        self.publish({"arn": self.arn, "physical_name": self.physical_name})
