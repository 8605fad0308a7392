"""Which engine serves, and what a person is told when none does."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud import docker
from localcloud.docker import api, client, daemon, engine, root

pytestmark = pytest.mark.usefixtures("good_client")


def programs(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(root, "which", lambda name: f"/usr/sbin/{name}" if name in names else None)


def own_at(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(daemon, "run_folder", lambda: folder)


def test_the_engine_of_the_system_serves_with_its_gateway(pretend: Callable[..., str]) -> None:
    host = pretend("system")
    assert docker.find() == docker.DockerEngine(host, "24.0.7", False, "/opt/docker", "172.30.0.1")
    assert docker.explain() == []


def test_docker_host_is_the_only_one_that_counts_when_it_is_set(
    pretend: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend("system")
    asked = pretend("asked", version="27.0.1")
    monkeypatch.setenv("DOCKER_HOST", asked)
    found = docker.find()
    assert found is not None
    assert (found.host, found.version) == (asked, "27.0.1")

    monkeypatch.setenv("DOCKER_HOST", f"unix://{home}/gone.sock")
    programs(monkeypatch, "dockerd")
    assert docker.find() is None
    assert docker.explain() == [
        f"Docker is installed, but no engine runs at {home}/gone.sock → start it (sudo systemctl start docker)"
    ]


def test_our_own_engine_keeps_serving_when_a_system_engine_comes_up(
    pretend: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_at(monkeypatch, home)
    own = pretend("docker")
    pretend("system")
    for asked in ("", own):
        monkeypatch.setenv("DOCKER_HOST", asked)
        found = docker.find()
        assert found is not None
        assert (found.host, found.ours) == (own, True)


def test_the_system_serves_when_docker_host_names_our_own_that_ended(
    pretend: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_at(monkeypatch, home)
    monkeypatch.setenv("DOCKER_HOST", daemon.host())
    host = pretend("system")
    found = docker.find()
    assert found is not None
    assert (found.host, found.ours) == (host, False)


def test_a_gateway_that_is_not_named_is_the_first_address(pretend: Callable[..., str]) -> None:
    pretend("system", bridge={"IPAM": {"Config": [{"Subnet": "fd00::/64"}, {"Subnet": "10.9.0.0/16"}]}})
    found = docker.find()
    assert found is not None
    assert found.gateway == "10.9.0.1"


def test_a_machine_without_docker_is_told_to_install_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch)
    assert docker.find() is None
    assert docker.explain() == ["Docker is not installed → install Docker (on Debian: sudo apt-get install docker.io)"]


def test_a_socket_that_nobody_listens_on_means_that_the_daemon_does_not_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(monkeypatch)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home / "system.sock"))
    assert docker.explain() == [
        f"Docker is installed, but no engine runs at {home}/system.sock → start it (sudo systemctl start docker)"
    ]


def test_an_engine_that_hangs_is_given_up_after_the_time_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "SECONDS", 0.2)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(home / "system.sock"))
        silent.listen()
        assert docker.find() is None
        assert docker.explain() == [f"the Docker engine at {home}/system.sock did not answer within 0.2 s → restart it"]


def test_permission_denied_says_which_group_to_join(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(api, "call", refuse)
    assert docker.explain() == [
        f"permission denied at {home}/system.sock → sudo usermod -aG docker $USER, then log in again; or run as root"
    ]


def test_an_engine_that_is_too_old_is_refused_with_both_versions(pretend: Callable[..., str]) -> None:
    host = pretend("system", version="19.3.15", speaks="1.40")
    assert docker.find() is None
    assert docker.explain() == [
        f"the Docker engine 19.3.15 at {host} is too old: it speaks API 1.40, needed is 1.41 → "
        "install Docker 20.10 or newer"
    ]


def test_an_engine_without_a_bridge_is_refused(pretend: Callable[..., str], home: Path) -> None:
    pretend("system", bridge=None)
    assert docker.explain() == [
        f"the Docker engine at {home}/system.sock has no default bridge network → start it without bridge=none"
    ]


def test_something_else_on_the_socket_is_not_taken_for_an_engine(pretend: Callable[..., str], home: Path) -> None:
    pretend("system", bridge=["no"])
    assert docker.find() is None
    assert docker.explain()[0].startswith(f"what answers at {home}/system.sock is not a Docker engine (TypeError: ")
    assert docker.explain()[0].endswith(" → check DOCKER_HOST")


def test_an_engine_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://builder.example")
    assert docker.explain() == [
        "DOCKER_HOST=ssh://builder.example is not an engine of this machine: its containers could not reach "
        "the embedded cloud → unset DOCKER_HOST, or name a Unix socket"
    ]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (None, "has no client on PATH → install Docker (on Debian: sudo apt-get install docker.io)"),
        (
            client.Client("/usr/local/bin/docker", "28.2.2", False),
            "the docker client /usr/local/bin/docker (28.2.2) cannot build: it has no buildx plugin → "
            "install docker-buildx (on Debian 12: docker.io, whose client has BuildKit)",
        ),
    ],
)
def test_an_engine_without_a_client_that_builds_is_told_so(
    pretend: Callable[..., str], monkeypatch: pytest.MonkeyPatch, found: client.Client | None, line: str
) -> None:
    pretend("system")
    monkeypatch.setattr(client, "find", lambda: found)
    assert docker.find() is None
    assert len(docker.explain()) == 1
    assert docker.explain()[0].endswith(line)


def test_the_client_is_told_the_engine_and_to_use_buildkit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    monkeypatch.setenv("DOCKER_HOST", "unix:///elsewhere.sock")
    surroundings = engine.DockerEngine("unix:///x.sock", "24", False, "/opt/docker", "172.17.0.1").environment()
    assert surroundings["DOCKER_HOST"] == "unix:///x.sock"
    assert surroundings["DOCKER_BUILDKIT"] == "1"
    assert surroundings["BUILDX_BUILDER"] == "default"
    assert "DOCKER_CONTEXT" not in surroundings
    assert surroundings["PATH"] == os.environ["PATH"]
