"""What somebody is told of: one alarm for each way in which a part of an environment can be in trouble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pulumi

from infra.components.alarm import Alarm, AlarmArgs
from infra.components.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.http_api import STAGE
from infra.components.trouble import Trouble, TroubleArgs
from infra.components.worker import DIMENSION, METRIC, METRIC_NAMESPACE
from infra.layers import canary
from infra.layers.workloads import System, Workloads

PERIODS = 5
"""On end that a metric must be wrong."""
CPU_PERCENT = 85
MEMORY_PERCENT = 85
FAILED_ANSWERS = 5
FREE_STORAGE_BYTES = 4 * 2**30
FREE_MEMORY_BYTES = 64 * 2**20
SLOW_MS = 2000
VISITS = 3
"""On end that must have failed: a single one may have been the visitor's fault."""
WAITING_SECONDS = 300
WAITING_PER_TASK = 1000
BOUNCED_SHARE = 0.05  # SES puts an account under review here, and for complaints below
COMPLAINED_SHARE = 0.001

Dimensions = Mapping[str, pulumi.Input[str]]


class Metric(NamedTuple):
    """A metric of CloudWatch, and what of it is looked at."""

    namespace: str
    name: str
    statistic: Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]


@dataclass(frozen=True)
class Bell:
    """Rings at the environment's topic."""

    topic: AlarmTopic
    period_seconds: int
    opts: pulumi.ResourceOptions

    def when(
        self,
        name: str,
        what: str,
        metric: Metric,
        dimensions: Dimensions,
        *,
        above: float | None = None,
        below: float | None = None,
        silence: Literal["good", "bad"] = "good",
        period_seconds: int | None = None,
        periods: int = PERIODS,
    ) -> Alarm:
        """Ring when a metric is beyond a limit for a while."""
        args = AlarmArgs(
            topic=self.topic,
            description=what,
            namespace=metric.namespace,
            metric=metric.name,
            dimensions=dimensions,
            statistic=metric.statistic,
            above=above,
            below=below,
            silence=silence,
            period_seconds=period_seconds or self.period_seconds,
            periods=periods,
        )
        return Alarm(name, args, self.opts)


def build(workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions) -> AlarmTopic:
    """Watch the whole environment; return the topic at which somebody is told."""
    settings = workloads.settings
    args = AlarmTopicArgs(key=workloads.base.data.key, account=settings.account)
    bell = Bell(AlarmTopic("alarms", args, opts), settings.operations.alarm_period_seconds, opts)
    balancer = {"LoadBalancer": workloads.base.edge.load_balancer.arn_suffix}
    bell.when(
        "load-balancer-5xx",
        "The load balancer itself answers 5xx: no healthy task, or time-outs",
        Metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum"),
        balancer,
        above=FAILED_ANSWERS,
    )
    _watch_stores(bell, workloads)
    for system in systems:
        noticed = [
            *_watch_services(bell, system, balancer, workloads),
            *_watch_apis(bell, system),
            _watch_visits(bell, system, settings.operations.canary_minutes),
        ]
        _watch_workers(bell, system, workloads)
        _watch_data(bell, system)
        _watch_functions(bell, system)
        what = f"Visitors of {system.name} are in trouble"
        Trouble(f"{system.name}-trouble", TroubleArgs(topic=bell.topic, description=what, alarms=noticed), opts)
    return bell.topic


def _watch_services(bell: Bell, system: System, balancer: Dimensions, workloads: Workloads) -> list[Alarm]:
    """Watch the services behind the load balancer; return the alarms that visitors notice."""
    elb, noticed = "AWS/ApplicationELB", []
    for service_name, service in sorted(system.services.items()):
        name = f"{system.name}-{service_name}"
        targets = {**balancer, "TargetGroup": service.target_group_suffix}
        failed = Metric(elb, "HTTPCode_Target_5XX_Count", "Sum")
        noticed.append(bell.when(f"{name}-5xx", f"{name} answers 5xx", failed, targets, above=FAILED_ANSWERS))
        unhealthy = Metric(elb, "UnHealthyHostCount", "Maximum")
        bell.when(f"{name}-unhealthy", f"Tasks of {name} fail their health check", unhealthy, targets, above=0)
        _watch_tasks(bell, name, service.service_name, workloads)
    return noticed


def _watch_workers(bell: Bell, system: System, workloads: Workloads) -> None:
    for worker_name, worker in sorted(system.workers.items()):
        name = f"{system.name}-{worker_name}"
        _watch_tasks(bell, name, worker.service_name, workloads)
        where = {DIMENSION: worker.metric_service}
        waiting = Metric(METRIC_NAMESPACE, METRIC, "Average")
        bell.when(f"{name}-backlog", f"Work waits for {name}", waiting, where, above=WAITING_PER_TASK)
        # Scaling cannot follow a metric that does not come, and says nothing about it.
        said = Metric(METRIC_NAMESPACE, METRIC, "SampleCount")
        bell.when(f"{name}-silent", f"{name} does not say how much waits", said, where, below=1, silence="bad")


