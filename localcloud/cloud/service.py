"""Start, find and stop the embedded cloud: one daemon, known by its boot identity."""

import fcntl
import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud import home, ports, processes
from localcloud.cloud import environment, process

if TYPE_CHECKING:
    from localcloud.docker import DockerEngine

NAME = "cloud"
PREFERRED_PORT = 4566
START_SECONDS = 90
STOP_SECONDS = 60


@dataclass(frozen=True)
class Cloud:
    """A running embedded cloud."""

    endpoint: str
    """The one address of every service, such as `http://127.0.0.1:4566`."""
    region: str
    docker: bool
    """Whether it runs containers; without, everything that needs them only pretends."""
    boot: str
    """Identity of this start. The cloud forgets everything when it ends, so state of another boot is void."""


def running() -> Cloud | None:
    """Return the cloud that runs and answers now, or nothing."""
    kept = _kept()
    if kept is None or processes.find(NAME) is None:
        return None
    cloud, _engine = kept
    return cloud if boot_of(cloud.endpoint) == cloud.boot else None


def start(docker: "DockerEngine | None", region: str) -> Cloud:
    """Return a cloud that runs with these settings: the one there is, else a new one.

    One that runs with others, or no longer answers, is stopped first. Raises Trouble when it does not come up.
    """
    with _alone():
        engine = docker.host if docker else None
        cloud = running()
        kept = _kept()
        if cloud and kept and cloud.region == region and kept[1] == engine:
            return cloud
        _stop()
        return _launch(engine, region)


def stop() -> None:
    """Stop the cloud and remove its containers; nothing happens when none runs."""
    with _alone():
        _stop()


def boot_of(endpoint: str, seconds: float = 5) -> str | None:
    """Return the boot identity that answers at the endpoint, or nothing when none does."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_slipway/boot", timeout=seconds) as answer:  # noqa: S310
            return str(json.load(answer)["boot"])
    except (OSError, ValueError, KeyError):
        return None


def _launch(engine: str | None, region: str) -> Cloud:
    python = environment.ensure()
    port = ports.remembered(NAME, PREFERRED_PORT)
    cloud = Cloud(f"http://{ports.LOOPBACK}:{port}", region, engine is not None, uuid.uuid4().hex)
    pid = processes.start(
        NAME, process.command(python), process.settings(port, region, cloud.boot, engine), home.folder("cloud")
    )
    try:
        processes.wait_until(
            lambda: boot_of(cloud.endpoint, 1) == cloud.boot, "the embedded cloud", START_SECONDS, NAME
        )
    except BaseException:
        processes.stop(NAME)
        raise
    home.write(_file(), json.dumps({**asdict(cloud), "pid": pid, "engine": engine}, indent=2))
    return cloud


def _stop() -> None:
    _file().unlink(missing_ok=True)
    processes.stop(NAME, STOP_SECONDS)


def _file() -> Path:
    return home.file("cloud", "cloud.json")


def _kept() -> tuple[Cloud, str | None] | None:
    """Return the cloud that was started last and is not stopped, with its Docker engine's address."""
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(_file().read_text())
        return Cloud(kept["endpoint"], kept["region"], kept["docker"], kept["boot"]), kept["engine"]
    return None


@contextmanager
def _alone() -> Iterator[None]:
    """Let one command at a time start or stop the cloud; others wait."""
    with home.file("run", "cloud.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
