"""A service of containers on Fargate behind a load balancer: rolled by ECS itself, and rolled back when it fails."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.discovery import Registration
from infra.components.fargate_service import FargateService, FargateServiceArgs
from infra.components.load_balancer import LoadBalancer
from infra.components.migration import MigrationCommand
from infra.components.scaling import Requests
from infra.components.task import Task, TaskArgs
from infra.core.access import Client
from infra.core.resources import Component
from interface.names import CONTAINER_SERVICE_TYPE

DEREGISTRATION_DELAY_SECONDS = 20  # over before the container is killed: nobody is sent to a task that is gone


@dataclass(frozen=True, kw_only=True)
class Route:
    """What of a host's traffic a service gets by one rule."""

    name: str
    """One of the load balancer's routes."""
    host: str
    paths: tuple[str, ...]
    """Patterns as the load balancer reads them: `/api/*`, or `/*` for the rest."""
    source: str | None = None
    """The range of addresses that are let in; everybody if there is none."""

    def __post_init__(self) -> None:
        """Refuse what a rule cannot hold: five values in all, one of them the host, and one the source."""
        most = 4 if self.source is None else 3
        if not 1 <= len(self.paths) <= most or not all(path.startswith("/") for path in self.paths):
            raise ValueError(f"a route has 1 to {most} paths, each beginning with a slash, got {self.paths}")


@dataclass(frozen=True, kw_only=True)
class ContainerServiceArgs:
    """What runs, how many of it, and who finds it how."""

    task: TaskArgs
    """It has a port."""
    load_balancer: LoadBalancer
    routes: tuple[Route, ...]
    migration: MigrationCommand | None = None
    """What brings the service's database to what a new image needs, before the service moves to it."""
    registration: Registration | None = None
    """The name by which other services find this one."""
    min_tasks: int = 2
    max_tasks: int = 4
    health_path: str = "/healthz"

    def __post_init__(self) -> None:
        """Refuse a service that nobody could reach."""
        if self.task.port is None or not self.routes:
            raise ValueError("a container service has a port and at least one route")


class ContainerService(Component):
    """A service whose tasks are reached through the load balancer and by whom `allow_from` names."""

    TYPE = CONTAINER_SERVICE_TYPE

    def __init__(self, name: str, args: ContainerServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._task = Task(name, args.task, self.child())
        self.port = args.task.port or 0
        self.security_group_id = self._task.security_group_id
        self._task.group.allow_in("load-balancer", args.load_balancer.security_group_id, self.port)
        self._targets = self._create_target_group(args)
        reach = args.load_balancer.reach(name, security_group_id=self.security_group_id, port=self.port)
        service = FargateServiceArgs(
            task=self._task,
            work=Requests(
                load_balancer_suffix=args.load_balancer.arn_suffix, target_group_suffix=self._targets.arn_suffix
            ),
            min_tasks=args.min_tasks,
            max_tasks=args.max_tasks,
            needed=[*self._route(args), reach],
            migration=args.migration,
            target_group_arn=self._targets.arn,
            registry_arn=args.registration.create() if args.registration is not None else None,
        )
        self.service_name = FargateService(name, service, self.child()).service_name
        self.target_group_suffix = self._targets.arn_suffix
        self.publish({"service_name": self.service_name, "log_group": self._task.log.physical_name})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client open connections to the service's tasks, past the load balancer."""
        return self._task.group.allow_from(client, self.port)

    def _route(self, args: ContainerServiceArgs) -> list[pulumi.Resource]:
        return [
            args.load_balancer.forward(
                route.name,
                host=route.host,
                paths=route.paths,
                source=route.source,
                target_group_arn=self._targets.arn,
            )
            for route in args.routes
        ]

    def _create_target_group(self, args: ContainerServiceArgs) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            self.name,
            vpc_id=args.task.network.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=self.port,
            deregistration_delay=DEREGISTRATION_DELAY_SECONDS,
            health_check={
                "path": args.health_path,
                "protocol": "HTTP",
                "matcher": "200",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=self.child(),
        )