def _watch_tasks(bell: Bell, name: str, service_name: pulumi.Input[str], workloads: Workloads) -> None:
    tasks = {"ClusterName": workloads.cluster.physical_name, "ServiceName": service_name}
    cpu, memory = Metric("AWS/ECS", "CPUUtilization", "Average"), Metric("AWS/ECS", "MemoryUtilization", "Average")
    bell.when(f"{name}-cpu", f"{name} is short of CPU at its most tasks", cpu, tasks, above=CPU_PERCENT)
    bell.when(f"{name}-memory", f"{name} is short of memory", memory, tasks, above=MEMORY_PERCENT)


def _watch_data(bell: Bell, system: System) -> None:
    for name, table in sorted(system.tables.items()):
        refused = Metric("AWS/DynamoDB", "ThrottledRequests", "Sum")
        where = {"TableName": table.physical_name}
        bell.when(f"{name}-throttled", f"Requests to {name} are refused", refused, where, above=0)
    for name, queue in sorted(system.queues.items()):
        count = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum")
        dead = {"QueueName": queue.dead_letter_name}
        bell.when(
            f"{name}-dead", f"Messages of {name} were given up: look at its dead-letter queue", count, dead, above=0
        )
        age = Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum")
        queued = {"QueueName": queue.physical_name}
        bell.when(f"{name}-waiting", f"A message of {name} waits for minutes", age, queued, above=WAITING_SECONDS)


def _watch_apis(bell: Bell, system: System) -> list[Alarm]:
    """Watch the APIs of a system; return the alarms that visitors notice."""
    noticed = []
    for name, api in sorted(system.apis.items()):
        title, where = f"{system.name}-{name}", {"ApiId": api.api_id, "Stage": STAGE}
        failed, slow = Metric("AWS/ApiGateway", "5xx", "Sum"), Metric("AWS/ApiGateway", "Latency", "Average")
        what = f"The API of {system.name}"
        noticed.append(bell.when(f"{title}-5xx", f"{what} answers 5xx", failed, where, above=FAILED_ANSWERS))
        noticed.append(bell.when(f"{title}-slow", f"{what} is slow", slow, where, above=SLOW_MS))
    return noticed


def _watch_visits(bell: Bell, system: System, minutes: int) -> Alarm:
    """Watch what the canary says of a system, also when it says nothing; it comes every so many minutes."""
    said = Metric(canary.NAMESPACE, canary.METRIC, "Minimum")
    return bell.when(
        f"{system.name}-visit",
        f"{system.name} does not answer a visitor: {system.health_address}",
        said,
        {canary.DIMENSION: system.name},
        below=1,
        silence="bad",
        period_seconds=minutes * 60,
        periods=VISITS,
    )


def _watch_functions(bell: Bell, system: System) -> None:
    for function_name, function in sorted(system.functions.items()):
        name, where = f"{system.name}-{function_name}", {"FunctionName": function.function_name}
        errors, refused = Metric("AWS/Lambda", "Errors", "Sum"), Metric("AWS/Lambda", "Throttles", "Sum")
        bell.when(f"{name}-errors", f"{name} fails", errors, where, above=0)
        bell.when(f"{name}-throttled", f"Calls of {name} are refused: too many at once", refused, where, above=0)


def _watch_stores(bell: Bell, workloads: Workloads) -> None:
    stores, rds = workloads.stores, "AWS/RDS"
    server = {"DBInstanceIdentifier": stores.database.identifier}
    bell.when(
        "database-cpu",
        "The database is short of CPU",
        Metric(rds, "CPUUtilization", "Average"),
        server,
        above=CPU_PERCENT,
    )
    bell.when(
        "database-storage",
        "The database's disk is nearly full",
        Metric(rds, "FreeStorageSpace", "Minimum"),
        server,
        below=FREE_STORAGE_BYTES,
    )
    bell.when(
        "database-memory",
        "The database is short of memory",
        Metric(rds, "FreeableMemory", "Minimum"),
        server,
        below=FREE_MEMORY_BYTES,
    )
    for cache in (stores.cache, stores.queue):
        for node, node_id in cache.nodes.items():
            name, where = f"{cache.name}-{node}", {"CacheClusterId": node_id}
            full = Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "Maximum")
            busy = Metric("AWS/ElastiCache", "EngineCPUUtilization", "Average")
            bell.when(f"{name}-cpu", f"{name} is short of CPU", busy, where, above=CPU_PERCENT)
            if cache is stores.queue:  # a cache is meant to be full
                bell.when(f"{name}-memory", f"{name} will refuse jobs soon", full, where, above=MEMORY_PERCENT)
    errors = {"FunctionName": stores.steps.function_name}
    bell.when(
        "deploy-steps-errors", "A step of a deploy failed", Metric("AWS/Lambda", "Errors", "Sum"), errors, above=0
    )
    for what, metric, share in (
        ("bounced", "Reputation.BounceRate", BOUNCED_SHARE),
        ("complained", "Reputation.ComplaintRate", COMPLAINED_SHARE),
    ):
        bell.when(f"mail-{what}", f"Too much mail is {what} of", Metric("AWS/SES", metric, "Average"), {}, above=share)
