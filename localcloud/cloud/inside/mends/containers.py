"""Which containers are this cloud's, at its start, its end and in between."""

from typing import Any

from ..settings import SETTINGS
from .mend import Mend, replace


def _identity(reaper: Any) -> None:
    replace(reaper, "instance_id", lambda: SETTINGS.instance)

    def reap_all(client: Any, stop_timeout: int = 2, include_unlabelled: bool = False) -> int:
        return int(original(client, stop_timeout=stop_timeout))

    original = replace(reaper, "reap_all", reap_all)


def _no_restarts_at_the_end(ecs: Any) -> None:
    def reconcile(cluster: str, key: str) -> None:
        if not ending:
            original(cluster, key)

    original = replace(ecs, "_reconcile_service_tasks", reconcile)


ending: list[bool] = []
"""Holds something from the moment the process ends."""

MENDS = (
    Mend(
        "containers belong to the home they were started from, whatever port the cloud has this time",
        "they are known by host name and port, and unlabelled ones of anybody are removed at the start",
        "ministack.core.container_reaper",
        {"instance_id": "5754ab8e29d3", "reap_all": "a59109f4b731"},
        _identity,
    ),
    Mend(
        "services start no task while the cloud ends",
        "a task that is stopped at the end is replaced, and its container stays behind",
        "ministack.services.ecs",
        {"_reconcile_service_tasks": "16e4d03cbf75"},
        _no_restarts_at_the_end,
    ),
)
