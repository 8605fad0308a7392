"""Whose signature opens the closed paths of a site: a public key that CloudFront knows."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class ReaderKeysArgs:
    """The key."""

    public_key: pulumi.Input[str]
    """PEM, RSA of 2048 bits; its other half signs cookies and addresses."""


class ReaderKeys(Component):
    """A key group of one key; another key is made beside it before the group lets go of the old one."""

    TYPE = "platform:edge:ReaderKeys"

    def __init__(self, name: str, args: ReaderKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        key = aws.cloudfront.PublicKey(name, encoded_key=args.public_key, opts=self.child())
        group = aws.cloudfront.KeyGroup(f"{name}-group", items=[key.id], opts=self.child())
        self.key_pair_id = key.id
        self.group_id = group.id
        self.publish({"key_pair_id": self.key_pair_id, "group_id": self.group_id})
