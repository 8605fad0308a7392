"""The first script that a machine runs, in a copy of its own with stand-ins on PATH: each trouble is one line."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.home import REPOSITORY

TOOLS = ("awk", "cat", "cut", "df", "dirname", "grep", "head", "id", "mkdir", "rm", "sed", "sh", "sha256sum")
UV = "uv 0.13.9"
NO_NETWORK = """\
error: Failed to download `pygments==2.21.0`
  cause: tcp connect error
  cause: Connection refused (os error 111)"""
REST = "all that was said is in .slipway/logs/setup.log"

Machine = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with nothing but what the script reads."""
    for name in ("pipelines/setup.sh", "uv.lock", "pyproject.toml", "localcloud/pyproject.toml"):
        (tmp_path / "repository" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repository" / name).write_bytes((REPOSITORY / name).read_bytes())
    return tmp_path / "repository"


@pytest.fixture
def machine(root: Path, tmp_path: Path) -> Machine:
    """Run the script on a machine with its tools and the given programs (name to script); return what it says."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (programs / tool).symlink_to(found)

    def run(**scripts: str) -> str:
        for name, script in scripts.items():
            program(programs / name, script)
        done = subprocess.run(
            ["sh", str(root / "pipelines" / "setup.sh")],
            env={"PATH": str(programs), "LC_ALL": "C.UTF-8", "HOME": os.environ.get("HOME", "/")},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    return run


def program(path: Path, script: str) -> Path:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def python(version: str, then: str = "exit 0") -> str:
    """Return a Python that says its version, and answers everything else with a script."""
    return f'case "$*" in *version_info*) echo {version}; exit 0 ;; esac\n{then}'


def lacks_venv(version: str) -> str:
    return python(version, 'case "$*" in *ensurepip*) exit 1 ;; esac')


def says(words: str) -> str:
    return f"cat >&2 <<'END'\n{words}\nEND\nexit 1"


def test_a_machine_without_python_is_told_which_one_to_install(machine: Machine) -> None:
    assert machine() == (
        "error: there is no python3 on PATH, needed is 3.11, 3.12 or 3.13 → "
        "install one, on Debian 12 or newer: apt-get install python3\n"
    )


@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_a_python_that_is_too_old_or_too_new_is_named(machine: Machine, version: str) -> None:
    assert machine(python3=python(version)) == (
        f"error: python3 is Python {version}, needed is 3.11, 3.12 or 3.13 → "
        "install one, on Debian 12 or newer: apt-get install python3\n"
    )


def test_another_python_on_path_is_taken_when_python3_is_too_old(machine: Machine, root: Path) -> None:
    program(root / ".slipway/uv/bin/uv", f'echo "{UV} $*"; echo "$*" >>{root}/asked; [ "$1" = --version ]')
    machine(**{"python3": python("3.9"), "python3.12": python("3.12")})
    assert (root / "asked").read_text().splitlines()[-1].endswith("--python python3.12 --no-python-downloads")


def test_a_disk_that_is_nearly_full_is_said_before_anything_is_written(machine: Machine, root: Path) -> None:
    full = "echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'; echo '/dev/a 9 9 512000 99% /'"
    assert machine(python3=python("3.11"), df=full) == (
        "error: 500 MB free on this disk, needed are 2000 → make room\n"
    )
    assert not (root / ".slipway").exists()


def test_a_disk_that_fills_up_on_the_way_is_one_line(machine: Machine, root: Path) -> None:
    full = "error: Failed to install: rich\n  cause: No space left on device (os error 28)"
    program(root / ".slipway/uv/bin/uv", f'[ "$1" = --version ] && echo "{UV}" && exit 0\n{says(full)}')
    assert machine(python3=python("3.11")).splitlines() == [
        "making the Python environment",
        "error: no space left on the disk → make room and run the same command again",
    ]


def test_a_python_without_venv_and_without_apt_is_told_what_is_missing(machine: Machine) -> None:
    assert machine(python3=lacks_venv("3.11")) == ("error: python3 has no venv module → install it (python3-venv)\n")


def test_without_a_network_apt_gives_one_line(machine: Machine) -> None:
    refused = "E: Failed to fetch http://deb.example/InRelease  Could not connect to 127.0.0.1:9\nE: Some index failed"
    said = machine(**{"python3": lacks_venv("3.11"), "apt-get": says(refused), "sudo": 'exec "$@"'})
    assert said.splitlines() == [
        "installing python3-venv",
        "error: python3-venv could not be installed "
        "(Failed to fetch http://deb.example/InRelease  Could not connect to 127.0.0.1:9) "
        f"→ see that there is a network, then: apt-get install python3-venv; {REST}",
    ]


def test_without_a_network_uv_gives_one_line_and_pips_retries_go_to_the_log(machine: Machine, root: Path) -> None:
    retries = "WARNING: Retrying\nWARNING: Retrying\nERROR: Could not find a version that satisfies uv"
    inner = f"mkdir -p .slipway/uv/bin\ncat >.slipway/uv/bin/python <<'PIP'\n#!/bin/sh\n{says(retries)}\nPIP\n"
    venv = f'case "$*" in *"-m venv"*) {inner}chmod +x .slipway/uv/bin/python ;; esac'
    chmod = shutil.which("chmod")
    assert machine(python3=python("3.11", venv), chmod=f'exec {chmod} "$@"').splitlines() == [
        "getting uv 0.13.9",
        "error: uv could not be got from the Python package index (Could not find a version that satisfies uv) "
        f"→ see that there is a network; {REST}",
    ]
    assert (root / ".slipway/logs/setup.log").read_text() == f"{retries}\n"


def test_without_a_network_the_environment_gives_one_line(machine: Machine, root: Path) -> None:
    program(root / ".slipway/uv/bin/uv", f'[ "$1" = --version ] && echo "{UV}" && exit 0\n{says(NO_NETWORK)}')
    assert machine(python3=python("3.11")).splitlines() == [
        "making the Python environment",
        "error: the Python environment could not be made from uv.lock (Failed to download `pygments==2.21.0`) "
        f"→ see that there is a network; {REST}",
    ]
