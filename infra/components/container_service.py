"""A service of containers on Fargate behind a load balancer: rolled by ECS itself, and rolled back when it fails."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.cluster import Cluster
from infra.components.key import Key
from infra.components.load_balancer import LoadBalancer
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.network import Network
from infra.components.role import Grant, Role, RoleArgs
from infra.components.scaling import Scaling, ScalingArgs
from infra.components.service_image import Architecture, ServiceImage
from infra.core.policies import Principal, Statement
from infra.core.resources import Component
from interface.names import CONTAINER_SERVICE_TYPE

STOP_TIMEOUT_SECONDS = 30
DEREGISTRATION_DELAY_SECONDS = 20  # over before the container is killed: nobody is sent to a task that is gone
HEALTH_GRACE_SECONDS = 60
USER = "1000:1000"


@dataclass(frozen=True, kw_only=True)
class Route:
    """What of a host's traffic a service gets."""

    host: str
    paths: tuple[str, ...]
    """Patterns as the load balancer reads them: `/api/*`, or `/*` for the rest. At most four, by its limits."""

    def __post_init__(self) -> None:
        """Refuse what a rule cannot hold: five values in all, one of them the host."""
        if not 1 <= len(self.paths) <= 4 or not all(path.startswith("/") for path in self.paths):
            raise ValueError(f"a route has 1 to 4 paths, each beginning with a slash, got {self.paths}")


@dataclass(frozen=True, kw_only=True)
class ContainerServiceArgs:
    """What runs, where, how much of it, and what it may do."""

    network: Network
    cluster: Cluster
    load_balancer: LoadBalancer
    key: Key
    """Encrypts the logs."""
    registry_arn: str
    """The ECR repository of the image: the only one that the service's tasks can pull from."""
    image: ServiceImage
    port: int
    route: Route
    region: str
    account: str
    architecture: Architecture = "x86_64"
    cpu: int = 256
    """In 1/1024 of a core, as Fargate sells it."""
    memory: int = 512
    """In MiB, as Fargate sells it."""
    min_tasks: int = 2
    max_tasks: int = 4
    health_path: str = "/healthz"
    log_retention_days: int = 90
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables of the container, none of them secret."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables whose values ECS reads from Secrets Manager when a task starts: name → the secret's ARN."""
    grants: Sequence[Grant] = ()
    """What the service's code may do, from the owners of things: `table.grant_read_write`."""


