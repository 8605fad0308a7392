"""A monthly budget: somebody is told before the money is spent, and when it is."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.alarm_topic import AlarmTopic
from infra.core.resources import Component

SPENT_PERCENT = (50, 80, 100)


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """How much a month, and who is told."""

    usd_a_month: int
    topic: AlarmTopic
    """A topic that `budgets.amazonaws.com` may publish to."""

    def __post_init__(self) -> None:
        """Refuse a budget of nothing."""
        if self.usd_a_month < 1:
            raise ValueError(f"usd_a_month must be at least 1, got {self.usd_a_month}")


class Budget(Component):
    """A budget of the whole account, told of at half, at four fifths, at all of it, and when that is foreseen."""

    TYPE = "platform:operations:Budget"

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        wanted = [("ACTUAL", percent) for percent in SPENT_PERCENT] + [("FORECASTED", 100)]
        aws.budgets.Budget(
            name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.usd_a_month),
            limit_unit="USD",
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": kind,
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_sns_topic_arns": [args.topic.arn],
                }
                for kind, percent in wanted
            ],
            opts=self.child(),
        )
        self.publish({})
