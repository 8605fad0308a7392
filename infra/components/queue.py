"""An SQS queue with a dead-letter queue; stateful: what lies in it is lost with it."""

# ruff: noqa: A005  # inside of a package it is in nobody's way

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Principal, Statement, document
from infra.core.resources import Component

DEAD_LETTER_DAYS = 14
DAY_SECONDS = 24 * 60 * 60
LONG_POLL_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class QueueArgs:
    """How long a message is kept, how long one try may take, and how many there are."""

    key: Key
    account: str
    retention_days: int = 4
    visibility_seconds: int = 60
    """For how long a message that was taken is hidden from others: longer than its work takes."""
    tries: int = 5
    """How often a message is taken before it goes to the dead-letter queue."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what SQS refuses."""
        if not 1 <= self.retention_days <= DEAD_LETTER_DAYS:
            raise ValueError(f"retention_days must be 1 to {DEAD_LETTER_DAYS}, got {self.retention_days}")
        if not 0 <= self.visibility_seconds <= 43200:
            raise ValueError(f"visibility_seconds must be 0 to 43200, got {self.visibility_seconds}")


class Queue(Component):
    """A stateful, encrypted queue; nobody sends or takes until a grant is called."""

    TYPE = "platform:data:Queue"

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._key, self._account = args.key, args.account
        self._dead = self._create_queue(f"{name}-dead", args, retention_days=DEAD_LETTER_DAYS)
        self._queue = self._create_queue(name, args, retention_days=args.retention_days, dead=self._dead)
        self._keep_others_out()
        self.arn = self._queue.arn
        self.url = self._queue.url
        self.physical_name = self._queue.name
        self.dead_letter_name = self._dead.name
        self.publish({"arn": self.arn, "url": self.url})

    def grant_send(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role put messages into the queue, and see how many there are."""
        actions = ("sqs:GetQueueAttributes", "sqs:SendMessage")
        return self._grant(role, "send", Statement(sid="SendMessages", actions=actions, resources=(self.arn,)))

    def grant_consume(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role take messages, put them back and delete them, and see how many there are."""
        actions = (
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        )
        return self._grant(role, "consume", Statement(sid="TakeMessages", actions=actions, resources=(self.arn,)))

    def subscribe(self, what: str, topic_arn: pulumi.Input[str], only: Mapping[str, Any]) -> aws.sns.TopicSubscription:
        """Put what a topic of the account is told into the queue, as it was said; called once a queue.

        `only` is a filter policy over the message's body.
        """
        deliver = Statement(
            sid="Deliver",
            principal=Principal.service("sns.amazonaws.com"),
            actions=("sqs:SendMessage",),
            resources=(self.arn,),
            condition={"ArnEquals": {"aws:SourceArn": topic_arn}, "StringEquals": {"aws:SourceAccount": self._account}},
        )
        policy = aws.sqs.QueuePolicy(
            f"{self.name}-policy", queue_url=self._queue.url, policy=document(deliver), opts=self.child()
        )
        return aws.sns.TopicSubscription(
            f"{self.name}-{what}",
            topic=topic_arn,
            protocol="sqs",
            endpoint=self.arn,
            raw_message_delivery=True,
            filter_policy=json.dumps(only),
            filter_policy_scope="MessageBody",
            opts=self.child(depends_on=policy),
        )

    def _grant(self, role: Role, what: str, statement: Statement) -> aws.iam.RolePolicy:
        return role.allow(f"{self.name}-{what}", statement, self._key.use_through("sqs"))

    def _create_queue(
        self, name: str, args: QueueArgs, *, retention_days: int, dead: aws.sqs.Queue | None = None
    ) -> aws.sqs.Queue:
        redrive = None
        if dead is not None:
            redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": args.tries})
        return aws.sqs.Queue(
            name,
            kms_master_key_id=args.key.arn,
            message_retention_seconds=retention_days * DAY_SECONDS,
            visibility_timeout_seconds=args.visibility_seconds,
            receive_wait_time_seconds=LONG_POLL_SECONDS,
            redrive_policy=redrive,
            opts=self.child(protect=args.deletion_protection),
        )

    def _keep_others_out(self) -> None:
        allowed = pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [self._queue.arn]})
        aws.sqs.RedriveAllowPolicy(
            f"{self.name}-dead-from", queue_url=self._dead.url, redrive_allow_policy=allowed, opts=self.child()
        )
