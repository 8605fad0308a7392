"""The platform on one screen: what each kind of stack is made of."""

import pulumi

from infra import providers
from infra.config import Settings
from infra.layers import data, edge, network, operations, stores, tooling, workloads
from infra.layers.base import Base
from infra.systems import ROUTES, SYSTEMS, read_by_collector
from interface.outputs import EnvironmentOutputs, ToolingOutputs


def declare(settings: Settings) -> EnvironmentOutputs | ToolingOutputs:
    """Register everything of the stack that the settings describe, and return the stack's outputs."""
    if settings.stack.kind == "tooling":
        return _tooling(settings)
    return _environment(settings)


def _tooling(settings: Settings) -> ToolingOutputs:
    opts = pulumi.ResourceOptions(provider=providers.home(settings))
    keys = data.build(settings, opts)
    return {"foundation": tooling.build(settings, keys, opts)}


def _environment(settings: Settings) -> EnvironmentOutputs:
    home = providers.home(settings)
    opts = pulumi.ResourceOptions(provider=home)
    keys = data.build(settings, opts)
    net = network.build(settings, keys, opts)
    entry = edge.build(settings, net, ROUTES, opts)
    kept = stores.build(settings, keys, net, entry, opts)
    base = Base(settings, net, keys, entry, kept, providers.images(settings, home), opts)
    platform = workloads.build(base, read_by_collector(settings.stack.systems))
    systems = [build(platform) for name, build in sorted(SYSTEMS.items()) if name in settings.stack.systems]
    foundation = operations.build(settings, platform, systems, opts)
    return {"systems": {system.name: system.output() for system in systems}, "foundation": foundation}
