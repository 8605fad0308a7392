"""The applications, one file each, which reads like the application's architecture."""

from collections.abc import Callable, Collection, Mapping

from infra.layers.workloads import System, Workloads
from infra.systems import anythingyouwantt, counter, ewelists, market, planner

SYSTEMS: Mapping[str, Callable[[Workloads], System]] = {
    "anythingyouwantt": anythingyouwantt.build,
    "counter": counter.build,
    "ewelists": ewelists.build,
    "market": market.build,
    "planner": planner.build,
}
"""How each system is built."""

ROUTES: tuple[str, ...] = (*counter.ROUTES, *anythingyouwantt.ROUTES, *market.ROUTES)
"""Every route of every system. New ones are added at the end: a route's place is its priority."""

METRICS: Mapping[str, Mapping[str, int]] = {"anythingyouwantt": anythingyouwantt.METRICS, "market": market.METRICS}
"""Of each system the names of services, and the port at which each serves its metrics."""


def read_by_collector(systems: Collection[str]) -> dict[str, int]:
    """Return whose metrics the collector of an environment that carries these systems reads."""
    return {name: port for system in sorted(systems) for name, port in METRICS.get(system, {}).items()}
