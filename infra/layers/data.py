"""What data is kept with: the environment's key. Tables belong to the systems that use them."""

from dataclasses import dataclass

import pulumi

from infra.components.key import Key, KeyArgs
from infra.config import Settings


@dataclass(frozen=True)
class Data:
    """The data layer of a stack."""

    key: Key


def build(settings: Settings, opts: pulumi.ResourceOptions) -> Data:
    """Create the one key that everything of the stack is encrypted with."""
    name = settings.stack.environment
    key = Key(
        "key",
        KeyArgs(
            description=f"Everything that {name} keeps",
            alias=f"slipway-{name}",
            account=settings.account,
            region=settings.organisation.region,
            services=("cloudwatch.amazonaws.com",),
            deletion_window_days=settings.data.key_deletion_days if settings.deletion_protection else 7,
            deletion_protection=settings.deletion_protection,
        ),
        opts,
    )
    return Data(key=key)
