"""What the systems of an environment are made on: one cluster, the registry, names to find each other, the stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pulumi

from infra.components.cluster import Cluster, ClusterArgs
from infra.components.collector import OTLP_PORT, Collector, CollectorArgs
from infra.components.container_service import ContainerService, ContainerServiceArgs, Route
from infra.components.discovery import Discovery, DiscoveryArgs, Registration
from infra.components.function import Function
from infra.components.http_api import HttpApi
from infra.components.migration import MigrationCommand
from infra.components.queue import Queue, QueueArgs
from infra.components.role import Grant
from infra.components.service_image import ServiceImage, ServiceImageArgs
from infra.components.signing_key import SigningKey, SigningKeyArgs
from infra.components.static_site import StaticSite
from infra.components.table import Index, Table, TableArgs
from infra.components.task import TaskArgs
from infra.components.user_pool import UserPool
from infra.components.worker import Metrics, Worker, WorkerArgs
from infra.config import Settings
from infra.core.access import Opening
from infra.core.contents import REPOSITORY
from infra.layers.base import Base
from infra.layers.serverless import Serverless
from infra.layers.stores import Stores
from interface import names, outputs

COLLECTOR_CPU, COLLECTOR_MEMORY = 256, 512


@dataclass(frozen=True, kw_only=True)
class System:
    """One application as it was built: where it answers, and what it is made of."""

    name: str
    host: str
    services: Mapping[str, ContainerService] = field(default_factory=dict)
    images: Mapping[str, ServiceImage] = field(default_factory=dict)
    workers: Mapping[str, Worker] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    apis: Mapping[str, HttpApi] = field(default_factory=dict)
    sites: Mapping[str, StaticSite] = field(default_factory=dict)
    pool: UserPool | None = None
    health: str | None = None
    """What a visitor asks to know whether it is well; its page if there is nothing better."""
    mail_from: str | None = None

    @property
    def health_address(self) -> str:
        """Where the system says, with 200, that it is well."""
        return self.health or f"https://{self.host}/"

    def output(self) -> outputs.System:
        """Return the system as the stack's outputs show it; digests, ids and some addresses are outputs still."""
        page = self.sites["web"].url if "web" in self.sites else f"https://{self.host}"
        found: dict[str, Any] = {"url": page, "images": self._artifacts()}
        if self.functions and self.apis:
            found["api"] = next(iter(self.apis.values())).url
        if self.pool is not None:
            found |= {"userPoolId": self.pool.physical_id, "userPoolClientId": self.pool.client_id}
        if self.mail_from is not None:
            found["mailFrom"] = self.mail_from
        return cast("outputs.System", found)

    def _artifacts(self) -> dict[str, Any]:
        """Return what it runs, by the last half of `system/service`: images, zips, sites."""
        images = {name: {"digest": image.digest, "address": image.address} for name, image in self.images.items()}
        zips = {function.service: function.artifact for function in self.functions.values()}
        sites = {name: site.artifact for name, site in self.sites.items()}
        return dict(sorted({**images, **zips, **sites}.items()))


