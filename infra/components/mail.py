"""An SES identity: mail of a zone that receivers can check, and that stops where it is not wanted."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.queue import Queue, QueueArgs
from infra.components.role import Role
from infra.components.zone import Zone
from infra.core.policies import Principal, Statement, document
from infra.core.resources import Component

Dmarc = Literal["none", "quarantine", "reject"]

MAIL_FROM = "bounce"
"""The label under which mail servers report what they could not deliver."""
RECEIPT_SECONDS = 10
"""For how long a receipt is hidden that a reader took and died over: shorter than senders wait before they repeat."""
DKIM_LETTERS = "abc"
"""SES signs with one of three keys, each of which has a record."""


@dataclass(frozen=True, kw_only=True)
class MailArgs:
    """Whose mail it is, and what becomes of what others say of it."""

    zone: Zone
    key: Key
    """A key that `ses.amazonaws.com` and `sns.amazonaws.com` may use."""
    region: str
    account: str
    dmarc: Dmarc = "reject"
    """What receivers are asked to do with mail of the zone that fails its checks."""
    event_days: int = 14
    """How long bounces and complaints wait in their queue."""
    deletion_protection: bool = True


@dataclass(frozen=True, kw_only=True)
class Sender:
    """An address that mail may come from, known when receivers can check it."""

    address: str
    identity_arn: pulumi.Output[str]
    configuration_set: pulumi.Output[str]


class Mail(Component):
    """A sender with DKIM, SPF and DMARC; bounces and complaints lie in a queue, and their addresses are not written to.

    Nobody may send until `grant_send` is called, and then from one address only.
    """

    TYPE = "platform:edge:Mail"

    def __init__(self, name: str, args: MailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.zone.domain
        self._args = args
        self._set = self._create_configuration_set()
        self._identity = aws.sesv2.EmailIdentity(
            name,
            email_identity=self.domain,
            configuration_set_name=self._set.configuration_set_name,
            opts=self.child(),
        )
        self._proof = self._prove(args)
        self.events = Queue(
            f"{name}-events",
            QueueArgs(
                key=args.key,
                account=args.account,
                retention_days=args.event_days,
                deletion_protection=args.deletion_protection,
            ),
            self.child(),
        )
        self._topic = self._create_topic()
        listening = self._listen()
        # Who knows the set's name has waited for bounces to be heard: that is to be so before the first mail.
        self.configuration_set = pulumi.Output.all(self._set.configuration_set_name, listening.id).apply(
            lambda known: str(known[0])
        )
        self.publish({"configuration_set": self.configuration_set})

    def grant_send(self, role: Role, from_address: str) -> aws.iam.RolePolicy:
        """Let a role send mail of the zone from one address."""
        self._check(from_address)
        return role.allow(
            f"{self.name}-send",
            Statement(
                sid="SendMail",
                actions=("ses:SendEmail",),
                resources=(self._identity.arn, self._set.arn),
                condition={"StringEquals": {"ses:FromAddress": from_address}},
            ),
        )

    def sender(self, address: str) -> Sender:
        """Return an address of the zone, for a service of AWS that sends in its name."""
        self._check(address)
        proved = pulumi.Output.all(self._identity.arn, *(record.id for record in self._proof))
        return Sender(
            address=address,
            identity_arn=proved.apply(lambda known: str(known[0])),
            configuration_set=self.configuration_set,
        )

    def receipts(self, name: str, tag: str) -> Queue:
        """Return a queue that is told, within seconds, of each mail with a certain tag that SES has taken.

        A sender that died before it had SES's answer finds there what became of its mail.
        """
        queue = Queue(
            name,
            QueueArgs(
                key=self._args.key,
                account=self._args.account,
                visibility_seconds=RECEIPT_SECONDS,
                deletion_protection=self._args.deletion_protection,
            ),
            self.child(),
        )
        queue.subscribe("sent", self._topic.arn, {"eventType": ["Send"], "mail": {"tags": {tag: [{"exists": True}]}}})
        return queue

    def _check(self, address: str) -> None:
        if not address.endswith(f"@{self.domain}"):
            raise ValueError(f"{address} is not an address of {self.domain}")

    def _create_configuration_set(self) -> aws.sesv2.ConfigurationSet:
        return aws.sesv2.ConfigurationSet(
            self.name,
            configuration_set_name=f"{pulumi.get_stack()}-{self.name}",
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            sending_options={"sending_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            opts=self.child(),
        )

    def _prove(self, args: MailArgs) -> list[aws.route53.Record]:
        """Write the records by which receivers check who the mail comes from; return those of the signature."""
        tokens = self._identity.dkim_signing_attributes.tokens
        keys = [args.zone.dkim(f"dkim-{letter}", tokens[position]) for position, letter in enumerate(DKIM_LETTERS)]
        host = f"{MAIL_FROM}.{self.domain}"
        records = [
            args.zone.record(
                "mail-from", host=host, kind="MX", values=[f"10 feedback-smtp.{args.region}.amazonses.com"]
            ),
            args.zone.record("spf", host=host, kind="TXT", values=["v=spf1 include:amazonses.com -all"]),
        ]
        policy = f"v=DMARC1; p={args.dmarc}; adkim=s; aspf=r"
        args.zone.record("dmarc", host=f"_dmarc.{self.domain}", kind="TXT", values=[policy])
        aws.sesv2.EmailIdentityMailFromAttributes(
            f"{self.name}-from",
            email_identity=self._identity.email_identity,
            mail_from_domain=host,
            behavior_on_mx_failure="USE_DEFAULT_VALUE",
            opts=self.child(depends_on=records),
        )
        return keys

    def _create_topic(self) -> aws.sns.Topic:
        return aws.sns.Topic(f"{self.name}-events", kms_master_key_id=self._args.key.arn, opts=self.child())

    def _listen(self) -> aws.sesv2.ConfigurationSetEventDestination:
        topic = self._topic
        publish = Statement(
            sid="Events",
            principal=Principal.service("ses.amazonaws.com"),
            actions=("sns:Publish",),
            resources=(topic.arn,),
            condition={"StringEquals": {"aws:SourceAccount": self._args.account}},
        )
        policy = aws.sns.TopicPolicy(
            f"{self.name}-events-policy", arn=topic.arn, policy=document(publish), opts=self.child()
        )
        heard = self.events.subscribe("mail", topic.arn, {"eventType": ["Bounce", "Complaint", "Reject"]})
        return aws.sesv2.ConfigurationSetEventDestination(
            f"{self.name}-events",
            configuration_set_name=self._set.configuration_set_name,
            event_destination_name="events",
            event_destination={
                "enabled": True,
                "matching_event_types": ["BOUNCE", "COMPLAINT", "REJECT", "SEND"],
                "sns_destination": {"topic_arn": topic.arn},
            },
            opts=self.child(depends_on=[policy, heard]),
        )
