"""What data is kept with: the environment's key. What holds data is in the stores, and in the systems' own tables."""

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
    shared = settings.stack.kind == "tooling"
    accounts = settings.organisation.accounts
    key = Key(
        "key",
        KeyArgs(
            description=f"Everything that {name} keeps",
            alias=f"slipway-{name}",
            account=settings.account,
            region=settings.organisation.region,
            services=(
                "budgets.amazonaws.com",
                "cloudfront.amazonaws.com",
                "cloudwatch.amazonaws.com",
                "ses.amazonaws.com",
                "sns.amazonaws.com",
            ),
            readers=tuple(settings.environments().values()) if shared else (),
            writers=tuple(accounts[name] for name in settings.organisation.builders) if shared else (),
            deletion_window_days=settings.data.key_deletion_days if settings.deletion_protection else 7,
            deletion_protection=settings.deletion_protection,
        ),
        opts,
    )
    return Data(key=key)
