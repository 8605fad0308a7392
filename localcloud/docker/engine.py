"""Which Docker engine serves this machine, and if none does, why."""

import http.client
import ipaddress
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.docker import api, client, daemon, root
from localcloud.errors import Trouble

SYSTEM_SOCKET = "unix:///var/run/docker.sock"
OLDEST_API = (1, 41)
INSTALL = "install Docker (on Debian: sudo apt-get install docker.io)"


@dataclass(frozen=True)
class DockerEngine:
    """A Docker engine that answers, and the client to use with it."""

    host: str
    """The value of DOCKER_HOST."""
    version: str
    """The engine's version."""
    ours: bool
    """Whether it is the one that `ensure` started for this repository."""
    client: str
    """The docker client with BuildKit."""
    gateway: str
    """The address under which containers on the default bridge reach this machine."""

    def environment(self) -> dict[str, str]:
        """Return this process's environment with what the client needs for this engine."""
        plain = {name: value for name, value in os.environ.items() if name != "DOCKER_CONTEXT"}
        return {**plain, "DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "1", "BUILDX_BUILDER": "default"}

    def run(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run the client with arguments and return what it wrote; an exit code that is not 0 raises nothing."""
        return subprocess.run(
            [self.client, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            env=self.environment(),
        )


def find() -> DockerEngine | None:
    """Return the engine that serves this machine; starts nothing, and never waits longer than seconds."""
    return _look()[0]


def explain() -> list[str]:
    """Return a line for each engine that could serve but does not, with its fix; empty when one does."""
    engine, troubles = _look()
    return [] if engine else [str(trouble) for trouble in troubles]


def candidates() -> Sequence[str]:
    """Return where to look, in order: DOCKER_HOST alone when a person set it, else our own engine, else the system's.

    Our own comes before the system's because it only runs where no other answered when it was started: containers
    of the embedded cloud live on it, and stay where they are when a system engine comes up later.
    """
    asked = os.environ.get("DOCKER_HOST", "")
    own = daemon.host()
    return [asked] if asked and asked != own else [own, SYSTEM_SOCKET]


def _look() -> tuple[DockerEngine | None, list[Trouble]]:
    troubles: list[Trouble] = []
    for host in candidates():
        try:
            return examine(host), []
        except Trouble as trouble:
            # That an engine of our own does not run is worth a line only if nobody asked for another one.
            if host != daemon.host() or daemon.socket_path().exists():
                troubles.append(trouble)
    return None, troubles


def examine(host: str) -> DockerEngine:
    """Return the engine at `host`; a Trouble says why it cannot serve."""
    if not api.is_local(host):
        raise Trouble(
            f"DOCKER_HOST={host} is not an engine of this machine: its containers could not reach the embedded cloud",
            "unset DOCKER_HOST, or name a Unix socket",
        )
    try:
        version = api.call(host, "/version")
        gateway = _gateway(host)
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError, api.ApiError) as error:
        raise _why(host, error) from error
    spoken = tuple(int(part) for part in str(version.get("ApiVersion", "0")).split("."))
    if spoken < OLDEST_API:
        raise Trouble(
            f"the Docker engine {version.get('Version')} at {host} is too old: it speaks API "
            f"{version.get('ApiVersion')}, needed is {'.'.join(map(str, OLDEST_API))}",
            "install Docker 20.10 or newer",
        )
    found = client.find()
    if found is None:
        raise Trouble(f"the Docker engine at {host} has no client on PATH", INSTALL)
    if not found.buildkit:
        raise Trouble(
            f"the docker client {found.path} ({found.version}) cannot build: it has no buildx plugin",
            "install docker-buildx (on Debian 12: docker.io, whose client has BuildKit)",
        )
    return DockerEngine(host, str(version.get("Version")), host == daemon.host(), found.path, gateway)


def _gateway(host: str) -> str:
    pools = api.call(host, "/networks/bridge")["IPAM"]["Config"]
    for pool in pools:
        network = ipaddress.ip_network(pool["Subnet"])
        if network.version == 4:
            return str(pool.get("Gateway") or network[1])
    raise KeyError("Gateway")


def _why(host: str, error: Exception) -> Trouble:
    place = host.removeprefix("unix://")
    if isinstance(error, PermissionError):
        return Trouble(
            f"permission denied at {place}", "sudo usermod -aG docker $USER, then log in again; or run as root"
        )
    if isinstance(error, TimeoutError):
        return Trouble(f"the Docker engine at {place} did not answer within {api.SECONDS:g} s", "restart it")
    if isinstance(error, FileNotFoundError | ConnectionRefusedError | ConnectionResetError):
        if root.which("dockerd") is None and not Path(place).exists():
            return Trouble("Docker is not installed", INSTALL)
        return Trouble(f"Docker is installed, but no engine runs at {place}", "start it (sudo systemctl start docker)")
    if isinstance(error, KeyError | api.ApiError):
        return Trouble(f"the Docker engine at {place} has no default bridge network", "start it without bridge=none")
    kind = type(error).__name__
    return Trouble(f"what answers at {place} is not a Docker engine ({kind}: {error})", "check DOCKER_HOST")
