"""The sections of a stack file, one frozen model each; capabilities, never the name of a stack."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from infra.config.kinds import (
    Account,
    Domain,
    Endpoints,
    Environment,
    Environments,
    InstanceClass,
    Label,
    LogRetention,
    Network,
    NodeType,
    PinValue,
    Region,
    Repository,
    Systems,
)
from interface import names
from interface.pins import Pin, Release

FARGATE_MEMORY: Mapping[int, tuple[int, int, int]] = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
}
"""Memory that Fargate sells with each size of CPU, in MiB: least, most, step (256 CPU: 512, 1024, 2048)."""


SECRET_RECOVERY_DAYS = 30


class Section(BaseModel):
    """What all sections have in common: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Stack(Section):
    """What kind of stack this is, which applications it carries, and whether it may be deleted."""

    kind: Annotated[Literal["tooling", "environment"], Field(examples=["environment"])]
    environment: Annotated[Environment, Field(examples=["dev"])]
    systems: Annotated[Systems, Field(examples=["counter"])]
    deletion_protection: Annotated[bool, Field(examples=[True])]
    teardown: Annotated[bool, Field(examples=[False])]


class Organisation(Section):
    """Names, accounts and address ranges that all stacks agree on."""

    domain: Annotated[Domain, Field(examples=["slipway.example"])]
    region: Annotated[Region, Field(examples=["eu-west-1"])]
    repository: Annotated[Repository, Field(examples=["slipway-platform/slipway"])]
    builders: Annotated[Environments, Field(examples=["dev"])]
    accounts: Annotated[dict[Environment, Account], Field(examples=["111111111111"])]
    networks: Annotated[dict[Environment, Network], Field(examples=["10.10.0.0/16"])]


class NetworkSection(Section):
    """How many zones, and which ways lead out of the private subnets."""

    zones: Annotated[int, Field(ge=2, le=3, examples=[2])]
    nat: Annotated[Literal["none", "single", "per-zone"], Field(examples=["single"])]
    endpoints: Annotated[Endpoints, Field(examples=["s3"])]
    flow_log_retention_days: LogRetention


class DataSection(Section):
    """How long lost data can be brought back."""

    recovery_days: Annotated[int, Field(ge=1, le=35, examples=[7])]
    key_deletion_days: Annotated[int, Field(ge=7, le=30, examples=[30])]


class DatabaseSection(Section):
    """How big the Postgres server is, and how well it is kept."""

    instance_class: Annotated[InstanceClass, Field(examples=["db.t4g.micro"])]
    storage_gb: Annotated[int, Field(ge=20, le=16384, examples=[20])]
    max_storage_gb: Annotated[int, Field(ge=20, le=65536, examples=[100])]
    multi_az: Annotated[bool, Field(examples=[True])]
    proxy: Annotated[bool, Field(examples=[True])]
    backup_days: Annotated[int, Field(ge=1, le=35, examples=[7])]
    final_snapshot: Annotated[bool, Field(examples=[True])]
    monitoring_interval_seconds: Annotated[Literal[0, 1, 5, 10, 15, 30, 60], Field(examples=[60])]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.max_storage_gb < self.storage_gb:
            raise ValueError("max_storage_gb must not be less than storage_gb")
        return self


class CacheSection(Section):
    """How big the two Valkey servers are: the cache, and the queue of jobs."""

    node_type: Annotated[NodeType, Field(examples=["cache.t4g.micro"])]
    replicas: Annotated[int, Field(ge=0, le=5, examples=[1])]
    multi_az: Annotated[bool, Field(examples=[True])]
    snapshot_days: Annotated[int, Field(ge=0, le=35, examples=[7])]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.multi_az and not self.replicas:
            raise ValueError("multi_az needs at least one replica")
        return self


class MailSection(Section):
    """What receivers do with mail that others send in the zone's name, and how long their complaints are kept."""

    dmarc: Annotated[Literal["none", "quarantine", "reject"], Field(examples=["reject"])]
    event_retention_days: Annotated[int, Field(ge=1, le=14, examples=[14])]


class ApiLimits(Section):
    """How many requests of a system its API lets through, of all callers together."""

    rate: Annotated[int, Field(ge=1, le=10_000, examples=[100])]
    burst: Annotated[int, Field(ge=1, le=5_000, examples=[200])]


class EdgeSection(Section):
    """Where the systems answer, how often, and what is kept of their visitors."""

    hosts: Annotated[dict[str, Label], Field(examples=["counter"])]
    visitor_limits: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=1_000_000, examples=[600])]], Field(examples=[600])
    ]
    api_limits: dict[str, ApiLimits]
    advanced_security: Annotated[bool, Field(examples=[False])]
    price_class: Annotated[
        Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"], Field(examples=["PriceClass_100"])
    ]
    access_log_retention_days: Annotated[int, Field(ge=1, le=3653, examples=[90])]
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=60, examples=[60])]


