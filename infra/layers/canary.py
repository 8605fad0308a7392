"""A visitor of an environment's systems, who comes every few minutes and says how it was received."""

import json
from collections.abc import Sequence

import pulumi

from infra.components.function import Function
from infra.components.schedule import Schedule, ScheduleArgs
from infra.layers.workloads import System, Workloads
from interface import names

NAMESPACE = "Slipway/Canary"
METRIC = "Healthy"
DIMENSION = "System"


def build(workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions) -> Function:
    """Have a function visit each system at its health address, as often as the stack file says."""
    visited = json.dumps({system.name: system.health_address for system in systems}, sort_keys=True)
    function = workloads.serverless.function(
        names.CANARY,
        description="Visits the systems as anybody would",
        code=workloads.base.zip(names.CANARY),
        handler="canary.handler.handle",
        environment={"TARGETS": visited},
    )
    settings = workloads.settings
    args = ScheduleArgs(function=function, minutes=settings.operations.canary_minutes, account=settings.account)
    Schedule("canary", args, opts)
    return function
