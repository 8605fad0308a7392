"""Who is told when something is wrong, and what an environment tells other stacks."""

from collections.abc import Mapping, Sequence

import pulumi

from infra.components.alarm import Alarm, AlarmArgs
from infra.components.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.foundation import Foundation, FoundationArgs
from infra.config import Settings
from infra.layers.workloads import System, Workloads
from interface import outputs, parameters

CPU_PERCENT = 85
MEMORY_PERCENT = 85
FAILED_ANSWERS = 5


def build(
    settings: Settings, workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions
) -> outputs.Foundation:
    """Publish the environment's foundation, and watch it where the stack file asks for alarms."""
    name = settings.stack.environment
    Foundation("foundation", FoundationArgs(environment=name, values=_facts(workloads)), opts)
    if settings.operations.alarms:
        _watch(settings, workloads, systems, opts)
    return {
        "account": settings.account,
        "region": settings.organisation.region,
        "domain": settings.domain,
        "parameters": parameters.foundation_prefix(name),
    }


def _facts(workloads: Workloads) -> dict[parameters.FoundationKey, pulumi.Input[str]]:
    network, balancer = workloads.network, workloads.edge.load_balancer
    return {
        "vpc-id": network.vpc_id,
        "private-subnet-ids": pulumi.Output.all(*network.private_subnet_ids).apply(",".join),
        "cluster-arn": workloads.cluster.arn,
        "cluster-name": workloads.cluster.physical_name,
        "load-balancer-arn": balancer.arn,
        "load-balancer-dns-name": balancer.dns_name,
        "load-balancer-security-group-id": balancer.security_group_id,
        "listener-arn": balancer.listener_arn,
        "zone-id": workloads.edge.zone.zone_id,
        "zone-name": workloads.edge.zone.domain,
        "key-arn": workloads.data.key.arn,
    }


def _watch(settings: Settings, workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions) -> None:
    topic = AlarmTopic("alarms", AlarmTopicArgs(key=workloads.data.key, account=settings.account), opts)
    period = settings.operations.alarm_period_seconds
    balancer = {"LoadBalancer": workloads.edge.load_balancer.arn_suffix}

    def alarm(
        name: str, what: str, metric: tuple[str, str], dimensions: Mapping[str, pulumi.Input[str]], above: float
    ) -> None:
        namespace, metric_name = metric
        percent = metric_name.endswith("Utilization")
        args = AlarmArgs(
            topic=topic,
            description=what,
            namespace=namespace,
            metric=metric_name,
            dimensions=dimensions,
            statistic="Average" if percent else "Maximum" if metric_name == "UnHealthyHostCount" else "Sum",
            above=above,
            period_seconds=period,
        )
        Alarm(name, args, opts)

    elb, ecs, dynamodb = "AWS/ApplicationELB", "AWS/ECS", "AWS/DynamoDB"
    no_target = "The load balancer itself answers 5xx: no healthy task, or time-outs"
    alarm("load-balancer-5xx", no_target, (elb, "HTTPCode_ELB_5XX_Count"), balancer, FAILED_ANSWERS)
    for system in systems:
        for service_name, service in sorted(system.services.items()):
            name = f"{system.name}-{service_name}"
            targets = {**balancer, "TargetGroup": service.target_group_suffix}
            tasks = {"ClusterName": workloads.cluster.physical_name, "ServiceName": service.service_name}
            alarm(f"{name}-5xx", f"{name} answers 5xx", (elb, "HTTPCode_Target_5XX_Count"), targets, FAILED_ANSWERS)
            alarm(
                f"{name}-unhealthy", f"Tasks of {name} fail their health check", (elb, "UnHealthyHostCount"), targets, 0
            )
            alarm(
                f"{name}-cpu", f"{name} is short of CPU at its most tasks", (ecs, "CPUUtilization"), tasks, CPU_PERCENT
            )
            alarm(f"{name}-memory", f"{name} is short of memory", (ecs, "MemoryUtilization"), tasks, MEMORY_PERCENT)
        for table_name, table in sorted(system.tables.items()):
            where = {"TableName": table.physical_name}
            alarm(
                f"{table_name}-throttled",
                f"Requests to {table_name} are refused",
                (dynamodb, "ThrottledRequests"),
                where,
                0,
            )
