"""Pythons of the versions that functions ask for: the machine's own, else out of Debian's packages, for us alone."""

import contextlib
import fcntl
import json
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from localcloud import home, progress
from localcloud.docker import packages
from localcloud.errors import Trouble
from localcloud.images import unpacked

VERSIONS = ("3.13",)
"""What `runtime: python3.13` of a function needs."""
PACKAGES = (
    "python3.13-minimal",
    "libpython3.13-minimal",
    "libpython3.13-stdlib",
    "libc6",
    "libgcc-s1",
    "libstdc++6",
    "zlib1g",
    "libbz2-1.0",
    "liblzma5",
    "libzstd1",
    "libexpat1",
    "libffi8",
    "libssl3t64",
    "libsqlite3-0",
    "libuuid1",
    "libcrypt1",
    "libncursesw6",
    "libtinfo6",
    "libreadline8t64",
    "libdb5.3t64",
)
LOADERS = {
    "x86_64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}
AGAIN_SECONDS = 24 * 3600
"""After which it is tried once more to fetch what could not be fetched."""
PROBE = "import sys, ssl, sqlite3, ctypes, zoneinfo; print('%d.%d' % sys.version_info[:2])"


def found() -> dict[str, str]:
    """Return the interpreters that are here by the name of their runtime: `{"python3.13": PATH}`."""
    return {f"python{version}": path for version in VERSIONS if (path := _find(version))}


def ensure() -> None:
    """Make the interpreters that are not here out of Debian's packages; say in a line what functions run on otherwise.

    What could not be made is not tried again for a day.
    """
    for version in VERSIONS:
        if _find(version) or _gave_up(version):
            continue
        try:
            with progress.step(f"unpacking Python {version} for functions"):
                _make(version)
        except (Trouble, OSError, subprocess.SubprocessError) as trouble:
            _marker(version).parent.mkdir(parents=True, exist_ok=True)
            _marker(version).write_text(str(int(time.time())))
            progress.note(f"functions of python{version} run on the emulator's own Python: {trouble}")


def _find(version: str) -> str | None:
    """Return an interpreter of a version that works: on PATH, uv's, or one of ours."""
    made = _place(version) / "python"
    if made.exists():
        return str(made)
    for path in (shutil.which(f"python{version}"), _of_uv(version)):
        if path and _works(path, version):
            return path
    return None


def _place(version: str) -> Path:
    """Return where one of ours lies: one copy serves every home of this repository."""
    return home.REPOSITORY / ".slipway" / "cloud" / f"python{version}"


def _of_uv(version: str) -> str | None:
    from localcloud.cloud.environment import find_uv

    uv = find_uv()
    if uv is None:
        return None
    command = [uv, "python", "find", "--managed-python", "--no-project", version]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.strip() or None
    return None


def _works(path: str, version: str) -> bool:
    """Say whether a program is a whole Python of that version; a version manager's shim may be none."""
    try:
        done = subprocess.run([path, "-s", "-c", PROBE], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def _marker(version: str) -> Path:
    return _place(version).with_name(f"no-python{version}")


def _gave_up(version: str) -> bool:
    try:
        return time.time() - int(_marker(version).read_text()) < AGAIN_SECONDS
    except (OSError, ValueError):
        return False


def _make(version: str) -> None:
    otherwise = f"install Python {version}"
    if not packages.is_debian() or platform.machine() not in LOADERS:
        raise Trouble(f"there is no python{version} on PATH", otherwise)
    place = _place(version)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name("python.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (place / "python").exists():
            return
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        try:
            unpacked.unpack(PACKAGES, beside, otherwise)
            (beside / "python").write_text(_script(version, place))
            (beside / "python").chmod(0o755)
            shutil.rmtree(place, ignore_errors=True)
            beside.rename(place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    if not _works(str(place / "python"), version):
        shutil.rmtree(place)
        raise Trouble(f"Python {version} out of Debian {unpacked.SUITE} does not run here", otherwise)
    library = place / "usr" / "lib" / f"python{version}"
    unpacked.run([str(place / "python"), "-m", "compileall", "-q", str(library)], place, otherwise)


def _script(version: str, place: Path) -> str:
    """Return a program that starts the interpreter with the loader and the libraries that it was made for."""
    triplet, loader = LOADERS[platform.machine()]
    libraries = place / "usr" / "lib" / triplet
    start = f"exec '{libraries / loader}' --argv0 \"$0\" --library-path '{libraries}'"
    return f"#!/bin/sh\nexport PYTHONHOME='{place}/usr'\n{start} '{place}/usr/bin/python{version}' \"$@\"\n"


def setting() -> str:
    """Return what the cloud's process is told of the interpreters."""
    return json.dumps(found())
