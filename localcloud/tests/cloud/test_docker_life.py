"""Containers and layers over the end and the next start of a cloud."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud import cloud, processes
from localcloud.cloud.process import instance
from localcloud.docker import DockerEngine
from localcloud.tests.cloud.stage import REPOSITORY, Stage, until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture
def start(engine: DockerEngine, image: str, home: Path) -> Iterator[Callable[[], Stage]]:
    """Start a cloud of the test's own; stopped afterwards."""
    yield lambda: Stage(engine, cloud.start(engine, "eu-west-1"), image)
    cloud.stop()


def test_when_stopped_no_container_is_left(start: Callable[[], Stage]) -> None:
    service = start().service(count=2)
    service.steady()
    assert len(service.containers()) == 2
    cloud.stop()
    assert service.containers() == []


def test_after_a_kill_the_next_start_sweeps_its_own_containers_only(start: Callable[[], Stage], image: str) -> None:
    stage = start()
    service = stage.service()
    service.steady()
    labels = ("--label", "ministack=ecs", "--label", "ministack.instance=another")
    other = stage.docker("run", "--detach", *labels, image).stdout.strip()
    try:
        process = processes.find("cloud")
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
        assert len(service.containers()) == 1
        start()
        until(lambda: service.containers() == [], "a container of the killed cloud stayed")
        assert stage.docker("inspect", "--format", "{{.State.Running}}", other).stdout.strip() == "true"
    finally:
        stage.docker("rm", "--force", other)


def test_a_killed_cloud_that_is_stopped_leaves_nothing(start: Callable[[], Stage]) -> None:
    stage = start()
    stage.service().steady()
    process = processes.find("cloud")
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    cloud.stop()
    chosen = ("--quiet", "--filter", f"label=ministack.instance={instance()}")
    listings = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
    assert [stage.docker(*listing, *chosen).stdout for listing in listings] == ["", "", ""]


def test_what_a_cloud_left_that_ended_without_its_engine_is_not_there_for_the_next(
    start: Callable[[], Stage], image: str
) -> None:
    stage = start()
    cloud.stop()
    label = ("--label", f"ministack.instance={instance()}")
    volume = stage.docker("volume", "create", *label, f"slipway-{instance()}-rds-main").stdout.strip()
    stage.docker("run", "--detach", *label, "--volume", f"{volume}:/data", image)
    start()
    assert stage.docker("volume", "ls", "--quiet", "--filter", f"name={volume}").stdout == ""


def test_a_rebuild_pushes_no_layer_again(start: Callable[[], Stage], image: str) -> None:
    stage = start()
    layers = Path(os.environ["LOCALCLOUD_HOME"]) / "cloud" / "registry" / "sha256"
    pushed = {path.name: path.stat().st_ino for path in layers.iterdir()}
    cloud.stop()
    again = start()
    assert again.digest == stage.digest
    assert {path.name: path.stat().st_ino for path in layers.iterdir()}.keys() == pushed.keys()
    address = cloud.registry_address(f"{REPOSITORY}@{again.digest}", again.cloud.endpoint)
    stage.docker("pull", address)
    stage.docker("rmi", address)


def test_a_task_that_never_passes_its_health_check_is_replaced(
    start: Callable[[], Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_CLOUD_UNHEALTHY_SECONDS", "3")
    service = start().service(environment={"SICK": "1"})
    until(lambda: any("failed its health checks" in each for each in service.messages()), "it was never replaced")
    assert service.targets("healthy") == []
    service.delete()
