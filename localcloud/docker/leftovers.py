"""What an engine of ours leaves when it was killed: processes and mounts, found by the names that are ours alone."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import psutil

from localcloud.docker import root

MOUNTS = Path("/proc/self/mountinfo")


def namespace(tag: str) -> str:
    """Return the containerd name space of our engine's containers."""
    return f"slipway-{tag}"


def engine(settings: str) -> psutil.Process | None:
    """Return the living dockerd that was started with this file of settings."""
    found = _find("dockerd", ("--config-file", settings))
    return found[0] if found else None


def end_engine(settings: str, seconds: float) -> None:
    """End that dockerd and the containerd it started: gently, then by force."""
    process = engine(settings)
    if process is None:
        return
    _end([process, *_children(process)], gently=[process], seconds=seconds)


def end_containerd(configuration: str) -> None:
    """End a containerd that outlived its dockerd; the containers' shims live on and are found again by the next."""
    _end(_find("containerd", ("--config", configuration)), gently=[], seconds=5)


def end_containers(space: str) -> None:
    """End by force the containers of a containerd name space, and the shims above them."""
    shims = _find("containerd-shim", ("-namespace", space))
    _end([member for shim in shims for member in (shim, *_children(shim))], gently=[], seconds=5)


def mounts(folders: Sequence[Path]) -> list[str]:
    """Return the mount points inside the folders, the innermost first."""
    points = [line.split()[4].replace("\\040", " ") for line in MOUNTS.read_text().splitlines()]
    inside = {point for point in points for folder in folders if Path(point).is_relative_to(folder)}
    return sorted(inside, key=len, reverse=True)


def unmount(folders: Sequence[Path]) -> None:
    """Unmount everything inside the folders."""
    for point in mounts(folders):
        root.run("umount", "--lazy", point)


def _find(name: str, words: tuple[str, str]) -> list[psutil.Process]:
    """Return the living processes of a name whose command line holds the two words one after the other."""
    found = []
    for process in psutil.process_iter(["name", "cmdline", "status"]):
        line = process.info["cmdline"] or []
        pairs = itertools.pairwise(line)
        living = process.info["status"] != psutil.STATUS_ZOMBIE
        if living and str(process.info["name"]).startswith(name) and words in pairs:
            found.append(process)
    return found


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        children: list[psutil.Process] = process.children(recursive=True)
        return children
    except psutil.NoSuchProcess:
        return []


def _end(members: list[psutil.Process], gently: list[psutil.Process], seconds: float) -> None:
    """Send SIGTERM to some, give them `seconds`, and SIGKILL to all that are left."""
    for process in gently:
        _signal("TERM", process)
    _, left = psutil.wait_procs(gently, timeout=seconds)
    alive = [member for member in members if member.is_running() or member in left]
    for member in alive:
        _signal("KILL", member)
    psutil.wait_procs(alive, timeout=seconds)


def _signal(name: str, process: psutil.Process) -> None:
    """Send a signal as root; the shell has a kill of its own where no package brings the program."""
    root.run("sh", "-c", f"kill -{name} {process.pid}")
