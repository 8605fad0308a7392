"""Where docker compose comes from. The docker client is a script; the last test fetches the real plugin."""

import json
import subprocess
from pathlib import Path

import pytest

from localcloud.docker import client, compose, packages
from localcloud.errors import Trouble


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that has the compose plugin where its configuration folder holds a file `plugin`."""
    path = tmp_path / "docker"
    path.write_text('#!/bin/sh\n[ "$1" = --config ] && [ "$3 $4" = "compose version" ] && [ -e "$2/plugin" ]\n')
    path.chmod(0o755)
    monkeypatch.setattr(client, "find", lambda: client.Client(str(path), "20.10.24", True))
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "machine"))
    return tmp_path


def _fill(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin").touch()


def test_the_machines_own_compose_comes_first(script: Path) -> None:
    _fill(script / "machine")
    _fill(script / "home" / "docker" / "config")
    assert compose.ensure() == script / "machine"


def test_what_was_fetched_before_is_not_fetched_again(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "_fetch", lambda folder: pytest.fail("fetched again"))
    _fill(script / "home" / "docker" / "config")
    assert compose.ensure() == script / "home" / "docker" / "config"


def test_it_is_fetched_on_debian_and_asked_for_elsewhere(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "_fetch", lambda folder: _fill(folder.parent))
    monkeypatch.setattr(packages, "is_debian", lambda: False)
    with pytest.raises(Trouble, match="docker compose is missing") as missing:
        compose.ensure()
    assert missing.value.fix == compose.INSTALL
    monkeypatch.setattr(packages, "is_debian", lambda: True)
    assert compose.ensure() == script / "home" / "docker" / "config"


def test_without_a_docker_client_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "find", lambda: None)
    with pytest.raises(Trouble, match="no docker client"):
        compose.ensure()


@pytest.mark.docker
def test_the_plugin_out_of_debians_packages_reads_a_compose_file(tmp_path: Path) -> None:
    if not packages.is_debian():
        pytest.skip("not a Debian")
    found = client.find()
    assert found is not None
    (tmp_path / "compose.yaml").write_text("name: small\nservices: {one: {image: python:3.13-slim}}\n")
    command = [found.path, "--config", str(compose.ensure()), "compose", "config", "--format", "json"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert json.loads(said)["services"]["one"]["image"] == "python:3.13-slim"
