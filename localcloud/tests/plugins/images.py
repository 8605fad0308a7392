"""Images for the tests: one without content, and sources of one that needs nothing but this machine's shell."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from localcloud.docker import DockerEngine
from localcloud.plugins.docker_build import empty
from localcloud.plugins.registry import Login


def push_empty(name: str, logins: Mapping[str, Login] | None = None) -> str:
    """Push an image without layers; return its digest."""
    return empty.push([name], logins or {}, {})


def write_sources(folder: Path, *run: str) -> Path:
    """Write a build context whose image has this machine's shell; `run` are lines after `COPY`."""
    folder.mkdir(parents=True, exist_ok=True)
    shell = os.path.realpath("/bin/sh")
    listed = subprocess.run(["ldd", shell], capture_output=True, text=True, check=True).stdout
    for name in ("/bin/sh", *re.findall(r"(/\S+)", listed)):
        target = folder / "root" / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(name), target)
    lines = ["FROM scratch AS shell", "COPY root /", "COPY message /message", *run]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    (folder / "message").write_text("hello\n")
    return folder


def remove(engine: DockerEngine, repository: str) -> None:
    """Remove every image of a test's own repository from the engine, also those that lost their tag."""
    identities = engine.run("images", "--quiet", "--no-trunc", repository).stdout.split()
    if identities:
        engine.run("rmi", "--force", *dict.fromkeys(identities))
