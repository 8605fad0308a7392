"""A CloudWatch alarm on one metric, which says what to do when it rings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.components.alarm_topic import AlarmTopic
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class AlarmArgs:
    """Which metric, from where on it is wrong, and for how long."""

    topic: AlarmTopic
    description: str
    """What is wrong when it rings, and where to look first."""
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]
    above: float | None = None
    """Rings when the statistic is greater than this."""
    below: float | None = None
    """Or when it is less than this; one of the two is given."""
    silence: Literal["good", "bad"] = "good"
    """What it means when the metric does not come: `bad` where somebody has to send it all the time."""
    period_seconds: int = 60
    periods: int = 5
    """How many periods on end it must be wrong."""

    def __post_init__(self) -> None:
        """Refuse an alarm without a limit, or with two."""
        if (self.above is None) == (self.below is None):
            raise ValueError("an alarm rings above a value or below one: give one of the two")


class Alarm(Component):
    """An alarm that rings and ends at its topic; no data is good news unless it says otherwise."""

    TYPE = "platform:operations:Alarm"

    def __init__(self, name: str, args: AlarmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._alarm = aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=args.description,
            namespace=args.namespace,
            metric_name=args.metric,
            dimensions=dict(args.dimensions),
            statistic=args.statistic,
            comparison_operator="GreaterThanThreshold" if args.below is None else "LessThanThreshold",
            threshold=args.above if args.below is None else args.below,
            period=args.period_seconds,
            evaluation_periods=args.periods,
            treat_missing_data="notBreaching" if args.silence == "good" else "breaching",
            alarm_actions=[args.topic.arn],
            ok_actions=[args.topic.arn],
            opts=self.child(),
        )
        self.physical_name = self._alarm.name
        self.publish({})
