"""MiniStack in a Python environment of its own, made once from the committed lock."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from localcloud import home
from localcloud.errors import Trouble, reason

LOCK = Path(__file__).with_name("requirements.txt")


def ensure(say: Callable[[str], None] | None = None) -> Path:
    """Return the Python of the environment that matches the lock; build it first when there is none.

    One that this repository has already serves every home. It is built beside its place and renamed into it, so one
    that exists is whole. Raises Trouble with the installer's last lines when the packages cannot be installed.
    """
    place = home.folder("cloud") / "venv"
    with home.file("run", "cloud-environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        for built in (place, home.REPOSITORY / ".slipway" / "cloud" / "venv"):
            if _matches(built, wanted):
                return built / "bin" / "python"
        if say:
            say("installing the AWS emulator")
        _build(place, wanted)
    return place / "bin" / "python"


def _build(place: Path, wanted: str) -> None:
    beside = place.with_name(f".venv.{os.getpid()}")
    try:
        for command in commands(beside):
            _run(command)
        (beside / "lock").write_text(wanted)
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _matches(place: Path, wanted: str) -> bool:
    stamp = place / "lock"
    return stamp.exists() and stamp.read_text() == wanted and (place / "bin" / "python").exists()


def fingerprint() -> str:
    """Return what the environment depends on: the lock's content and the interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(LOCK.read_bytes() + version.encode()).hexdigest()


def sources() -> str:
    """Return what the cloud's behaviour depends on beside its environment: our code that runs in it."""
    package = Path(__file__).parent
    content = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        content.update(f"{file.relative_to(package)}\0".encode() + file.read_bytes())
    return content.hexdigest()


def commands(folder: Path) -> list[list[str]]:
    """Return the commands that make the environment in `folder`: with uv where there is one, else with pip."""
    python = str(folder / "bin" / "python")
    uv = find_uv()
    if uv:
        return [
            [uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(LOCK)],
        ]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)],
    ]


def find_uv() -> str | None:
    """Return the uv of this repository, else the one on PATH, else nothing."""
    for root in (home.folder(), home.REPOSITORY / ".slipway"):
        own = root / "uv" / "bin" / "uv"
        if own.exists():
            return str(own)
    return shutil.which("uv")


def _run(command: list[str]) -> None:
    clean = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(command, capture_output=True, text=True, env=clean, check=False)
    if done.returncode != 0:
        why = reason(done.stderr) or f"exit status {done.returncode}"
        raise Trouble(f"the AWS emulator could not be installed: {why}", "check the network and try again")
