"""A Lambda function of a system: a zip in Python behind an alias that moves when everything it needs is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.function_permissions import TRACE, TRUST, interfaces
from infra.components.key import Key
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.network import Network
from infra.components.queue import Queue, QueueArgs
from infra.components.role import Grant, Role, RoleArgs
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.components.service_image import Architecture
from infra.components.zip_artifact import ZipArtifact
from infra.core.access import Opening
from infra.core.resources import Component
from interface.names import FUNCTION_TYPE

RUNTIME = "python3.13"
ALIAS = "live"
"""Whoever calls the function calls what this alias points at, and never what was uploaded last."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A new version that gets a part of the calls; the rest goes to one that has proved itself."""

    stable_version: str
    """The number of that version."""
    new_percent: int

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        if not 0 <= self.new_percent <= 99:
            raise ValueError(f"new_percent must be 0 to 99, got {self.new_percent}")


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What runs, how big it is, and what it may do."""

    description: str
    code: ZipArtifact
    handler: str
    """Module and function: `ewelists.handler.handle`."""
    key: Key
    """Encrypts its log and what it failed at."""
    region: str
    account: str
    architecture: Architecture = "x86_64"
    """The one that the packages in the zip are for."""
    memory: int = 512
    """In MiB; its share of a core grows with it, a whole one at 1769."""
    timeout_seconds: int = 15
    concurrency: int | None = None
    """How many calls at once are kept free for it, and are the most that it gets; shared with all others if not."""
    log_retention_days: int = 90
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables, none of them secret."""
    grants: Sequence[Grant] = ()
    """What the code may do, from the owners of things: `table.grant_read_write`."""
    network: Network | None = None
    """Where it stands when it has to reach what lies in a network, and only then: it is slower to start there."""
    openings: Sequence[Opening] = ()
    """Whom the code may open connections to, from the owners of things: `database.allow_from`."""
    unattended: bool = False
    """Whether it is called by what does not wait for an answer: calls that fail for good are kept in a queue then."""
    before: Sequence[pulumi.Resource] = ()
    """What is done before callers get a new version: a migration."""
    rollout: Rollout | None = None
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what Lambda refuses, and a way to where the function does not stand."""
        if not 128 <= self.memory <= 10240:
            raise ValueError(f"memory must be 128 to 10240, got {self.memory}")
        if not 1 <= self.timeout_seconds <= 900:
            raise ValueError(f"timeout_seconds must be 1 to 900, got {self.timeout_seconds}")
        if self.openings and self.network is None:
            raise ValueError("a function that opens connections within a network stands in it: give the network")


class Function(Component):
    """A traced function that may do what its grants say; `arn` and `invoke_arn` are the alias's."""

    TYPE = FUNCTION_TYPE

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._account = args.account
        self.log = LogGroup(name, LogGroupArgs(key=args.key, retention_days=args.log_retention_days), self.child())
        self.role = Role(name, RoleArgs(description=f"What the code of {name} may do", trust=TRUST), self.child())
        self.failures = self._create_failures(args) if args.unattended else None
        ready: list[pulumi.Resource] = [
            self.log.grant_write(self.role),
            self.role.allow("trace", TRACE),
            *(grant(self.role) for grant in args.grants),
            *([self.failures.grant_send(self.role)] if self.failures else []),
            *self._stand_in_network(args),
        ]
        self._function = self._create_function(args, ready)
        self._alias = self._create_alias(args)
        self.function_name = self._function.name
        self.arn = self._alias.arn
        self.invoke_arn = self._alias.invoke_arn
        self.service = args.code.service
        self.artifact = args.code.published(self._function.code_sha256)
        self.publish({"arn": self.arn, "log_group": self.log.physical_name})

    def allow_call(self, what: str, *, service: str, source_arn: pulumi.Input[str]) -> aws.lambda_.Permission:
        """Let a service of AWS call the function on behalf of one thing of the account, called `what`."""
        return aws.lambda_.Permission(
            f"{self.name}-from-{what}",
            action="lambda:InvokeFunction",
            function=self._function.name,
            qualifier=self._alias.name,
            principal=service,
            source_arn=source_arn,
            source_account=self._account,
            opts=self.child(),
        )

    def call(
        self, what: str, event: Mapping[str, object], *, triggers: Mapping[str, pulumi.Input[str]]
    ) -> aws.lambda_.Invocation:
        """Call the function while the stack is deployed, again when a trigger changes; the deploy stops if it fails."""
        return aws.lambda_.Invocation(
            f"{self.name}-{what}",
            function_name=self._function.name,
            qualifier=self._alias.name,
            input=pulumi.Output.json_dumps(dict(event), sort_keys=True),
            lifecycle_scope="CREATE_ONLY",
            triggers=dict(triggers),
            opts=self.child(depends_on=self._alias),
        )

    def _create_failures(self, args: FunctionArgs) -> Queue:
        queue = QueueArgs(key=args.key, account=args.account, deletion_protection=args.deletion_protection)
        return Queue(f"{self.name}-failed", queue, self.child())

    def _stand_in_network(self, args: FunctionArgs) -> list[pulumi.Resource]:
        """Give the function a security group of its own: Lambda holds it for up to 35 minutes after the function."""
        if args.network is None:
            return []
        group = SecurityGroupArgs(network=args.network, description=f"Function {self.name}")
        self._group = SecurityGroup(self.name, group, self.child())
        self.security_group_id = self._group.security_group_id
        return [
            self.role.allow("interfaces", *interfaces(args.region, args.account)),
            self._group.allow_https_out(),
            *(rule for allow in args.openings for rule in allow(self)),
        ]

    def _create_function(self, args: FunctionArgs, needed: Sequence[pulumi.Resource]) -> aws.lambda_.Function:
        network = None
        if args.network is not None:
            network = {"subnet_ids": args.network.private_subnet_ids, "security_group_ids": [self.security_group_id]}
        return aws.lambda_.Function(
            self.name,
            description=args.description,
            role=self.role.arn,
            runtime=RUNTIME,
            handler=args.handler,
            architectures=[args.architecture],
            s3_bucket=args.code.bucket,
            s3_key=args.code.key,
            memory_size=args.memory,
            timeout=args.timeout_seconds,
            reserved_concurrent_executions=args.concurrency,
            environment={"variables": dict(args.environment)} if args.environment else None,
            tracing_config={"mode": "Active"},
            dead_letter_config={"target_arn": self.failures.arn} if self.failures else None,
            vpc_config=network,
            logging_config={"log_format": "Text", "log_group": self.log.physical_name},
            publish=True,
            opts=self.child(depends_on=list(needed)),
        )

    def _create_alias(self, args: FunctionArgs) -> aws.lambda_.Alias:
        newest, rollout = self._function.version, args.rollout
        weights = None
        if rollout is not None:
            share = rollout.new_percent / 100
            weights = {"additional_version_weights": newest.apply(lambda version: {version: share})}
        return aws.lambda_.Alias(
            f"{self.name}-{ALIAS}",
            name=ALIAS,
            function_name=self._function.name,
            function_version=newest if rollout is None else rollout.stable_version,
            routing_config=weights,
            opts=self.child(depends_on=list(args.before)),
        )
