"""Where everything of an environment stands."""

import pulumi

from infra.components.network import Network, NetworkArgs
from infra.config import Settings
from infra.core.addresses import AddressPlan
from infra.layers.data import Data


def build(settings: Settings, data: Data, opts: pulumi.ResourceOptions) -> Network:
    """Create the network that the stack file describes, in the environment's own range."""
    block = settings.organisation.networks[settings.stack.environment]
    return Network(
        "network",
        NetworkArgs(
            plan=AddressPlan.of(block, settings.network.zones),
            key=data.key,
            region=settings.organisation.region,
            nat=settings.network.nat,
            endpoints=settings.network.endpoints,
            flow_log_retention_days=settings.network.flow_log_retention_days,
        ),
        opts,
    )
