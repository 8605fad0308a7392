"""Debian packages that the embedded cloud needs, installed when this machine is a Debian and we may."""

import time
from collections.abc import Sequence
from pathlib import Path

from localcloud import progress
from localcloud.docker import root
from localcloud.errors import Trouble

OS_RELEASE = Path("/etc/os-release")
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
LOCK_SECONDS = 300
INSTALL_SECONDS = 1800


def release() -> dict[str, str]:
    """Return what /etc/os-release says; nothing where there is none."""
    try:
        lines = OS_RELEASE.read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines) if value}


def is_debian() -> bool:
    """Say whether this machine is a Debian or one of its children (Ubuntu) with apt-get."""
    family = f"{release().get('ID', '')} {release().get('ID_LIKE', '')}".split()
    return root.which("apt-get") is not None and bool({"debian", "ubuntu"} & set(family))


def can_install() -> bool:
    """Say whether packages can be installed here without asking anybody."""
    return is_debian() and root.prefix() is not None


def install(names: Sequence[str], purpose: str, extras: Sequence[str] = ()) -> None:
    """Install packages without their recommendations, and those of `extras` that this release has.

    Refreshes the package lists when they lack a name or the first try fails, and waits for another apt-get up to
    five minutes; a Trouble carries apt's own error.
    """
    with progress.step(f"installing {purpose}"):
        if _known(names) == list(names) and _install([*names, *_known(extras)])[0] == 0:
            return
        _refresh()
        code, output = _install([*names, *_known(extras)])
        if code != 0:
            raise Trouble(f"apt-get cannot install {' '.join(names)}: {_error(output)}", "mend apt, then try again")


def _known(names: Sequence[str]) -> list[str]:
    """Return those of the packages that the package lists of this machine know as real ones."""
    return [name for name in names if root.run("apt-cache", "show", "--no-all-versions", name)[0] == 0]


def _install(names: Sequence[str]) -> tuple[int, str]:
    options = ("-qq", "-y", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}")
    return root.run("apt-get", "install", *options, *names, environment=QUIET, seconds=INSTALL_SECONDS)


def _refresh() -> None:
    """Run apt-get update; its lock on the lists has no waiting of its own."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        code, output = root.run("apt-get", "update", "-qq", environment=QUIET, seconds=INSTALL_SECONDS)
        if code == 0 or "Could not get lock" not in output:
            return
        if time.monotonic() > end:
            raise Trouble("another apt-get holds the package lists for five minutes", "let it finish, then try again")
        time.sleep(1)


def _error(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith(("E:", "dpkg: error"))]
    return lines[0] if lines else "no message"
