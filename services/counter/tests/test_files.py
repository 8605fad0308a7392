"""What can be said of the services' files without running them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[1]


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_the_dockerfile_is_clean(service: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, SYSTEM / service / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


def test_the_lock_of_the_frontend_names_no_place_to_download_from() -> None:
    assert '"resolved"' not in (SYSTEM / "frontend/package-lock.json").read_text()


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_the_docker_context_is_a_list_of_what_goes_in(service: str) -> None:
    """What is not listed, a local .env for one, can never reach an image."""
    lines = (SYSTEM / service / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert listed
    assert [name for name in listed if not (SYSTEM / service / name).exists()] == []
