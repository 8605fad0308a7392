"""The Debian under every stand-in, made from packages: mmdebstrap, then an import into the engine."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from localcloud import home
from localcloud.docker import DockerEngine, daemon, packages, root
from localcloud.errors import Trouble
from localcloud.images import machine
from localcloud.images.bases import Debian

SECONDS = 1800
ROOM = 1_500_000_000  # bytes: the unpacked system, its packages and its package lists, with half as much to spare
DPKG = [
    "force-unsafe-io",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/man/*",
]
# What stays in the image of the settings for apt: nothing of the machine that made it.
KEPT = 'printf "Acquire::Languages \\"none\\";\\n" > "$1/etc/apt/apt.conf.d/99mmdebstrap"'


def build(engine: DockerEngine, debian: Debian, labels: list[str]) -> None:
    """Make the image; it gets its name only when it is whole."""
    _need_mmdebstrap()
    with _scratch() as scratch:
        archive = scratch / "debian.tar"
        sources = scratch / "sources.list"
        sources.write_text(machine.mirror().sources(debian.suite))
        command = bootstrap(debian, archive, sources)
        with home.file("logs", "image-debian.log").open("w") as log:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=SECONDS, check=False
            )
        if done.returncode != 0:
            raise Trouble(f"Debian {debian.suite} cannot be made from packages", f"read {log.name}")
        changes = [f"LABEL {label}" for label in labels]
        changes += ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 'CMD ["bash"]']
        options = [word for change in changes for word in ("--change", change)]
        imported = engine.run("import", *options, str(archive), debian.name, seconds=SECONDS)
        if imported.returncode != 0:
            raise Trouble(f"the engine refuses the Debian image: {imported.stderr.strip()}", "look at the engine's log")


def bootstrap(debian: Debian, archive: Path, sources: Path) -> list[str]:
    """Return the command that makes the archive: as root where we may be, else in a user name space."""
    settings = [f"--aptopt={setting}" for setting in [*machine.apt_settings(), 'Acquire::Languages "none"']]
    words = [
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--include={','.join(debian.packages)}",
        *(f"--dpkgopt={option}" for option in DPKG),
        *settings,
        f"--customize-hook={KEPT}",
        debian.suite,
        str(archive),
        str(sources),
    ]
    surroundings = {"TMPDIR": str(archive.parent), **machine.proxies()}
    if root.prefix() is None:
        return ["env", *(f"{name}={value}" for name, value in surroundings.items()), *words]
    return root.command(*words, environment=surroundings)


def _need_mmdebstrap() -> None:
    if root.which("mmdebstrap"):
        return
    if not packages.can_install():
        raise Trouble(
            "base images can be neither pulled nor made here: no registry answers, and mmdebstrap is missing",
            "give this machine access to its registry, or (on Debian) sudo apt-get install mmdebstrap",
        )
    packages.install(["mmdebstrap", "debian-archive-keyring"], "mmdebstrap for stand-ins of base images")


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """Give an empty folder with room for a system, in memory where that is possible, and empty it afterwards.

    Its name is this repository's alone, so that what a killed run left there goes at the next one.
    """
    folder = Path(place()) / f"slipway-{daemon.tag()}-debian"
    _remove(folder)
    folder.mkdir(mode=0o755)  # apt fetches as a user of its own
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    if root.prefix() is None:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        root.must("rm", "-rf", "--one-file-system", str(folder))


def place() -> str:
    """Return the first folder with room for an unpacked system, devices and programs in it."""
    for folder in ("/dev/shm", tempfile.gettempdir(), "/var/tmp"):  # noqa: S108 - a folder of our own is made in it
        with contextlib.suppress(OSError):
            found = os.statvfs(folder)
            if found.f_bavail * found.f_frsize > ROOM and not found.f_flag & (os.ST_NODEV | os.ST_NOEXEC):
                return folder
    raise Trouble(f"no folder has {ROOM / 1e9:.1f} GB free to unpack Debian in", "make room in /var/tmp")