class ServiceSize(Section):
    """How big a service's tasks are, and how many of them run."""

    cpu: Annotated[Literal[256, 512, 1024, 2048, 4096], Field(examples=[256])]
    memory: Annotated[int, Field(ge=512, le=30720, examples=[512])]
    min_tasks: Annotated[int, Field(ge=1, le=100, examples=[2])]
    max_tasks: Annotated[int, Field(ge=1, le=100, examples=[4])]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        least, most, step = FARGATE_MEMORY[self.cpu]
        sold = [512, 1024, 2048] if self.cpu == 256 else list(range(least, most + 1, step))
        if self.memory not in sold:
            raise ValueError(f"memory must be {least} to {most} in steps Fargate sells with cpu {self.cpu}")
        if self.min_tasks > self.max_tasks:
            raise ValueError("min_tasks must not be more than max_tasks")
        return self


class WorkloadsSection(Section):
    """What the services' tasks run on."""

    architecture: Annotated[Literal["x86_64", "arm64"], Field(examples=["x86_64"])]
    spot: Annotated[bool, Field(examples=[False])]
    container_insights: Annotated[bool, Field(examples=[True])]
    log_retention_days: LogRetention
    services: dict[str, ServiceSize]


class FunctionSize(Section):
    """How big a function is, how long it may take, and who gets its newest version."""

    memory: Annotated[int, Field(ge=128, le=10_240, examples=[512])]
    timeout_seconds: Annotated[int, Field(ge=1, le=900, examples=[15])]
    concurrency: Annotated[int, Field(ge=0, le=900, examples=[0])]
    stable_version: Annotated[int, Field(ge=0, examples=[0])]
    new_percent: Annotated[int, Field(ge=0, le=100, examples=[100])]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.new_percent == 100) != (self.stable_version == 0):
            raise ValueError("stable_version is the version that gets what new_percent leaves of 100, or 0 for none")
        return self


class FunctionsSection(Section):
    """What Lambda runs."""

    sizes: dict[str, FunctionSize]


class OperationsSection(Section):
    """What somebody is told of, and can look at."""

    alarms: Annotated[bool, Field(examples=[True])]
    alarm_period_seconds: Annotated[Literal[60, 300, 900], Field(examples=[60])]
    dashboards: Annotated[bool, Field(examples=[True])]
    health_checks: Annotated[bool, Field(examples=[True])]
    canary_minutes: Annotated[int, Field(ge=1, le=60, examples=[5])]
    monthly_budget_usd: Annotated[int, Field(ge=0, le=1_000_000, examples=[100])]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.alarms and self.monthly_budget_usd:
            raise ValueError("a budget needs alarms: nobody would be told")
        return self


class BackupSection(Section):
    """How long nightly copies are kept, and how well."""

    days: Annotated[int, Field(ge=0, le=3650, examples=[35])]
    lock: Annotated[bool, Field(examples=[False])]


class Artifacts(RootModel[dict[str, PinValue]]):
    """What each service runs: `build`, `unreleased` or a release."""

    model_config = ConfigDict(frozen=True, strict=True)

    root: Annotated[dict[str, PinValue], Field(examples=["build"])]

    def pin(self, service: str) -> Pin:
        """Return the pin of `system/service`."""
        pin: Pin = self.root[service]
        return pin

    def releases(self) -> dict[str, Release]:
        """Return the services that run a release, with it."""
        return {service: pin for service, pin in self.root.items() if isinstance(pin, Release)}


class Settings(Section):
    """A whole stack file."""

    stack: Stack
    organisation: Organisation
    network: NetworkSection
    data: DataSection
    database: DatabaseSection
    cache: CacheSection
    mail: MailSection
    edge: EdgeSection
    workloads: WorkloadsSection
    functions: FunctionsSection
    operations: OperationsSection
    backup: BackupSection
    artifacts: Artifacts

    @property
    def account(self) -> str:
        """The AWS account of this stack, 12 digits."""
        return self.organisation.accounts[self.stack.environment]

    @property
    def tooling_account(self) -> str:
        """The AWS account that owns registries and the root zone, 12 digits."""
        return self.organisation.accounts[names.TOOLING]

    @property
    def domain(self) -> str:
        """The zone of this stack: the root zone for tooling, `<environment>.<root>` otherwise."""
        root = self.organisation.domain
        return root if self.stack.kind == "tooling" else names.environment_domain(self.stack.environment, root)

    @property
    def deletion_protection(self) -> bool:
        """Whether what holds data is protected now: as the stack says, unless it is being torn down."""
        return self.stack.deletion_protection and not self.stack.teardown

    @property
    def recovery_days(self) -> int:
        """How long a deleted secret can be restored, and takes its name; not at all where nothing is protected."""
        return SECRET_RECOVERY_DAYS if self.deletion_protection else 0

    def environments(self) -> dict[str, str]:
        """Return every environment of the organisation with its account, tooling left out."""
        accounts = self.organisation.accounts
        return {name: accounts[name] for name in sorted(accounts) if name != names.TOOLING}
