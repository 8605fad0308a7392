"""`slipway doctor`: what this machine has and lacks, each with its fix."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from localcloud import cloud, docker, door, engine, home, images
from localcloud.errors import Trouble

FREE_GIGABYTES = 6  # engine and its Go cache 2, Docker's images 2, room to build in


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, note (works, but worth knowing) or missing."""

    name: str
    state: str
    detail: str
    fix: str = ""


def examine() -> list[Finding]:
    """Look at everything that Slipway stands on; nothing is installed or started."""
    checks: list[Callable[[], Finding]] = [_python, _disk, _engine, _docker, _images, _cloud, _door]
    found = []
    for check in checks:
        try:
            found.append(check())
        except Trouble as trouble:
            found.append(Finding(check.__name__.strip("_"), "missing", trouble.what, trouble.fix))
    return found


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")


def _disk() -> Finding:
    free = shutil.disk_usage(home.folder()).free / 1e9
    if free < FREE_GIGABYTES:
        return Finding("disk", "missing", f"{free:.1f} GB free of {FREE_GIGABYTES} needed", "make room")
    return Finding("disk", "ok", f"{free:.0f} GB free")


def _engine() -> Finding:
    found = engine.find()
    if found is None:
        return Finding("engine", "missing", "no Pulumi CLI of the SDK's version", "slipway up gets or builds one")
    return Finding("engine", "ok", f"Pulumi {found.version} ({found.source}) at {found.pulumi}")


def _docker() -> Finding:
    found = docker.find()
    if found is None:
        return Finding(
            "docker", "missing", "; ".join(docker.explain()), "slipway up starts one where it can; or --no-docker"
        )
    owner = "started by slipway" if found.ours else "this machine's"
    return Finding("docker", "ok", f"{found.version} at {found.host}, {owner}")


def _images() -> Finding:
    found = docker.find()
    if found is None:
        return Finding("base images", "missing", "no Docker engine to hold them")
    sources = {status.name: status.source for status in images.status(found)}
    shown = ", ".join(f"{name} {source}" for name, source in sources.items())
    if "missing" in sources.values():
        return Finding("base images", "missing", shown, "slipway up gets or makes them")
    if "stand-in" in sources.values():
        return Finding("base images", "note", shown, "Debian stand-ins: no container registry was reached")
    return Finding("base images", "ok", shown)


def _cloud() -> Finding:
    found = cloud.running()
    if found is None:
        return Finding("embedded cloud", "note", "not running", "slipway up")
    return Finding("embedded cloud", "ok", f"{found.endpoint}, {'with' if found.docker else 'without'} containers")


def _door() -> Finding:
    found = door.running()
    if found is None:
        return Finding("front door", "note", "not running", "slipway up")
    return Finding("front door", "ok", f"http://localhost:{found.port}")
