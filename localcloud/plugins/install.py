"""Writes the executables by which the engine starts the providers."""

import shlex
import sys
from pathlib import Path

from localcloud import home
from localcloud.engine import claim, forkserver

NAMES = ("aws", "docker", "docker-build")


def install(folder: Path) -> dict[str, Path]:
    """Write `FOLDER/NAME/pulumi-resource-NAME` for every provider; return these folders by name.

    Cheap and idempotent. Their versions are those that the SDK packages ask for.
    """
    found = {name: folder / name for name in NAMES}
    for name, target in found.items():
        launcher(target, name, f"localcloud.plugins.{name.replace('-', '_')}")
    return found


def launcher(folder: Path, name: str, module: str) -> None:
    """Write the executable of one provider, which runs a module in this environment, forked where a server is ready.

    The working directory is the program's: `-P` keeps it off the import path. Byte code is cached even where
    the caller's environment says not to, because without it a start takes three times as long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join([sys.executable, "-I", "-S", claim.__file__, forkserver.PLUGINS, "-m", module])
    script = f'#!/bin/sh\nunset PYTHONDONTWRITEBYTECODE\nexec {command} "$@"\n'
    path = folder / f"pulumi-resource-{name}"
    if not path.exists() or path.read_text() != script:
        home.write(path, script, 0o755)
