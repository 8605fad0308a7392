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
from localcloud.images import machine

SUITE = "trixie"  # Debian 12 has neither of the two packages
PACKAGES = ("docker-compose", "docker-buildx")
PLUGINS = "usr/libexec/docker/cli-plugins"
INSTALL = "install Docker's compose plugin (docker-compose-v2, docker-compose-plugin or, on Debian 13, docker-compose)"
SECONDS = 600


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
    _unpack(own / "cli-plugins")
    if not _works(found.path, own):
        raise Trouble(f"docker compose out of Debian {SUITE} does not run here", INSTALL)
    return own


def _works(docker: str, configuration: Path) -> bool:
    command = [docker, "--config", str(configuration), "compose", "version"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def _unpack(folder: Path) -> None:
    """Fetch the two packages with package lists of our own, which needs no root, and keep their plugins."""
    with tempfile.TemporaryDirectory() as scratch:
        area = Path(scratch)
        (area / "lists" / "partial").mkdir(parents=True)
        sources = area / "sources.list"
        sources.write_text(machine.mirror().sources(SUITE))
        settings = [f"Dir::Etc::SourceList={sources}", "Dir::Etc::SourceParts=-", f"Dir::State::Lists={area}/lists"]
        settings += [f"Dir::Cache={area}", "APT::Sandbox::User="]
        options = [word for setting in settings for word in ("-o", setting)]
        _run(["apt-get", *options, "-qq", "update"], area)
        _run(["apt-get", *options, "-qq", "download", *PACKAGES], area)
        for archive in area.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(archive), "files"], area)
        folder.mkdir(parents=True, exist_ok=True)
        for plugin in (area / "files" / PLUGINS).iterdir():
            shutil.copy2(plugin, folder / plugin.name)


def _run(command: list[str], area: Path) -> None:
    done = subprocess.run(command, cwd=area, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Trouble(f"{command[0]} cannot get docker compose from Debian {SUITE}: {reason}", INSTALL)


if __name__ == "__main__":
    try:
        print(ensure())
    except Trouble as trouble:
        sys.exit(str(trouble))
