"""What a person sees of each system at one glance."""

from collections.abc import Mapping, Sequence

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
    return [
        Graph(title="Requests", series=_lines(ELB, targets, "RequestCount", "Sum")),
        Graph(title="Seconds to answer, p99", series=_lines(ELB, targets, "TargetResponseTime", "p99")),
        Graph(title="Answers 5xx", series=_lines(ELB, targets, "HTTPCode_Target_5XX_Count", "Sum")),
        Graph(title="CPU, percent", series=_lines(ECS, tasks, "CPUUtilization", "Average")),
    ]


def _apis(system: System) -> list[Graph]:
    if not system.apis:
        return []
    where = {name: {"ApiId": api.api_id, "Stage": STAGE} for name, api in sorted(system.apis.items())}

    def of(metric: str, statistic: str) -> tuple[Series, ...]:
        return _lines(API, {f"{name} {metric}": dimensions for name, dimensions in where.items()}, metric, statistic)

    return [
        Graph(title="API: requests", series=of("Count", "Sum")),
        Graph(title="API: milliseconds to answer, p99", series=of("Latency", "p99")),
        Graph(title="API: answers that are errors", series=(*of("4xx", "Sum"), *of("5xx", "Sum"))),
    ]


def _functions(system: System) -> list[Graph]:
    if not system.functions:
        return []
    where = {name: {"FunctionName": x.function_name} for name, x in sorted(system.functions.items())}
    return [
        Graph(title="Functions: calls", series=_lines(LAMBDA, where, "Invocations", "Sum")),
        Graph(title="Functions: milliseconds, p99", series=_lines(LAMBDA, where, "Duration", "p99")),
        Graph(title="Functions: errors", series=_lines(LAMBDA, where, "Errors", "Sum")),
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
    waiting = {name: {"QueueName": queue.physical_name} for name, queue in sorted(system.queues.items())}
    queues = _lines("AWS/SQS", waiting, "ApproximateNumberOfMessagesVisible", "Maximum")
    found = (("Tables: capacity used", tables), ("Queues: messages that wait", queues))
    return [Graph(title=title, series=series) for title, series in found if series]


def _lines(
    namespace: str, where: Mapping[str, Mapping[str, pulumi.Input[str]]], metric: str, statistic: str
) -> tuple[Series, ...]:
    """Return one metric of several things, by the label and the dimensions of each."""
    return tuple(
        Series(label=label, namespace=namespace, metric=metric, dimensions=dimensions, statistic=statistic)
        for label, dimensions in where.items()
    )
