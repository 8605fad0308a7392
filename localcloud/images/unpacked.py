"""Debian packages unpacked into a folder of our own: nothing is installed, and nobody has to be root."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from localcloud.errors import Trouble, reason
from localcloud.images import machine

SUITE = "trixie"
"""The release whose packages are taken, whatever this machine is."""
SECONDS = 600


def unpack(names: Sequence[str], folder: Path, otherwise: str) -> None:
    """Fetch packages from the machine's mirror, with package lists of our own, and unpack them into a folder.

    What fails is a Trouble that names the program and says what to do `otherwise`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        area = Path(scratch)
        (area / "lists" / "partial").mkdir(parents=True)
        sources = area / "sources.list"
        sources.write_text(machine.mirror().sources(SUITE))
        settings = [f"Dir::Etc::SourceList={sources}", "Dir::Etc::SourceParts=-", f"Dir::State::Lists={area}/lists"]
        settings += [f"Dir::Cache={area}", "APT::Sandbox::User="]
        options = [word for setting in settings for word in ("-o", setting)]
        run(["apt-get", *options, "-qq", "update"], area, otherwise)
        run(["apt-get", *options, "-qq", "download", *names], area, otherwise)
        for archive in area.glob("*.deb"):
            run(["dpkg-deb", "-x", str(archive), str(folder)], area, otherwise)


def run(command: list[str], folder: Path, otherwise: str) -> None:
    """Run a command in a folder; one that fails is a Trouble."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        why = reason(done.stderr) or reason(done.stdout) or f"exit status {done.returncode}"
        raise Trouble(f"{Path(command[0]).name} failed for packages of Debian {SUITE}: {why}", otherwise)
