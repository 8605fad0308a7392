"""The engine of our own, for real: containers, their gateway, a kill, two starts at once, and nothing afterwards."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from localcloud import docker
from localcloud.docker import api, daemon, leftovers, network, root

from .conftest import TINY

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def run(own: docker.DockerEngine, *arguments: str) -> str:
    done = own.run(*arguments, seconds=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def sleeper(own: docker.DockerEngine, *options: str) -> str:
    return run(own, "run", "-d", *options, TINY, "/bin/sleep", "600")


def bridge() -> network.Bridge:
    made = network.bridge(daemon.tag())
    assert made is not None
    return made


def hear_through_gateway(own: docker.DockerEngine, container: str) -> str:
    """Listen on the gateway's address, let the container connect to it, and return what it heard."""
    with socket.create_server((own.gateway, 0)) as server:
        server.settimeout(60)
        port = server.getsockname()[1]

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"hello\n")

        greeter = threading.Thread(target=greet, daemon=True)
        greeter.start()
        script = f"exec 3<>/dev/tcp/{own.gateway}/{port}; read -r line <&3; echo $line"
        heard = run(own, "exec", container, "/bin/bash", "-c", script)
        greeter.join(60)
    return heard


def settings() -> str:
    return str(Path(os.environ["LOCALCLOUD_HOME"]) / "docker" / "daemon.json")


def kill_engine() -> None:
    process = leftovers.engine(settings())
    assert process is not None
    root.must("sh", "-c", f"kill -KILL {process.pid}")
    process.wait(30)


def what_is_left() -> dict[str, object]:
    made = bridge()
    rules = "".join(root.must("iptables", "-w", "-t", table, "-S") for table in ("filter", "nat"))
    shims = leftovers._find("containerd-shim", ("-namespace", leftovers.namespace(daemon.tag())))
    return {
        "engine": leftovers.engine(settings()),
        "shims": shims,
        "bridge": network.exists(made),
        "rules": [line for line in rules.splitlines() if made.chain in line or made.name in line],
        "mounts": leftovers.mounts([daemon.data_root(), daemon.run_folder()]),
        "run folder": daemon.run_folder().exists(),
    }


NOTHING = {"engine": None, "shims": [], "bridge": False, "rules": [], "mounts": [], "run folder": False}


def test_a_container_reaches_this_machine_through_the_gateway(own_engine: docker.DockerEngine) -> None:
    assert own_engine.ours
    assert own_engine.gateway == bridge().gateway
    assert hear_through_gateway(own_engine, sleeper(own_engine)) == "hello"


def test_a_container_that_ends_leaves_the_gateway_of_the_others_alone(own_engine: docker.DockerEngine) -> None:
    address = Path(f"/sys/class/net/{bridge().name}/address")
    first = sleeper(own_engine)
    second = sleeper(own_engine)
    assert hear_through_gateway(own_engine, first) == "hello"
    assert address.read_text().strip() == bridge().mac

    run(own_engine, "rm", "-f", second)

    assert address.read_text().strip() == bridge().mac
    assert hear_through_gateway(own_engine, first) == "hello"


def test_a_published_port_listens_on_loopback_alone_and_comes_back_after_a_kill(
    own_engine: docker.DockerEngine,
) -> None:
    container = sleeper(own_engine, "-p", "8000")
    place, port = run(own_engine, "port", container, "8000/tcp").rsplit(":", 1)
    assert place == "127.0.0.1"

    kill_engine()
    daemon.start()

    assert run(own_engine, "inspect", "-f", "{{.State.Running}}", container) == "true"
    assert run(own_engine, "port", container, "8000/tcp") == f"127.0.0.1:{port}"
    socket.create_connection((place, int(port)), timeout=60).close()


def test_a_killed_engine_takes_its_running_containers_over_again(own_engine: docker.DockerEngine) -> None:
    container = sleeper(own_engine)
    before = run(own_engine, "inspect", "-f", "{{.State.Pid}} {{.NetworkSettings.IPAddress}}", container)

    kill_engine()
    assert not api.answers(own_engine.host)
    assert docker.revive(own_engine.host)

    assert run(own_engine, "inspect", "-f", "{{.State.Pid}} {{.NetworkSettings.IPAddress}}", container) == before
    assert hear_through_gateway(own_engine, container) == "hello"
    assert hear_through_gateway(own_engine, sleeper(own_engine)) == "hello"


def test_rules_that_somebody_flushed_are_back_after_the_next_start(own_engine: docker.DockerEngine) -> None:
    root.must("iptables", "-w", "-D", "FORWARD", "-j", bridge().chain)
    root.must("iptables", "-w", "-t", "nat", "-F", bridge().chain)

    daemon.start()

    listed = root.must("iptables", "-w", "-S") + root.must("iptables", "-w", "-t", "nat", "-S")
    pool = bridge().pool
    assert listed.count(f"-A FORWARD -j {bridge().chain}") == 1
    assert listed.count(f"-A {bridge().chain} -s {pool} ! -d {pool} -j MASQUERADE") == 1


def test_two_starts_at_once_make_one_engine(own_engine: docker.DockerEngine) -> None:
    docker.stop()
    command = [sys.executable, "-c", "from localcloud.docker import daemon; daemon.start()"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert api.answers(daemon.host())
    assert len(leftovers._find("dockerd", ("--config-file", settings()))) == 1


def test_stop_leaves_nothing_behind_but_the_images(own_engine: docker.DockerEngine) -> None:
    run(own_engine, "network", "create", "extra")
    sleeper(own_engine, "--network", "extra")
    sleeper(own_engine)
    links = set(os.listdir("/sys/class/net"))
    extra = json.loads(run(own_engine, "network", "inspect", "extra"))[0]["Id"][:12]
    assert f"br-{extra}" in links

    docker.stop()

    assert what_is_left() == NOTHING
    assert f"br-{extra}" not in os.listdir("/sys/class/net")
    daemon.start()
    assert run(own_engine, "images", "-q", TINY) != ""
    assert run(own_engine, "ps", "-aq") == ""


def test_stop_ends_the_containers_of_a_killed_engine(own_engine: docker.DockerEngine) -> None:
    container = sleeper(own_engine)
    pid = int(run(own_engine, "inspect", "-f", "{{.State.Pid}}", container))
    kill_engine()

    docker.stop()

    assert what_is_left() == NOTHING
    assert not Path(f"/proc/{pid}").exists()


def test_force_ends_the_containers_when_no_engine_can_be_started(
    own_engine: docker.DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = sleeper(own_engine)
    pid = int(run(own_engine, "inspect", "-f", "{{.State.Pid}}", container))
    kill_engine()
    which = root.which
    monkeypatch.setattr(root, "which", lambda name: None if name == "dockerd" else which(name))

    docker.stop()

    assert what_is_left() == NOTHING
    assert not Path(f"/proc/{pid}").exists()


def test_stop_where_nothing_runs_does_nothing(home: Path) -> None:
    docker.stop()
    assert not daemon.run_folder().exists()
