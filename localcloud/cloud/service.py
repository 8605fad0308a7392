"""Start, find and stop the embedded cloud: one daemon, known by its boot identity."""

import fcntl
import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from localcloud import home, ports, processes, progress
from localcloud.cloud import environment, process, pythons
from localcloud.errors import Trouble

if TYPE_CHECKING:
    from localcloud.docker import DockerEngine

NAME = "cloud"
PREFERRED_PORT = 4566
START_SECONDS = 90
STOP_SECONDS = 60
LAUNCHES = 3
TAKEN = "Address already in use"
LAST_WORDS = 500
"""Characters of the log in which a process says why it ended."""
CERTIFICATE = "rds-ca.pem"
OLDER = (
    "the embedded cloud runs code that has changed since it was started, and goes on with it; "
    "when it refuses something new: slipway down --all, slipway up"
)


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
    return kept.cloud if boot_of(kept.cloud.endpoint) == kept.cloud.boot else None


def docker_host() -> str | None:
    """Return the Docker engine that the cloud was started with, as a value of DOCKER_HOST; nothing without one."""
    kept = _kept()
    return kept.engine if kept else None


def start(docker: "DockerEngine | None", region: str) -> Cloud:
    """Return a cloud that runs with these settings: the one there is, else a new one.

    One that runs with others, or no longer answers, is stopped first. One that runs other code is not, for it would
    forget what it holds: a line says so. Raises Trouble when it does not come up.
    """
    with _alone():
        engine = docker.host if docker else None
        cloud = running()
        kept = _kept()
        if cloud and kept and cloud.region == region and kept.engine == engine:
            if kept.sources != environment.sources():
                progress.note(OLDER)
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
    """Start a process; on another port when somebody took the free one before it listened."""
    python = environment.ensure()
    pythons.ensure()
    for _ in range(LAUNCHES - 1):
        port = ports.remembered(NAME, PREFERRED_PORT)
        try:
            return _launch_on(port, python, engine, region)
        except Trouble:
            # Whoever took it may have given it back by now: then only the log tells.
            if ports.is_free(port) and TAKEN not in home.file("logs", f"{NAME}.log").read_text()[-LAST_WORDS:]:
                raise
    return _launch_on(ports.remembered(NAME, PREFERRED_PORT), python, engine, region)


def _launch_on(port: int, python: Path, engine: str | None, region: str) -> Cloud:
    cloud = Cloud(f"http://{ports.LOOPBACK}:{port}", region, engine is not None, uuid.uuid4().hex)
    sources = environment.sources()
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
    kept = {**asdict(cloud), "pid": pid, "engine": engine, "sources": sources}
    home.write(_file(), json.dumps(kept, indent=2))
    return cloud


def _stop() -> None:
    kept = _kept()
    died = kept is not None and processes.find(NAME) is None
    _file().unlink(missing_ok=True)
    processes.stop(NAME, STOP_SECONDS)
    home.file("cloud", CERTIFICATE).unlink(missing_ok=True)
    if kept and kept.engine and died:
        _sweep(kept.engine)


def _sweep(host: str) -> None:
    """Remove what a cloud that did not end by itself left in its engine: containers, their volumes, the network."""
    from localcloud.docker import engine as engines  # an engine is looked at by running its client

    try:
        engine = engines.examine(host)
    except Trouble:
        return
    chosen = ("--quiet", "--filter", f"label=ministack.instance={process.instance()}")
    for listing, removal in (
        (("ps", "--all"), ("rm", "--force", "--volumes")),
        (("volume", "ls"), ("volume", "rm", "--force")),
        (("network", "ls"), ("network", "rm")),
    ):
        left = engine.run(*listing, *chosen).stdout.split()
        if left:
            engine.run(*removal, *left, seconds=STOP_SECONDS)


def _file() -> Path:
    return home.file("cloud", "cloud.json")


class _Kept(NamedTuple):
    """A cloud, the address of the Docker engine that it was started with, and what code of ours it runs."""

    cloud: Cloud
    engine: str | None
    sources: str


def _kept() -> _Kept | None:
    """Return the cloud that was started last and is not stopped."""
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(_file().read_text())
        cloud = Cloud(kept["endpoint"], kept["region"], kept["docker"], kept["boot"])
        return _Kept(cloud, kept["engine"], kept.get("sources", ""))
    return None


@contextmanager
def _alone() -> Iterator[None]:
    """Let one command at a time start or stop the cloud; others wait."""
    with home.file("run", "cloud.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