@dataclass(frozen=True)
class Workloads:
    """What a system asks for what it needs; the stack file decides how much of it there is."""

    base: Base
    cluster: Cluster
    discovery: Discovery
    tasks_allowed: pulumi.Resource
    """What lets the deploy steps run tasks: migrations."""
    collector: Collector | None = None
    """Where traces go, and who reads metrics; none in an environment of which nothing is to be read."""

    @property
    def settings(self) -> Settings:
        """The stack file."""
        return self.base.settings

    @property
    def stores(self) -> Stores:
        """Where a system gets a database, a user of the cache or the queue, and a way to send mail."""
        return self.base.stores

    @property
    def serverless(self) -> Serverless:
        """Where a system gets functions, APIs, sites and people of its own."""
        return Serverless(self.base)

    def host(self, system: str) -> str:
        """Return the whole host name of a system, and point it at the load balancer."""
        host = self.base.host(system)
        balancer = self.base.edge.load_balancer
        self.base.edge.zone.alias(host, dns_name=balancer.dns_name, zone_id=balancer.zone_id)
        return host

    def table(
        self,
        name: str,
        *,
        hash_key: str,
        range_key: str | None = None,
        indexes: tuple[Index, ...] = (),
        expiry: str | None = None,
        backed_up: bool = False,
    ) -> Table:
        """Create a table of a system."""
        args = TableArgs(
            hash_key=hash_key,
            range_key=range_key,
            indexes=indexes,
            expiry=expiry,
            backed_up=backed_up,
            key=self.base.data.key,
            recovery_days=self.settings.data.recovery_days,
            deletion_protection=self.settings.deletion_protection,
        )
        return Table(name, args, self.base.opts)

    def queue(self, name: str) -> Queue:
        """Create a queue of a system, with its dead-letter queue."""
        args = QueueArgs(
            key=self.base.data.key,
            account=self.settings.account,
            deletion_protection=self.settings.deletion_protection,
        )
        return Queue(name, args, self.base.opts)

    def signing_key(self, name: str) -> SigningKey:
        """Have a key made that a system signs with."""
        args = SigningKeyArgs(
            steps=self.stores.steps,
            key=self.base.data.key,
            recovery_days=self.settings.recovery_days,
            deletion_protection=self.settings.deletion_protection,
        )
        return SigningKey(name, args, self.base.opts)

    def image(self, service: str) -> ServiceImage:
        """Build the image of `system/service`, or take the release that the stack file pins."""
        organisation, pin = self.settings.organisation, self.settings.artifacts.pin(service)
        args = ServiceImageArgs(
            repository_url=names.repository_url(self.settings.tooling_account, organisation.region, service),
            source=REPOSITORY / names.service_folder(service) if isinstance(pin, str) else pin,
            architecture=self.settings.workloads.architecture,
            login=self.base.images.login,
        )
        return ServiceImage(service.replace("/", "-"), args, self.base.images.options(args.source))

    def migration(self, *command: str) -> MigrationCommand:
        """Return the command that an image migrates its database with."""
        return MigrationCommand(command=command, steps=self.stores.steps, allowed=self.tasks_allowed)

    def service(
        self,
        service: str,
        *,
        image: ServiceImage,
        port: int,
        host: str,
        routes: Mapping[str, tuple[str, ...]],
        environment: Mapping[str, pulumi.Input[str]],
        grants: Sequence[Grant] = (),
        openings: Sequence[Opening] = (),
        migration: MigrationCommand | None = None,
        found_as: str | None = None,
        observed: bool = False,
        inside: bool = False,
    ) -> ContainerService:
        """Run `system/service` behind the load balancer, as big and as many as the stack file says.

        The load balancer takes nobody to one that is `inside` who does not come from the network itself.
        The collector reads the metrics of an observed one, at the name it is found as, and takes its traces.
        """
        size = self.settings.workloads.services[service]
        source = str(self.settings.organisation.networks[self.settings.stack.environment]) if inside else None
        args = ContainerServiceArgs(
            task=self._task(service, image, environment, grants, openings, port=port, observed=observed),
            load_balancer=self.base.edge.load_balancer,
            routes=tuple(Route(name=name, host=host, paths=paths, source=source) for name, paths in routes.items()),
            migration=migration,
            registration=Registration(discovery=self.discovery, host=found_as) if found_as else None,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
        )
        made = ContainerService(service.replace("/", "-"), args, self.base.opts)
        if observed and self.collector is not None:
            made.allow_from(self.collector)
        return made

    def worker(
        self,
        service: str,
        *,
        image: ServiceImage,
        environment: Mapping[str, pulumi.Input[str]],
        grants: Sequence[Grant] = (),
        openings: Sequence[Opening] = (),
        migration: MigrationCommand | None = None,
        command: tuple[str, ...] = (),
        after: Sequence[pulumi.Resource] = (),
        found_as: str,
        metrics_port: int,
    ) -> Worker:
        """Run `system/service` where only the collector can connect to it, as big and as many as the stack file says.

        The collector takes its traces, and reads its metrics at the name it is found as.
        """
        size = self.settings.workloads.services[service]
        args = WorkerArgs(
            task=self._task(service, image, environment, grants, openings, command=command, observed=True),
            metrics=Metrics(port=metrics_port, registration=Registration(discovery=self.discovery, host=found_as)),
            migration=migration,
            after=after,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
        )
        made = Worker(service.replace("/", "-"), args, self.base.opts)
        if self.collector is not None:
            made.allow_from(self.collector)
        return made

    def _task(
        self,
        service: str,
        image: ServiceImage,
        environment: Mapping[str, pulumi.Input[str]],
        grants: Sequence[Grant],
        openings: Sequence[Opening],
        *,
        port: int | None = None,
        command: tuple[str, ...] = (),
        observed: bool = False,
    ) -> TaskArgs:
        settings, size = self.settings, self.settings.workloads.services[service]
        region, repository = settings.organisation.region, names.IMAGE_OF.get(service, service)
        if observed and self.collector is not None:
            environment = {**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.endpoint}
            openings = (*openings, self.collector.allow_from)
        return TaskArgs(
            network=self.base.network,
            cluster=self.cluster,
            key=self.base.data.key,
            registry_arn=f"arn:aws:ecr:{region}:{settings.tooling_account}:repository/{repository}",
            image=image,
            region=region,
            account=settings.account,
            port=port,
            command=command,
            architecture=settings.workloads.architecture,
            cpu=size.cpu,
            memory=size.memory,
            log_retention_days=settings.workloads.log_retention_days,
            environment=environment,
            grants=grants,
            openings=openings,
        )


Architecture = Callable[[Workloads], System]
"""A system of `infra.systems`: what it builds, given what to build on."""


def build(base: Base, read: Mapping[str, int]) -> Workloads:
    """Create the cluster, the names of services and the collector, and return what systems are built on.

    `read` has the names of services and the ports at which the collector reads their metrics.
    """
    settings = base.settings
    args = ClusterArgs(spot=settings.workloads.spot, container_insights=settings.workloads.container_insights)
    domain = names.internal_domain(settings.stack.environment)
    cluster = Cluster("cluster", args, base.opts)
    bare = Workloads(
        base=base,
        cluster=cluster,
        discovery=Discovery("internal", DiscoveryArgs(domain=domain, network=base.network), base.opts),
        tasks_allowed=base.stores.steps.allow_tasks(cluster),
    )
    return replace(bare, collector=_collector(bare, read)) if read else bare


def _collector(workloads: Workloads, read: Mapping[str, int]) -> Collector:
    settings, opts = workloads.settings, workloads.base.opts
    region = settings.organisation.region
    task = TaskArgs(
        network=workloads.base.network,
        cluster=workloads.cluster,
        key=workloads.base.data.key,
        registry_arn=f"arn:aws:ecr:{region}:{settings.tooling_account}:repository/{names.COLLECTOR}",
        image=workloads.image(names.COLLECTOR),
        region=region,
        account=settings.account,
        port=OTLP_PORT,
        architecture=settings.workloads.architecture,
        cpu=COLLECTOR_CPU,
        memory=COLLECTOR_MEMORY,
        log_retention_days=settings.workloads.log_retention_days,
    )
    return Collector("collector", CollectorArgs(task=task, discovery=workloads.discovery, targets=read), opts)
