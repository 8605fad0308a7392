"""What the systems of an environment are made on: one cluster, the registry, names to find each other, the stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from infra.components.cluster import Cluster, ClusterArgs
from infra.components.container_service import ContainerService, ContainerServiceArgs, Registration, Route
from infra.components.discovery import Discovery, DiscoveryArgs
from infra.components.migration import MigrationCommand
from infra.components.network import Network
from infra.components.queue import Queue, QueueArgs
from infra.components.role import Grant
from infra.components.service_image import ServiceImage, ServiceImageArgs
from infra.components.signing_key import SigningKey, SigningKeyArgs
from infra.components.table import Table, TableArgs
from infra.components.task import TaskArgs
from infra.components.worker import Worker, WorkerArgs
from infra.config import Settings
from infra.core.access import Opening
from infra.core.contents import REPOSITORY
from infra.layers.data import Data
from infra.layers.edge import Edge
from infra.layers.stores import Stores
from infra.providers import Images
from interface import names, outputs


@dataclass(frozen=True, kw_only=True)
class System:
    """One application as it was built: where it answers, and what it is made of."""

    name: str
    host: str
    services: Mapping[str, ContainerService]
    images: Mapping[str, ServiceImage]
    workers: Mapping[str, Worker] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    mail_from: str | None = None

    def output(self) -> outputs.System:
        """Return the system as the stack's outputs show it; the images' digests are outputs still."""
        found: outputs.System = {
            "url": f"https://{self.host}",
            "images": {
                name: {"digest": image.digest, "address": image.address}  # type: ignore[typeddict-item]
                for name, image in sorted(self.images.items())
            },
        }
        if self.mail_from is not None:
            found["mailFrom"] = self.mail_from
        return found


@dataclass(frozen=True)
class Base:
    """The settings and the layers below."""

    settings: Settings
    network: Network
    data: Data
    edge: Edge
    stores: Stores
    images: Images
    opts: pulumi.ResourceOptions


@dataclass(frozen=True)
class Workloads:
    """What a system asks for what it needs; the stack file decides how much of it there is."""

    base: Base
    cluster: Cluster
    discovery: Discovery

    @property
    def settings(self) -> Settings:
        """The stack file."""
        return self.base.settings

    @property
    def stores(self) -> Stores:
        """Where a system gets a database, a user of the cache or the queue, and a way to send mail."""
        return self.base.stores

    def host(self, system: str) -> str:
        """Return the whole host name of a system, and point it at the load balancer."""
        host = f"{self.settings.edge.hosts[system]}.{self.settings.domain}"
        balancer = self.base.edge.load_balancer
        self.base.edge.zone.alias(host, dns_name=balancer.dns_name, zone_id=balancer.zone_id)
        return host

    def table(self, name: str, *, hash_key: str) -> Table:
        """Create a table of a system."""
        args = TableArgs(
            hash_key=hash_key,
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
        return ServiceImage(service.replace("/", "-"), args, self.base.images.options())

    def migration(self, *command: str) -> MigrationCommand:
        """Return the command that an image migrates its database with."""
        return MigrationCommand(command=command, steps=self.stores.steps)

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
    ) -> ContainerService:
        """Run `system/service` behind the load balancer, as big and as many as the stack file says."""
        size = self.settings.workloads.services[service]
        args = ContainerServiceArgs(
            task=self._task(service, image, environment, grants, openings, port=port),
            load_balancer=self.base.edge.load_balancer,
            routes=tuple(Route(name=name, host=host, paths=paths) for name, paths in routes.items()),
            migration=migration,
            registration=Registration(discovery=self.discovery, host=found_as) if found_as else None,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
        )
        return ContainerService(service.replace("/", "-"), args, self.base.opts)

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
    ) -> Worker:
        """Run `system/service` where nobody can connect to it, as big and as many as the stack file says."""
        size = self.settings.workloads.services[service]
        args = WorkerArgs(
            task=self._task(service, image, environment, grants, openings, command=command),
            migration=migration,
            after=after,
            min_tasks=size.min_tasks,
            max_tasks=size.max_tasks,
        )
        return Worker(service.replace("/", "-"), args, self.base.opts)

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
    ) -> TaskArgs:
        settings, size = self.settings, self.settings.workloads.services[service]
        region, repository = settings.organisation.region, names.IMAGE_OF.get(service, service)
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


def build(base: Base) -> Workloads:
    """Create the cluster and the names of services, and return what systems are built on."""
    settings = base.settings
    args = ClusterArgs(spot=settings.workloads.spot, container_insights=settings.workloads.container_insights)
    domain = names.internal_domain(settings.stack.environment)
    return Workloads(
        base=base,
        cluster=Cluster("cluster", args, base.opts),
        discovery=Discovery("internal", DiscoveryArgs(domain=domain, network=base.network), base.opts),
    )
