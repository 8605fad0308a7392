"""What a person sees of each system at one glance."""

from collections.abc import Sequence

import pulumi

from infra.components.dashboard import Dashboard, DashboardArgs, Graph, Series
from infra.components.http_api import STAGE
from infra.layers.workloads import System, Workloads

ELB, API, LAMBDA, ECS = "AWS/ApplicationELB", "AWS/ApiGateway", "AWS/Lambda", "AWS/ECS"


def build(workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions) -> None:
    """Draw a dashboard for each system of what it is made of."""
    settings = workloads.settings
    for system in systems:
        graphs = [*_services(system, workloads), *_apis(system), *_functions(system), *_data(system)]
        args = DashboardArgs(
            graphs=graphs,
            region=settings.organisation.region,
            period_seconds=settings.operations.alarm_period_seconds,
        )
        Dashboard(system.name, args, opts)


def _services(system: System, workloads: Workloads) -> list[Graph]:
    if not system.services:
        return []
    balancer = workloads.base.edge.load_balancer.arn_suffix
    targets = {
        name: {"LoadBalancer": balancer, "TargetGroup": service.target_group_suffix}
        for name, service in sorted(system.services.items())
    }
    tasks = {
        name: {"ClusterName": workloads.cluster.physical_name, "ServiceName": service.service_name}
        for name, service in sorted({**system.services, **system.workers}.items())
    }

    def of(metric: str, statistic: str) -> tuple[Series, ...]:
        return tuple(
            Series(label=x, namespace=ELB, metric=metric, dimensions=targets[x], statistic=statistic) for x in targets
        )

    cpu = tuple(
        Series(label=x, namespace=ECS, metric="CPUUtilization", dimensions=tasks[x], statistic="Average") for x in tasks
    )
    return [
        Graph(title="Requests", series=of("RequestCount", "Sum")),
        Graph(title="Seconds to answer, p99", series=of("TargetResponseTime", "p99")),
        Graph(title="Answers 5xx", series=of("HTTPCode_Target_5XX_Count", "Sum")),
        Graph(title="CPU, percent", series=cpu),
    ]


def _apis(system: System) -> list[Graph]:
    if not system.apis:
        return []
    where = {name: {"ApiId": api.api_id, "Stage": STAGE} for name, api in sorted(system.apis.items())}

    def of(metric: str, statistic: str) -> tuple[Series, ...]:
        return tuple(
            Series(label=f"{name} {metric}", namespace=API, metric=metric, dimensions=where[name], statistic=statistic)
            for name in where
        )

    return [
        Graph(title="API: requests", series=of("Count", "Sum")),
        Graph(title="API: milliseconds to answer, p99", series=of("Latency", "p99")),
        Graph(title="API: answers that are errors", series=(*of("4xx", "Sum"), *of("5xx", "Sum"))),
    ]


def _functions(system: System) -> list[Graph]:
    if not system.functions:
        return []
    where = {name: {"FunctionName": x.function_name} for name, x in sorted(system.functions.items())}

    def of(metric: str, statistic: str) -> tuple[Series, ...]:
        return tuple(
            Series(label=name, namespace=LAMBDA, metric=metric, dimensions=where[name], statistic=statistic)
            for name in where
        )

    return [
        Graph(title="Functions: calls", series=of("Invocations", "Sum")),
        Graph(title="Functions: milliseconds, p99", series=of("Duration", "p99")),
        Graph(title="Functions: errors", series=of("Errors", "Sum")),
    ]


def _data(system: System) -> list[Graph]:
    tables = tuple(
        Series(
            label=f"{name} {what}",
            namespace="AWS/DynamoDB",
            metric=f"Consumed{what}CapacityUnits",
            dimensions={"TableName": table.physical_name},
        )
        for name, table in sorted(system.tables.items())
        for what in ("Read", "Write")
    )
    queues = tuple(
        Series(
            label=name,
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.physical_name},
            statistic="Maximum",
        )
        for name, queue in sorted(system.queues.items())
    )
    found = (("Tables: capacity used", tables), ("Queues: messages that wait", queues))
    return [Graph(title=title, series=series) for title, series in found if series]
