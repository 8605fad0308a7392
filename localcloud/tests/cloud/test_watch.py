import threading
from typing import Any

import pytest

from localcloud.cloud.inside.watch import Watch, health_of


def task(*containers: str) -> dict[str, Any]:
    return {"_docker_ids": list(containers), "containers": [{"healthStatus": "UNKNOWN"} for _ in containers]}


def watched(listed: list[dict[str, Any]], *tasks: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    """Return what a round reports for these tasks and containers."""
    ended: list[tuple[dict[str, Any], bool]] = []
    watch = Watch(lambda: listed, lambda each, gone: ended.append((each, gone)))
    watch._running = True  # rounds are made here, not by its thread
    for number, each in enumerate(tasks):
        watch.add(str(number), each, lambda: True)
    watch.round()
    return ended


def test_a_task_whose_container_runs_is_left_alone() -> None:
    assert watched([{"Id": "a", "State": "running", "Status": "Up"}], task("a")) == []


def test_a_task_whose_container_exited_has_ended() -> None:
    dead = task("a")
    assert watched([{"Id": "a", "State": "exited"}], dead) == [(dead, False)]


def test_a_task_whose_container_is_gone_has_ended_too() -> None:
    dead, alive = task("a", "b"), task("c")
    listed = [{"Id": "a", "State": "running", "Status": "Up"}, {"Id": "c", "State": "running", "Status": "Up"}]
    assert watched(listed, dead, alive) == [(dead, True)]


def test_an_engine_that_does_not_answer_is_said_once_and_asked_on(caplog: pytest.LogCaptureFixture) -> None:
    asked = 0
    answered = threading.Event()

    def listed() -> list[dict[str, Any]]:
        nonlocal asked
        asked += 1
        if asked == 7:
            answered.set()
        if asked in (4, 7):
            return [{"Id": "a", "State": "running", "Status": "Up"}]
        raise ConnectionRefusedError

    ended: list[Any] = []
    watch = Watch(listed, lambda each, gone: ended.append(each), every_seconds=0.001)
    watch.add("1", task("a"), lambda: not answered.is_set())
    assert answered.wait(10)
    assert ended == []
    assert len(caplog.records) == 2


def test_health_comes_from_the_engines_status_line() -> None:
    assert health_of("Up 3 seconds (healthy)") == "HEALTHY"
    assert health_of("Up 3 seconds (unhealthy)") == "UNHEALTHY"
    assert health_of("Up 3 seconds (health: starting)") == "UNKNOWN"
    assert health_of("Up 3 seconds") == "UNKNOWN"


def test_a_task_is_as_healthy_as_its_worst_container() -> None:
    both = task("a", "b")
    up = {"State": "running", "Status": "Up (healthy)"}
    watched([{"Id": "a", **up}, {"Id": "b", "State": "running", "Status": "Up (unhealthy)"}], both)
    assert [each["healthStatus"] for each in both["containers"]] == ["HEALTHY", "UNHEALTHY"]
    assert both["healthStatus"] == "UNHEALTHY"
    watched([{"Id": "a", **up}, {"Id": "b", **up}], both)
    assert both["healthStatus"] == "HEALTHY"


def test_a_task_that_is_no_longer_active_is_not_looked_at() -> None:
    ended: list[Any] = []
    watch = Watch(list, lambda each, gone: ended.append(each))
    watch._running = True
    watch.add("1", task("a"), lambda: False)
    watch.round()
    assert ended == []
