"""The Lambda function that does what a deploy needs inside the network: databases, logins, keys, migrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.cluster import Cluster
from infra.components.function_permissions import TRUST, interfaces
from infra.components.key import Key
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.network import Network
from infra.components.role import Role, RoleArgs
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.components.zip_artifact import ZipArtifact
from infra.core.policies import Statement
from infra.core.resources import Component

HANDLER = "deploy_steps.handler.handle"
RUNTIME = "python3.13"
TIMEOUT_SECONDS = 900
"""As long as Lambda lets a call take: a migration is waited for in it."""


@dataclass(frozen=True, kw_only=True)
class DeployStepsArgs:
    """Where it stands, and what it runs."""

    network: Network
    key: Key
    """Encrypts its log and the secrets that it writes, and makes the key pairs that it stores."""
    code: ZipArtifact
    region: str
    account: str
    log_retention_days: int = 90


class DeploySteps(Component):
    """A function in the private subnets that can do nothing until an owner of things allows it.

    Its arguments are free of secrets, and each step may be run again: what is there already is left as it is.
    """

    TYPE = "platform:data:DeploySteps"

    def __init__(self, name: str, args: DeployStepsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        log = LogGroup(name, LogGroupArgs(key=args.key, retention_days=args.log_retention_days), self.child())
        self.role = self._create_role()
        # A group of its own: Lambda's network interfaces hold it for up to 35 minutes after the function is gone.
        group = SecurityGroup(name, SecurityGroupArgs(network=args.network, description="Deploy steps"), self.child())
        self.security_group_id = group.security_group_id
        ready = [
            log.grant_write(self.role),
            self.role.allow("interfaces", *interfaces(args.region, args.account)),
            self.role.allow("key", args.key.make_key_pairs(), args.key.use_through("s3", "secretsmanager")),
            args.code.grant_read_all(self.role),  # what it unpacks
            group.allow_https_out(),
        ]
        self._function = self._create_function(args, log, ready)
        self.function_name = self._function.name
        self.artifact = args.code.published(self._function.code_sha256)
        self.publish({"function_name": self.function_name})

    def run(
        self,
        what: str,
        event: Mapping[str, Any],
        *,
        opts: pulumi.ResourceOptions,
        triggers: Mapping[str, pulumi.Input[str]] | None = None,
        once: bool = False,
    ) -> aws.lambda_.Invocation:
        """Have a step done in a deploy, again when its event or a trigger changes; the deploy stops when it fails.

        Unless it is done `once`, the step is told as well when whatever it made is to be deleted.
        """
        return aws.lambda_.Invocation(
            what,
            function_name=self._function.name,
            input=pulumi.Output.json_dumps(dict(event), sort_keys=True),
            lifecycle_scope="CREATE_ONLY" if once else "CRUD",
            triggers=dict(triggers) if triggers else None,
            opts=opts,
        )

    def allow_tasks(self, cluster: Cluster) -> aws.iam.RolePolicy:
        """Let the steps run tasks of the stack's own definitions in a cluster; roles are handed over one by one.

        Said once for all of them: all that is allowed to a role has to fit in 10,240 characters.
        """
        ecs = f"arn:aws:ecs:{self._args.region}:{self._args.account}"
        run = Statement(
            sid="RunTask",
            actions=("ecs:DescribeTasks", "ecs:RunTask", "ecs:StopTask"),
            resources=(
                f"{ecs}:task-definition/{pulumi.get_stack()}-*",
                pulumi.Output.concat(f"{ecs}:task/", cluster.physical_name, "/*"),
            ),
            condition={"ArnEquals": {"ecs:cluster": cluster.arn}},
        )
        return self.role.allow("tasks", run)

    def _create_role(self) -> Role:
        return Role(self.name, RoleArgs(description="What deploy steps may do", trust=TRUST), self.child())

    def _create_function(
        self, args: DeployStepsArgs, log: LogGroup, needed: Sequence[pulumi.Resource]
    ) -> aws.lambda_.Function:
        return aws.lambda_.Function(
            self.name,
            description="Does what a deploy needs inside the network",
            role=self.role.arn,
            runtime=RUNTIME,
            handler=HANDLER,
            architectures=["x86_64"],  # its packages are Python alone
            s3_bucket=args.code.bucket,
            s3_key=args.code.key,
            memory_size=256,
            timeout=TIMEOUT_SECONDS,
            vpc_config={
                "subnet_ids": args.network.private_subnet_ids,
                "security_group_ids": [self.security_group_id],
            },
            logging_config={"log_format": "Text", "log_group": log.physical_name},
            opts=self.child(depends_on=list(needed)),
        )
