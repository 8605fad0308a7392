"""The Docker command line client: one that can build with BuildKit."""

import functools
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localcloud.docker import root

# From 23 on the client leaves BuildKit to its buildx plugin; before, BuildKit is in it.
FIRST_WITHOUT_BUILDKIT = 23
SECONDS = 10


@dataclass(frozen=True)
class Client:
    """A docker client of this machine."""

    path: str
    """Its executable."""
    version: str
    """Its version, as it says itself."""
    buildkit: bool
    """Whether `docker build` with it can use BuildKit (secrets, cache mounts)."""


def find() -> Client | None:
    """Return the first client on PATH that has BuildKit, else the first one at all, else nothing."""
    clients = [client for path in _executables() if (client := _examine(path)) is not None]
    return next((client for client in clients if client.buildkit), clients[0] if clients else None)


def forget() -> None:
    """Look at the clients anew the next time, after an installation."""
    _examine.cache_clear()


def _executables() -> Iterator[str]:
    seen = set()
    for folder in root.search_path().split(os.pathsep):
        path = Path(folder or ".") / "docker"
        if path.is_file() and os.access(path, os.X_OK) and (real := path.resolve()) not in seen:
            seen.add(real)
            yield str(path)


@functools.cache
def _examine(path: str) -> Client | None:
    said = _output(path, "--version")
    match = re.search(r"version (\S+?),", said or "")
    if match is None:
        return None
    major = int(re.match(r"\d*", match[1])[0] or 0)  # type: ignore[index]  # \d* always matches
    buildkit = major < FIRST_WITHOUT_BUILDKIT or _output(path, "buildx", "version") is not None
    return Client(path, match[1], buildkit)


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
