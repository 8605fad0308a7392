"""A schedule of EventBridge that calls a function, again and again."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.function import Function
from infra.components.role import Role, RoleArgs
from infra.core.policies import Statement, trust
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class ScheduleArgs:
    """Who is called, and how often."""

    function: Function
    minutes: int
    account: str

    def __post_init__(self) -> None:
        """Refuse what no schedule can say."""
        if self.minutes < 1:
            raise ValueError(f"minutes must be at least 1, got {self.minutes}")


class Schedule(Component):
    """Calls of a function's alias by a role that may do nothing else; one that comes too late is left out."""

    TYPE = "platform:workloads:Schedule"

    def __init__(self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        trusted = trust("Schedule", "scheduler.amazonaws.com", args.account)
        role = Role(
            f"{name}-caller", RoleArgs(description=f"Calls for the schedule {name}", trust=trusted), self.child()
        )
        call = Statement(sid="Call", actions=("lambda:InvokeFunction",), resources=(args.function.arn,))
        aws.scheduler.Schedule(
            name,
            schedule_expression=f"rate({args.minutes} minute{'' if args.minutes == 1 else 's'})",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": args.function.arn,
                "role_arn": role.arn,
                "retry_policy": {
                    "maximum_event_age_in_seconds": max(args.minutes * 60, 60),
                    "maximum_retry_attempts": 0,
                },
            },
            opts=self.child(depends_on=[role.allow("call", call)]),
        )
        self.publish({})
