"""The IAM role with which RDS writes a server's operating system figures to CloudWatch."""

from dataclasses import dataclass

import pulumi

from infra.components.role import Role, RoleArgs
from infra.core.policies import Statement, trust
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class MonitoringRoleArgs:
    """Where the figures are written."""

    region: str
    account: str


class MonitoringRole(Component):
    """A role for enhanced monitoring: one group of logs, which RDS calls `RDSOSMetrics`; `arn` comes with the policy.

    AWS's own policy for it is for all regions and accounts, this one for one.
    """

    TYPE = "platform:data:MonitoringRole"

    def __init__(self, name: str, args: MonitoringRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        trusted = trust("Monitoring", "monitoring.rds.amazonaws.com", args.account)
        role = Role(name, RoleArgs(description="Writes a database server's figures", trust=trusted), self.child())
        policy = role.allow("figures", *_permissions(args))
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))
        self.publish({"arn": self.arn})


def _permissions(args: MonitoringRoleArgs) -> tuple[Statement, ...]:
    group = f"arn:aws:logs:{args.region}:{args.account}:log-group:RDS*"
    return (
        Statement(sid="Groups", actions=("logs:CreateLogGroup", "logs:PutRetentionPolicy"), resources=(group,)),
        Statement(
            sid="Streams",
            actions=(
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
            ),
            resources=(f"{group}:log-stream:*",),
        ),
    )
