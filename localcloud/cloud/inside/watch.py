"""Containers that ended or became unhealthy, noticed by one listing of them all rather than one request each."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("slipway.watch")

EVERY_SECONDS = 0.25
ENDED = ("exited", "dead")


class Watch:
    """Tasks and the containers they live in.

    `containers()` lists the engine's containers of this cloud (`Id`, `State`, `Status`). A task is handed to `ended`
    when one of its containers ended or is gone, with whether it is gone.
    """

    def __init__(
        self,
        containers: Callable[[], list[dict[str, Any]]],
        ended: Callable[[Any, bool], None],
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._containers = containers
        self._ended = ended
        self._every_seconds = every_seconds
        self._tasks: dict[str, tuple[Any, Callable[[], bool]]] = {}
        self._running = False
        self._guard = threading.Lock()

    def add(self, key: str, task: dict[str, Any], is_active: Callable[[], bool]) -> None:
        """Watch a task as long as it is active."""
        with self._guard:
            self._tasks[key] = (task, is_active)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True, name="slipway-watch").start()

    def _run(self) -> None:
        answers = True
        while True:
            try:
                self.round()
                answers = True
            except Exception as error:  # an engine that does not answer is no proof that a container ended
                if answers:
                    logger.warning("containers cannot be listed, until no more is said: %s", error)
                answers = False
            time.sleep(self._every_seconds)

    def round(self) -> None:
        """Look at every task once."""
        with self._guard:
            self._tasks = {key: pair for key, pair in self._tasks.items() if pair[1]()}
            tasks = [(task, list(task.get("_docker_ids") or [])) for task, _ in self._tasks.values()]
        if not tasks:
            return
        known = {each["Id"]: each for each in self._containers()}
        for task, containers in tasks:
            for position, container in enumerate(containers):
                found = known.get(container)
                if found is None or found["State"] in ENDED:
                    self._ended(task, found is None)
                    break
                if position < len(task["containers"]):
                    task["containers"][position]["healthStatus"] = health_of(found.get("Status", ""))
            else:
                states = {each.get("healthStatus", "UNKNOWN") for each in task["containers"]}
                task["healthStatus"] = next((s for s in ("UNHEALTHY", "UNKNOWN", "HEALTHY") if s in states), "UNKNOWN")


def health_of(status: str) -> str:
    """Return ECS's word for what the engine's status line says, such as `Up 3 seconds (healthy)`."""
    if status.endswith("(healthy)"):
        return "HEALTHY"
    return "UNHEALTHY" if status.endswith("(unhealthy)") else "UNKNOWN"