class ContainerService(Component):
    """A service whose tasks only the load balancer can reach, and whose code may do what its grants say."""

    TYPE = CONTAINER_SERVICE_TYPE

    def __init__(self, name: str, args: ContainerServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._log = LogGroup(name, LogGroupArgs(key=args.key, retention_days=args.log_retention_days), self.child())
        self._task_role = self._create_role("task", "What the code of the service may do", args)
        self._execution_role = self._create_role("execution", "What ECS needs to start the service's tasks", args)
        policies = [*self._allow_start(args), *(grant(self._task_role) for grant in args.grants)]
        self._group = self._create_security_group(args)
        self._targets = self._create_target_group(args)
        self._task = self._create_task_definition(args)
        rule = args.load_balancer.forward(
            name, host=args.route.host, paths=args.route.paths, target_group_arn=self._targets.arn
        )
        reach = args.load_balancer.reach(name, security_group_id=self._group.id, port=args.port)
        # Rule and policies outlive the service on the way down: a draining task still answers, and still may.
        self._service = self._create_service(args, [rule, reach, args.cluster.capacity, *policies])
        Scaling(name, self._scaling(args), self.child())

        self.service_name = self._service.name
        self.target_group_suffix = self._targets.arn_suffix
        self.publish({"service_name": self.service_name, "log_group": self._log.physical_name})

    def _create_role(self, role: str, description: str, args: ContainerServiceArgs) -> Role:
        trust = Statement(
            sid="Tasks",
            principal=Principal.service("ecs-tasks.amazonaws.com"),
            actions=("sts:AssumeRole",),
            condition={
                "StringEquals": {"aws:SourceAccount": args.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{args.region}:{args.account}:*"},
            },
        )
        return Role(f"{self.name}-{role}", RoleArgs(description=description, trust=trust), self.child())

    def _allow_start(self, args: ContainerServiceArgs) -> list[pulumi.Resource]:
        """Let ECS pull this one image, write this one log, and read the secrets that were named."""
        login = Statement(sid="Login", actions=("ecr:GetAuthorizationToken",), resources=("*",))  # AWS knows no other
        pull = Statement(
            sid="Pull",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(args.registry_arn,),
        )
        policies = [self._execution_role.allow("pull", login, pull), self._log.grant_write(self._execution_role)]
        if args.secrets:
            read = Statement(
                sid="Read",
                actions=("secretsmanager:GetSecretValue",),
                resources=tuple(args.secrets[variable] for variable in sorted(args.secrets)),
            )
            policies.append(self._execution_role.allow("secrets", read))
        return list(policies)

    def _create_security_group(self, args: ContainerServiceArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self.name,
            description=f"Tasks of {self.name}",
            vpc_id=args.network.vpc_id,
            tags={"Name": self.name},
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-from-load-balancer",
            security_group_id=group.id,
            description="from the load balancer",
            referenced_security_group_id=args.load_balancer.security_group_id,
            ip_protocol="tcp",
            from_port=args.port,
            to_port=args.port,
            opts=self.child(),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-https",
            security_group_id=group.id,
            description="to AWS and to whatever else speaks HTTPS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self.child(),
        )
        return group

    def _create_target_group(self, args: ContainerServiceArgs) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            self.name,
            vpc_id=args.network.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=args.port,
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

    def _create_task_definition(self, args: ContainerServiceArgs) -> aws.ecs.TaskDefinition:
        return aws.ecs.TaskDefinition(
            self.name,
            family=f"{pulumi.get_stack()}-{self.name}",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.cpu),
            memory=str(args.memory),
            runtime_platform={"cpu_architecture": args.architecture.upper(), "operating_system_family": "LINUX"},
            task_role_arn=self._task_role.arn,
            execution_role_arn=self._execution_role.arn,
            container_definitions=self._container(args),
            opts=self.child(),
        )

    def _container(self, args: ContainerServiceArgs) -> pulumi.Output[str]:
        def definitions(known: Mapping[str, str]) -> str:
            container = {
                "name": self.name,
                "image": known["image"],
                "essential": True,
                "user": USER,
                "readonlyRootFilesystem": True,
                "stopTimeout": STOP_TIMEOUT_SECONDS,
                "portMappings": [{"containerPort": args.port, "protocol": "tcp"}],
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
            return json.dumps([container], sort_keys=True)

        return pulumi.Output.all(
            image=args.image.uri,
            log=self._log.physical_name,
            **{f"environment {name}": value for name, value in args.environment.items()},
            **{f"secret {name}": value for name, value in args.secrets.items()},
        ).apply(definitions)

    def _create_service(self, args: ContainerServiceArgs, needed: list[pulumi.Resource]) -> aws.ecs.Service:
        return aws.ecs.Service(
            self.name,
            cluster=args.cluster.arn,
            task_definition=self._task.arn,
            desired_count=args.min_tasks,
            capacity_provider_strategies=[{"capacity_provider": args.cluster.capacity_provider, "weight": 1}],
            deployment_configuration={"strategy": "ROLLING"},
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            availability_zone_rebalancing="ENABLED",
            health_check_grace_period_seconds=HEALTH_GRACE_SECONDS,
            network_configuration={
                "subnets": args.network.private_subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            load_balancers=[
                {
                    "target_group_arn": self._targets.arn,
                    "container_name": self.name,
                    "container_port": args.port,
                }
            ],
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=needed,
                ignore_changes=["desiredCount"],  # scaling owns it from then on
            ),
        )

    def _scaling(self, args: ContainerServiceArgs) -> ScalingArgs:
        return ScalingArgs(
            cluster_name=args.cluster.physical_name,
            service_name=self._service.name,
            load_balancer_suffix=args.load_balancer.arn_suffix,
            target_group_suffix=self._targets.arn_suffix,
            min_tasks=args.min_tasks,
            max_tasks=args.max_tasks,
        )
