"""The applications, one file each, which reads like the application's architecture."""

from collections.abc import Callable, Mapping

from infra.layers.workloads import System, Workloads
from infra.systems import anythingyouwantt, counter, market

SYSTEMS: Mapping[str, Callable[[Workloads], System]] = {
    "anythingyouwantt": anythingyouwantt.build,
    "counter": counter.build,
    "market": market.build,
}
"""How each system is built."""

ROUTES: tuple[str, ...] = (*counter.ROUTES, *anythingyouwantt.ROUTES, *market.ROUTES)
"""Every route of every system. New ones are added at the end: a route's place is its priority."""
