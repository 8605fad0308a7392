"""A CloudWatch log group: encrypted, and never kept for ever."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Statement
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class LogGroupArgs:
    """How long lines are kept, and what encrypts them."""

    key: Key
    retention_days: int
    """One of the retentions that CloudWatch Logs knows."""
    physical_name: pulumi.Input[str] | None = None
    """A name that a service of AWS writes to; made up by Pulumi where nobody needs one."""


class LogGroup(Component):
    """A log group; its lines are gone after the retention, and with the stack."""

    TYPE = "platform:operations:LogGroup"

    def __init__(self, name: str, args: LogGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._group = aws.cloudwatch.LogGroup(
            name,
            name=args.physical_name,
            kms_key_id=args.key.arn,
            retention_in_days=args.retention_days,
            opts=self.child(),
        )
        self.arn = self._group.arn
        self.physical_name = self._group.name
        self.publish({"physical_name": self.physical_name})

    def grant_write(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role write streams of this group."""
        return role.allow(
            "logs",
            Statement(
                sid="WriteLogs",
                actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                resources=(pulumi.Output.concat(self.arn, ":*"),),
            ),
        )
