"""The applications, one file each, which reads like the application's architecture."""

from collections.abc import Callable, Mapping

from infra.layers.workloads import System, Workloads
from infra.systems import counter

SYSTEMS: Mapping[str, Callable[[Workloads], System]] = {"counter": counter.build}
"""How each system is built."""

ROUTES: tuple[str, ...] = counter.ROUTES
"""Every route of every system. New ones are added at the end: a route's place is its priority."""
