"""Docker Compose for the developers' compose files: the machine's own, else out of Debian's packages, for us alone.

`python -m localcloud.docker.compose` prints the DOCKER_CONFIG folder with which `docker compose` works.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from localcloud import home
from localcloud.docker import client, packages
from localcloud.errors import Trouble
from localcloud.images import unpacked

PACKAGES = ("docker-compose", "docker-buildx")
"""Debian 12 has neither of them."""
PLUGINS = "usr/libexec/docker/cli-plugins"
INSTALL = "install Docker's compose plugin (docker-compose-v2, docker-compose-plugin or, on Debian 13, docker-compose)"


def ensure() -> Path:
    """Return a DOCKER_CONFIG folder with which `docker compose` works; a Trouble says what to install."""
    found = client.find()
    if found is None:
        raise Trouble("there is no docker client", "install Docker")
    own = home.folder("docker", "config")
    for folder in (Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"), own):
        if _works(found.path, folder):
            return folder
    if not packages.is_debian():
        raise Trouble("docker compose is missing", INSTALL)
    _fetch(own / "cli-plugins")
    if not _works(found.path, own):
        raise Trouble(f"docker compose out of Debian {unpacked.SUITE} does not run here", INSTALL)
    return own


def _works(docker: str, configuration: Path) -> bool:
    command = [docker, "--config", str(configuration), "compose", "version"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def _fetch(folder: Path) -> None:
    """Fetch the two packages and keep their plugins."""
    with tempfile.TemporaryDirectory() as scratch:
        unpacked.unpack(PACKAGES, Path(scratch), INSTALL)
        folder.mkdir(parents=True, exist_ok=True)
        for plugin in (Path(scratch) / PLUGINS).iterdir():
            shutil.copy2(plugin, folder / plugin.name)


if __name__ == "__main__":
    try:
        print(ensure())
    except Trouble as trouble:
        sys.exit(str(trouble))
