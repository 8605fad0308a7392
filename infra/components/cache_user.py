"""A user of a shared Valkey with a prefix of its own; its password is made in the cloud, and no state holds it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.role import Role
from infra.components.secret import Secret, SecretArgs
from infra.core.policies import Statement
from infra.core.resources import Component

COMMANDS = "+@all -@admin -@dangerous +info"
"""What a system may call; job queues ask with `info` what they speak to."""


@dataclass(frozen=True, kw_only=True)
class CacheUserArgs:
    """Who it is, what it may touch, and where."""

    user_id: str
    """Its name and id, unique in the account."""
    prefix: str
    """It reaches keys and channels that begin with this and a colon, and no others."""
    user_group_id: pulumi.Input[str]
    """The group of those who may log in to the server."""
    host: pulumi.Input[str]
    port: pulumi.Input[int]
    steps: DeploySteps
    key: Key
    region: str
    account: str
    recovery_days: int = 30
    """How long its deleted secret can still be restored."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what ElastiCache refuses."""
        if not 1 <= len(self.user_id) <= 40:
            raise ValueError(f"a user's id has 1 to 40 characters, got {self.user_id!r}")


class CacheUser(Component):
    """A user that the deploy step makes and takes away; `secret_arn` is known when the user may log in."""

    TYPE = "platform:data:CacheUser"

    def __init__(self, name: str, args: CacheUserArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.prefix = args.prefix
        self._secret = Secret(
            name,
            SecretArgs(
                description=f"How to log in as {args.user_id}",
                key=args.key,
                recovery_days=args.recovery_days,
                deletion_protection=args.deletion_protection,
            ),
            self.child(),
        )
        made = self._make(args, [self._secret.grant_write(args.steps.role), self._allow(args)])
        member = aws.elasticache.UserGroupAssociation(
            name, user_group_id=args.user_group_id, user_id=args.user_id, opts=self.child(depends_on=made)
        )
        self.secret_arn = pulumi.Output.all(self._secret.arn, member.id).apply(lambda known: str(known[0]))
        self.publish({"secret_arn": self.secret_arn})

    def grant_read(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read how to log in."""
        return self._secret.grant_read(role)

    def _allow(self, args: CacheUserArgs) -> aws.iam.RolePolicy:
        user = f"arn:aws:elasticache:{args.region}:{args.account}:user:{args.user_id}"
        actions = (
            "elasticache:CreateUser",
            "elasticache:DeleteUser",
            "elasticache:DescribeUsers",
            "elasticache:ModifyUser",
        )
        return args.steps.role.allow(self.name, Statement(sid="Users", actions=actions, resources=(user,)))

    def _make(self, args: CacheUserArgs, needed: list[pulumi.Resource]) -> aws.lambda_.Invocation:
        event = {
            "step": "cache-user",
            "user": args.user_id,
            "access": f"on ~{args.prefix}:* &{args.prefix}:* {COMMANDS}",
            "host": args.host,
            "port": args.port,
            "secret": self._secret.arn,
        }
        return args.steps.run(self.name, event, opts=self.child(depends_on=needed))
