"""One alarm for a whole system: several others, which say what it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.alarm import Alarm
from infra.components.alarm_topic import AlarmTopic
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class TroubleArgs:
    """Which alarms it is made of."""

    topic: AlarmTopic
    description: str
    alarms: Sequence[Alarm]
    """Those that visitors notice."""

    def __post_init__(self) -> None:
        """Refuse an alarm of none."""
        if not self.alarms:
            raise ValueError("trouble is made of at least one alarm")


class Trouble(Component):
    """A composite alarm that rings once while any of its alarms does, and ends with the last of them."""

    TYPE = "platform:operations:Trouble"

    def __init__(self, name: str, args: TroubleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        rule = pulumi.Output.all(*(alarm.physical_name for alarm in args.alarms)).apply(
            lambda names: " OR ".join(f'ALARM("{alarm}")' for alarm in names)
        )
        aws.cloudwatch.CompositeAlarm(
            name,
            alarm_name=f"{pulumi.get_stack()}-{name}",
            alarm_description=args.description,
            alarm_rule=rule,
            alarm_actions=[args.topic.arn],
            ok_actions=[args.topic.arn],
            opts=self.child(),
        )
        self.publish({})
