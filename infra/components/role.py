"""An IAM role of one trusted party, whose permissions are given by the owners of things."""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.policies import Statement, document
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class RoleArgs:
    """Who may take the role."""

    description: str
    trust: Statement
    """Who may take it, and on which condition; its action is one of sts:AssumeRole."""
    physical_name: str | None = None
    """A name that others know before the role exists; made up by Pulumi where nobody needs one."""

    def __post_init__(self) -> None:
        """Refuse a trust policy that gives something else away."""
        if self.trust.principal is None or not all(action.startswith("sts:") for action in self.trust.actions):
            raise ValueError("a role's trust must name a principal, and allow nothing but taking the role")


class Role(Component):
    """A role that can do nothing until somebody calls `allow`."""

    TYPE = "platform:workloads:Role"

    def __init__(self, name: str, args: RoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._role = aws.iam.Role(
            name,
            name=args.physical_name,
            description=args.description,
            assume_role_policy=document(args.trust),
            opts=self.child(),
        )
        self.arn = self._role.arn
        self.physical_name = self._role.name
        self.publish({"arn": self.arn})

    def allow(self, what: str, *statements: Statement) -> aws.iam.RolePolicy:
        """Let the role do what the statements say; `what` is the permission's name, unique in the role."""
        return aws.iam.RolePolicy(
            f"{self.name}-{what}", role=self._role.id, policy=document(*statements), opts=self.child()
        )


Grant = Callable[[Role], aws.iam.RolePolicy]
"""A permission that an owner gives, as a value: `table.grant_read_write`."""
