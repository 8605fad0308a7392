"""A customer-managed KMS key; stateful: what it encrypted is lost with it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.policies import Principal, Statement, document
from infra.core.resources import Component

USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""What whoever encrypts and decrypts with a key calls."""


@dataclass(frozen=True, kw_only=True)
class KeyArgs:
    """What a key is for, and who may use it."""

    description: str
    """What it encrypts, as a person reads it in the console."""
    alias: str
    """Its name without `alias/`, unique in the account."""
    account: str
    """The account that owns it, 12 digits; its administrators decide who else may use it, by IAM."""
    region: str
    """Where it lives: CloudWatch Logs may use it from there only."""
    services: tuple[str, ...] = ()
    """AWS services, such as `cloudwatch.amazonaws.com`, that encrypt with it on the account's behalf."""
    readers: tuple[str, ...] = ()
    """Other accounts, 12 digits each, that decrypt with it what lies in a bucket."""
    writers: tuple[str, ...] = ()
    """Those of them that also encrypt what they put there."""
    deletion_window_days: int = 30
    """How long a deleted key can still be saved."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what KMS refuses."""
        if not 7 <= self.deletion_window_days <= 30:
            raise ValueError(f"deletion_window_days must be 7 to 30, got {self.deletion_window_days}")


class Key(Component):
    """A stateful key that rotates every year, with an alias; log groups of the account may be encrypted with it."""

    TYPE = "platform:data:Key"

    def __init__(self, name: str, args: KeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._region = args.region
        self._key = self._create_key(args)
        self._create_alias(args)
        self.arn = self._key.arn
        self.publish({"arn": self.arn})

    def use_through(self, *services: str) -> Statement:
        """Return the permission to encrypt and decrypt, but only through AWS services such as `dynamodb`."""
        through = [f"{service}.{self._region}.amazonaws.com" for service in services]
        return Statement(
            sid="UseKey",
            actions=USE,
            resources=(self.arn,),
            condition={"StringEquals": {"kms:ViaService": through[0] if len(through) == 1 else through}},
        )

    def make_key_pairs(self) -> Statement:
        """Return the permission to have key pairs made whose private half only this key can unwrap."""
        return Statement(sid="MakeKeyPairs", actions=("kms:GenerateDataKeyPair",), resources=(self.arn,))

    def _create_key(self, args: KeyArgs) -> aws.kms.Key:
        return aws.kms.Key(
            self.name,
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=document(*_statements(args)),
            opts=self.child(protect=args.deletion_protection),
        )

    def _create_alias(self, args: KeyArgs) -> aws.kms.Alias:
        return aws.kms.Alias(
            f"{self.name}-alias", name=f"alias/{args.alias}", target_key_id=self._key.key_id, opts=self.child()
        )


def _statements(args: KeyArgs) -> list[Statement]:
    # A key policy speaks of its own key alone, so "*" is this key. The first statement is what AWS advises: without
    # it a key can become one that nobody can manage.
    statements = [
        Statement(sid="Account", principal=Principal.accounts(args.account), actions=("kms:*",), resources=("*",)),
        Statement(
            sid="Logs",
            principal=Principal.service(f"logs.{args.region}.amazonaws.com"),
            actions=USE,
            resources=("*",),
            condition={
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{args.region}:{args.account}:*"}
            },
        ),
    ]
    if args.services:
        statements.append(
            Statement(
                sid="Services",
                principal=Principal.service(*args.services),
                actions=("kms:Decrypt", "kms:GenerateDataKey*"),
                resources=("*",),
                condition={"StringEquals": {"aws:SourceAccount": args.account}},
            )
        )
    for sid, accounts, actions in (
        ("Readers", args.readers, ("kms:Decrypt",)),
        ("Writers", args.writers, ("kms:GenerateDataKey*",)),
    ):
        if accounts:
            statements.append(
                Statement(
                    sid=sid,
                    principal=Principal.accounts(*accounts),
                    actions=actions,
                    resources=("*",),
                    condition={"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
                )
            )
    return statements
