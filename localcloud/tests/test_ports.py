"""Ports on loopback: kept from start to start, and never a reason not to start."""

import json
import socket
from pathlib import Path

import pytest

from localcloud import ports


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    return tmp_path


def test_a_port_on_which_somebody_listens_is_not_free() -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        assert not ports.is_free(server.getsockname()[1])


def test_a_busy_port_is_replaced_by_one_that_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port != 8080)
    found = ports.remembered("door", 8080)
    assert found != 8080
    assert json.loads((home / "ports.json").read_text()) == {"door": found}
    assert ports.remembered("door", 8080) == found


def test_a_kept_port_that_is_busy_now_gives_way_to_the_preferred_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port != 40001)
    (home / "ports.json").write_text(json.dumps({"door": 40001, "cloud": 4566}))
    assert ports.remembered("door", 8080) == 8080
    assert json.loads((home / "ports.json").read_text()) == {"door": 8080, "cloud": 4566}
