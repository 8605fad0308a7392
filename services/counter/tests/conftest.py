"""What the tests of the images need: a Docker client with BuildKit, and an engine that answers it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[1]

Docker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def docker() -> Docker:
    """Run a docker command: `docker("ps", "-q")`, with `check=False` to look at a failure."""
    client = _client()
    if client is None:
        pytest.skip("no docker client with BuildKit on PATH")

    def run(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = _run([client, *arguments])
        if check and done.returncode != 0:
            raise AssertionError(f"docker {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    if run("version", check=False).returncode != 0:
        pytest.skip("no Docker engine answers: start one, or set DOCKER_HOST")
    return run


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)


def _client() -> str | None:
    """The first docker on PATH that can hand secrets to a build."""
    for folder in os.get_exec_path():
        candidate = Path(folder, "docker")
        if os.access(candidate, os.X_OK) and "--secret" in _run([str(candidate), "build", "--help"]).stdout:
            return str(candidate)
    return None
