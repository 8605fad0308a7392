"""A VPC flow log: who spoke to whom in a network, as lines of an encrypted log group."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.role import Role, RoleArgs
from infra.core.policies import Principal, Statement
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class FlowLogArgs:
    """Which network, and how long its traffic is remembered."""

    vpc_id: pulumi.Input[str]
    key: Key
    retention_days: int = 90


class FlowLog(Component):
    """A flow log of all traffic, accepted and rejected, in steps of a minute."""

    TYPE = "platform:network:FlowLog"

    def __init__(self, name: str, args: FlowLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        group = LogGroup(name, LogGroupArgs(key=args.key, retention_days=args.retention_days), self.child())
        role = Role(name, RoleArgs(description="Writes the network's flow log", trust=_TRUST), self.child())
        policy = group.grant_write(role)
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=60,
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=self.child(depends_on=policy),
        )
        self.publish({})


_TRUST = Statement(
    sid="FlowLogs", principal=Principal.service("vpc-flow-logs.amazonaws.com"), actions=("sts:AssumeRole",)
)
