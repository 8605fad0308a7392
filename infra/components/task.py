"""An ECS task definition with all that its tasks need: roles, log, security group. Shared by services and workers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.cluster import Cluster
from infra.components.key import Key
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.network import Network
from infra.components.role import Grant, Role, RoleArgs
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.components.service_image import Architecture, ServiceImage
from infra.core.access import Opening
from infra.core.policies import Principal, Statement
from infra.core.resources import Component

STOP_TIMEOUT_SECONDS = 30
USER = "1000:1000"
SCRATCH = "scratch"
"""An empty volume of each task: all that a container may write to."""
TEMPORARY = "/tmp"  # noqa: S108  # in the container, where the image says VOLUME


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What runs, where, how big it is, and what it may do."""

    network: Network
    cluster: Cluster
    key: Key
    """Encrypts the logs."""
    registry_arn: str
    """The ECR repository of the image: the only one that the tasks can pull from."""
    image: ServiceImage
    region: str
    account: str
    port: int | None = None
    """Where the container listens; none for one that only takes work."""
    command: tuple[str, ...] = ()
    """What runs instead of the image's own command."""
    architecture: Architecture = "x86_64"
    cpu: int = 256
    """In 1/1024 of a core, as Fargate sells it."""
    memory: int = 512
    """In MiB, as Fargate sells it."""
    log_retention_days: int = 90
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables of the container, none of them secret."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables whose values ECS reads from Secrets Manager when a task starts: name → the secret's ARN."""
    grants: Sequence[Grant] = ()
    """What the code may do, from the owners of things: `table.grant_read_write`."""
    openings: Sequence[Opening] = ()
    """Whom the code may open connections to, from the owners of things: `database.allow_from`."""


class Task(Component):
    """A task of one container, as nobody special, which writes nowhere and may do what its grants say."""

    TYPE = "platform:workloads:Task"

    def __init__(self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.args = args
        self.log = LogGroup(name, LogGroupArgs(key=args.key, retention_days=args.log_retention_days), self.child())
        self.role = self._create_role("task", "What the code of the service may do")
        self.execution_role = self._create_role("execution", "What ECS needs to start the service's tasks")
        policies = [*self._allow_start(args), *(grant(self.role) for grant in args.grants)]
        group = SecurityGroup(
            name, SecurityGroupArgs(network=args.network, description=f"Tasks of {name}"), self.child()
        )
        self.group = group
        self.security_group_id = group.security_group_id
        group.allow_https_out()
        rules = [rule for allow in args.openings for rule in allow(self)]
        self._definition = self._create_definition(args)
        self.arn = self._definition.arn
        self.family = self._definition.family
        # Policies and rules stand before a task starts, and outlive it: a draining task still answers, and still may.
        self.needed: list[pulumi.Resource] = [*policies, *rules]
        self.publish({"arn": self.arn, "log_group": self.log.physical_name})

    def network_configuration(self) -> dict[str, object]:
        """Return where ECS puts the tasks, as its services take it."""
        return {
            "subnets": self.args.network.private_subnet_ids,
            "security_groups": [self.security_group_id],
            "assign_public_ip": False,
        }

    def _create_role(self, role: str, description: str) -> Role:
        trust = Statement(
            sid="Tasks",
            principal=Principal.service("ecs-tasks.amazonaws.com"),
            actions=("sts:AssumeRole",),
            condition={
                "StringEquals": {"aws:SourceAccount": self.args.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{self.args.region}:{self.args.account}:*"},
            },
        )
        return Role(f"{self.name}-{role}", RoleArgs(description=description, trust=trust), self.child())

    def _allow_start(self, args: TaskArgs) -> list[pulumi.Resource]:
        """Let ECS pull this one image, write this one log, and read the secrets that were named."""
        login = Statement(sid="Login", actions=("ecr:GetAuthorizationToken",), resources=("*",))  # AWS knows no other
        pull = Statement(
            sid="Pull",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(args.registry_arn,),
        )
        policies = [self.execution_role.allow("pull", login, pull), self.log.grant_write(self.execution_role)]
        if args.secrets:
            read = Statement(
                sid="Read",
                actions=("secretsmanager:GetSecretValue",),
                resources=tuple(args.secrets[variable] for variable in sorted(args.secrets)),
            )
            policies.append(self.execution_role.allow("secrets", read))
        return list(policies)

    def _create_definition(self, args: TaskArgs) -> aws.ecs.TaskDefinition:
        return aws.ecs.TaskDefinition(
            self.name,
            family=f"{pulumi.get_stack()}-{self.name}",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.cpu),
            memory=str(args.memory),
            runtime_platform={"cpu_architecture": args.architecture.upper(), "operating_system_family": "LINUX"},
            task_role_arn=self.role.arn,
            execution_role_arn=self.execution_role.arn,
            volumes=[{"name": SCRATCH}],
            container_definitions=self._container(args),
            opts=self.child(),
        )

    def _container(self, args: TaskArgs) -> pulumi.Output[str]:
        def definitions(known: Mapping[str, str]) -> str:
            container = {
                "name": self.name,
                "image": known["image"],
                "essential": True,
                "user": USER,
                "readonlyRootFilesystem": True,
                "mountPoints": [{"sourceVolume": SCRATCH, "containerPath": TEMPORARY, "readOnly": False}],
                "stopTimeout": STOP_TIMEOUT_SECONDS,
                "environment": [{"name": x, "value": known[f"environment {x}"]} for x in sorted(args.environment)],
                "secrets": [{"name": x, "valueFrom": known[f"secret {x}"]} for x in sorted(args.secrets)],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": known["log"],
                        "awslogs-region": args.region,
                        "awslogs-stream-prefix": self.name,
                    },
                },
            }
            if args.port is not None:
                container["portMappings"] = [{"containerPort": args.port, "protocol": "tcp"}]
            if args.command:
                container["command"] = list(args.command)
            return json.dumps([container], sort_keys=True)

        return pulumi.Output.all(
            image=args.image.uri,
            log=self.log.physical_name,
            **{f"environment {name}": value for name, value in args.environment.items()},
            **{f"secret {name}": value for name, value in args.secrets.items()},
        ).apply(definitions)
