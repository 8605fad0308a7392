"""When an engine of our own is installed and started, and with which settings."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud import docker, progress
from localcloud.docker import api, client, daemon, leftovers, network, packages, root
from localcloud.docker.network import Bridge, Network
from localcloud.errors import Trouble

OWN = docker.DockerEngine("unix:///run/own.sock", "20.10.24", True, "/usr/bin/docker", "10.210.0.1")
SYSTEM = docker.DockerEngine("unix:///var/run/docker.sock", "24.0.7", False, "/usr/bin/docker", "172.17.0.1")


class World:
    """A machine of which the test says what it has; starting and installing change it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine: docker.DockerEngine | None = None
        self.after_install: docker.DockerEngine | None = None
        self.installed = True
        self.can_install = True
        self.prefix: tuple[str, ...] | None = ()
        self.refuses: Trouble | None = None
        self.done: list[str] = []
        self.notes: list[str] = []
        good = client.Client("/usr/bin/docker", "20.10.24", True)
        monkeypatch.setattr(docker, "find", lambda: self.engine)
        monkeypatch.setattr(docker, "explain", lambda: ["Docker is not installed → install it"])
        monkeypatch.setattr(docker, "examine", lambda host: OWN)
        monkeypatch.setattr(client, "find", lambda: good if self.installed else None)
        monkeypatch.setattr(root, "which", lambda name: f"/usr/sbin/{name}" if self.installed else None)
        monkeypatch.setattr(root, "prefix", lambda: self.prefix)
        monkeypatch.setattr(packages, "can_install", lambda: self.can_install)
        monkeypatch.setattr(packages, "install", self.install)
        monkeypatch.setattr(docker, "_guards", lambda: ["apparmor"])
        monkeypatch.setattr(daemon, "start", self.start)
        monkeypatch.setattr(api, "answers", lambda host: False)
        monkeypatch.setattr(progress, "note", self.notes.append)

    def install(self, names: list[str], purpose: str, extras: tuple[str, ...]) -> None:
        self.done.append(f"install {' '.join(names)} and of {' '.join(extras)} what there is")
        self.installed = True
        self.engine = self.after_install

    def start(self) -> None:
        self.done.append("start")
        if self.refuses:
            raise self.refuses


@pytest.fixture
def world(home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_an_engine_that_answers_is_taken_as_it_is(world: World) -> None:
    world.engine = SYSTEM
    assert docker.ensure() == SYSTEM
    assert (world.done, world.notes) == ([], [])


def test_our_own_engine_that_answers_gets_its_rules_looked_after(world: World) -> None:
    world.engine = OWN
    assert docker.ensure() == OWN
    assert world.done == ["start"]


def test_where_none_answers_our_own_is_started(world: World) -> None:
    assert docker.ensure() == OWN
    assert world.done == ["start"]


@pytest.mark.parametrize(("host", "done"), [(daemon.host, ["start"]), (lambda: SYSTEM.host, [])])
def test_of_engines_that_have_died_our_own_is_started_again(
    world: World, monkeypatch: pytest.MonkeyPatch, host: Callable[[], str], done: list[str]
) -> None:
    monkeypatch.setattr(api, "answers", lambda host: world.done == ["start"])
    assert docker.revive(host()) is bool(done)
    assert world.done == done


def test_an_engine_that_answers_is_not_started_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "answers", lambda host: True)
    assert docker.revive(daemon.host())
    assert world.done == []


def test_a_bare_debian_gets_the_packages_first(world: World) -> None:
    world.installed = False
    assert docker.ensure() == OWN
    assert world.done == [
        "install docker.io iptables iproute2 ca-certificates apparmor and of docker-cli docker-buildx what there is",
        "start",
    ]


def test_the_engine_that_the_package_itself_starts_is_used(world: World) -> None:
    world.installed = False
    world.after_install = SYSTEM
    assert docker.ensure() == SYSTEM
    assert len(world.done) == 1


def test_where_nothing_may_be_installed_a_notice_says_why(world: World) -> None:
    world.installed = False
    world.can_install = False
    world.prefix = None
    assert docker.ensure() is None
    assert world.done == []
    assert world.notes == ["[yellow]no Docker engine:[/yellow] Docker is not installed → install it"]


def test_a_user_without_root_starts_nothing(world: World) -> None:
    world.prefix = None
    assert docker.ensure() is None
    assert world.done == []


def test_an_engine_that_was_asked_for_and_is_not_there_is_not_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///gone.sock")
    world.installed = False
    assert docker.ensure() is None
    assert world.done == []
    assert len(world.notes) == 1


def test_an_engine_that_does_not_start_is_a_notice_and_not_the_end(world: World) -> None:
    world.refuses = Trouble("the Docker engine ended as soon as it was started", "read docker.log")
    assert docker.ensure() is None
    assert world.notes == [
        "[yellow]no Docker engine:[/yellow] the Docker engine ended as soon as it was started → read docker.log"
    ]


def test_the_settings_keep_our_engine_apart_and_on_loopback(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "uplink_mtu", lambda: 1400)
    settings = daemon.configuration(Bridge(daemon.tag(), Network("10.210.0.0/16")), "overlay2")
    run = daemon.run_folder()
    assert settings["hosts"] == [f"unix://{run}/docker.sock"]
    assert settings["data-root"] == f"{home}/docker/data"
    assert settings["exec-root"] == f"{run}/exec"
    assert settings["bridge"] == f"slw-{daemon.tag()}"
    assert settings["default-address-pools"] == [{"base": "10.210.128.0/17", "size": 24}]
    assert (settings["iptables"], settings["ip"], settings["live-restore"]) == (False, "127.0.0.1", True)
    assert settings["log-opts"]["max-size"] == "10m"
    assert settings["mtu"] == 1400
    json.dumps(settings)


def test_socket_paths_stay_short_wherever_the_repository_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / ("deep" * 40)))
    longest = daemon.run_folder() / "exec" / "containerd" / "containerd-debug.sock"
    assert len(str(longest)) <= 107
    assert daemon.run_folder().parent == Path("/run")


@pytest.mark.parametrize(("mounts", "driver"), [(True, "overlay2"), (False, "vfs")])
def test_overlay2_is_used_where_the_file_system_carries_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, mounts: bool, driver: str
) -> None:
    monkeypatch.setattr(root, "must", lambda *_, **__: "")
    monkeypatch.setattr(root, "run", lambda *words, **__: (0 if mounts and words[0] == "mount" else 1, ""))
    assert daemon._storage() == driver


def test_the_driver_of_last_time_stays_so_that_images_are_found_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ("test", "-e", f"{home}/docker/data/vfs")
    monkeypatch.setattr(root, "run", lambda *words: (0 if words == there else 1, ""))
    assert daemon._storage() == "vfs"


def test_mounts_inside_our_folders_are_found_innermost_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "mountinfo"
    lines = ["/", "/run/own", "/run/own/exec/netns/a\\040b", "/run/own2/x"]
    listed.write_text("".join(f"1 2 0:3 / {point} rw - tmpfs tmpfs rw\n" for point in lines))
    monkeypatch.setattr(leftovers, "MOUNTS", listed)
    assert leftovers.mounts([Path("/run/own")]) == ["/run/own/exec/netns/a b", "/run/own"]
