"""An SNS topic that an environment's alarms go to, and that people or pagers subscribe to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.core.policies import Principal, Statement, document
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class AlarmTopicArgs:
    """Whose alarms may be sent, and what encrypts them."""

    key: Key
    """A key that `budgets.amazonaws.com` and `cloudwatch.amazonaws.com` may use."""
    account: str


class AlarmTopic(Component):
    """An encrypted topic that alarms and budgets of its own account publish to, and nobody else."""

    TYPE = "platform:operations:AlarmTopic"

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._topic = aws.sns.Topic(name, kms_master_key_id=args.key.arn, opts=self.child())
        self.arn = self._topic.arn
        publish = Statement(
            sid="Alarms",
            principal=Principal.service("budgets.amazonaws.com", "cloudwatch.amazonaws.com"),
            actions=("sns:Publish",),
            resources=(self.arn,),
            condition={"StringEquals": {"aws:SourceAccount": args.account}},
        )
        aws.sns.TopicPolicy(f"{name}-policy", arn=self.arn, policy=document(publish), opts=self.child())
        self.publish({"arn": self.arn})
