"""Facts about a system as a hierarchy of SSM parameters, for people and programs that look after it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.core.resources import Component

VERSIONS = 2**31
"""A version is a whole number that SSM's provider keeps in 32 bits."""


@dataclass(frozen=True, kw_only=True)
class ParametersArgs:
    """What is published, and under which path."""

    path: str
    """`/slipway/dev/ewelists`, without a slash at its end."""
    key: Key
    values: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Facts that everybody of the account may read, by the last part of their path."""
    closed: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Facts that are encrypted, and written without being kept in the stack's state."""

    def __post_init__(self) -> None:
        """Refuse a path that SSM would read otherwise."""
        if not self.path.startswith("/") or self.path.endswith("/"):
            raise ValueError(f"a path begins with a slash and ends without one, got {self.path}")


class Parameters(Component):
    """Parameters below one path; an encrypted one is known to the state by a fingerprint alone."""

    TYPE = "platform:operations:Parameters"

    def __init__(self, name: str, args: ParametersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        for key in sorted(args.values):
            aws.ssm.Parameter(
                f"{name}-{key}", name=f"{args.path}/{key}", type="String", value=args.values[key], opts=self.child()
            )
        for key in sorted(args.closed):
            value = pulumi.Output.secret(args.closed[key])
            aws.ssm.Parameter(
                f"{name}-{key}",
                name=f"{args.path}/{key}",
                type="SecureString",
                key_id=args.key.arn,
                value_wo=value,
                value_wo_version=pulumi.Output.unsecret(value.apply(_fingerprint)),
                opts=self.child(),
            )
        self.publish({})


def _fingerprint(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % VERSIONS
