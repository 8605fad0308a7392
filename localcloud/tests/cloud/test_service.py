"""Life of the cloud: started once, found, stopped, killed, without Docker."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localcloud import cloud, ports, processes, progress
from localcloud.cloud import service
from localcloud.errors import Trouble

pytestmark = pytest.mark.cloud


def family() -> list[psutil.Process]:
    process = processes.find("cloud")
    assert process is not None
    return [process, *process.children(recursive=True)]


@pytest.fixture
def started(emulator: None, home: Path) -> Iterator[cloud.Cloud]:
    """A cloud of the test's own, stopped afterwards, whatever runs by then."""
    yield cloud.start(None, "eu-west-1")
    cloud.stop()


def test_it_is_found_with_what_it_was_started_with(started: cloud.Cloud, home: Path) -> None:
    assert cloud.running() == started
    kept = json.loads((home / "cloud" / "cloud.json").read_text())
    assert kept["pid"] == family()[0].pid
    assert {key: kept[key] for key in ("endpoint", "region", "docker", "boot")} == {
        "endpoint": started.endpoint,
        "region": "eu-west-1",
        "docker": False,
        "boot": started.boot,
    }


@pytest.mark.parametrize("given_back", [False, True])
def test_a_port_that_somebody_took_meanwhile_gives_way_to_another(
    given_back: bool, emulator: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, is_free = ports.remembered, ports.is_free
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        if given_back:
            monkeypatch.setattr(ports, "is_free", lambda port: port == number or is_free(port))
        chosen = iter([number])
        monkeypatch.setattr(ports, "remembered", lambda name, preferred: next(chosen, None) or choose(name, preferred))
        started = cloud.start(None, "eu-west-1")
        assert started.endpoint != f"http://127.0.0.1:{number}"
        assert cloud.running() == started
        cloud.stop()


def test_a_second_start_is_the_same_cloud(started: cloud.Cloud) -> None:
    assert cloud.start(None, "eu-west-1") == started


def test_one_that_runs_older_code_goes_on_and_a_line_says_so(
    started: cloud.Cloud, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(progress, "note", said.append)
    assert cloud.start(None, "eu-west-1") == started
    assert said == []
    file = home / "cloud" / "cloud.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "sources": "of last week"}))
    assert cloud.start(None, "eu-west-1") == started
    assert said == [service.OLDER]


def test_another_region_is_another_cloud(started: cloud.Cloud) -> None:
    other = cloud.start(None, "eu-central-1")
    assert other.boot != started.boot
    assert other.region == "eu-central-1"


def test_nothing_listens_but_on_loopback(started: cloud.Cloud) -> None:
    listening = {
        connection.laddr.ip
        for process in family()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_when_stopped_nothing_is_left(started: cloud.Cloud, home: Path) -> None:
    members = family()
    cloud.stop()
    assert cloud.running() is None
    assert not (home / "cloud" / "cloud.json").exists()
    assert [process for process in members if process.is_running() and process.status() != "zombie"] == []
    cloud.stop()


def test_after_a_kill_it_is_not_found_and_starts_again_empty(started: cloud.Cloud) -> None:
    cloud.client("sns", "222222222222").create_topic(Name="topic")
    [process, *_] = family()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    assert cloud.running() is None
    again = cloud.start(None, "eu-west-1")
    assert again.boot != started.boot
    assert cloud.client("sns", "222222222222").list_topics()["Topics"] == []


def test_a_port_that_is_taken_gives_way_to_another(started: cloud.Cloud) -> None:
    cloud.stop()
    port = int(started.endpoint.rpartition(":")[2])
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        other = cloud.start(None, "eu-west-1")
        assert other.endpoint != started.endpoint
        assert service.boot_of(other.endpoint) == other.boot


def test_without_a_cloud_a_client_says_how_to_get_one(home: Path) -> None:
    with pytest.raises(Trouble, match="the embedded cloud does not run"):
        cloud.client("s3", "222222222222")


def test_a_client_never_leaves_this_machine(home: Path) -> None:
    abroad = cloud.Cloud("https://s3.eu-west-1.amazonaws.com", "eu-west-1", False, "boot")
    with pytest.raises(Trouble, match="is not on this machine"):
        cloud.client("s3", "222222222222", abroad)
