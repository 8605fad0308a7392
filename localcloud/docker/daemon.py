"""A Docker engine of this repository's own: data, socket, bridge and rules apart from every other engine's."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud import home, processes
from localcloud.docker import api, leftovers, network, root
from localcloud.errors import Trouble

NAME = "docker"
START_SECONDS = 120
STOP_SECONDS = 30


def tag() -> str:
    """Return six hex digits that stand for this repository's folder of state."""
    return hashlib.sha256(str(home.folder().resolve()).encode()).hexdigest()[:6]


def run_folder() -> Path:
    """Return the folder of the socket and of what lives as long as the engine; short, as socket paths must be."""
    return Path("/run") / f"slipway-{tag()}"


def socket_path() -> Path:
    """Return the engine's socket."""
    return run_folder() / "docker.sock"


def host() -> str:
    """Return the value of DOCKER_HOST for this engine."""
    return f"unix://{socket_path()}"


def data_root() -> Path:
    """Return the folder of images and containers; images outlive the engine."""
    return home.file("docker", "data")


def configuration(bridge: network.Bridge, storage: str) -> dict[str, Any]:
    """Return the engine's settings: all of them, since the machine's own daemon.json is for another engine."""
    return {
        "data-root": str(data_root()),
        "exec-root": str(run_folder() / "exec"),
        "pidfile": str(run_folder() / "docker.pid"),
        "hosts": [host()],
        "group": str(os.getgid()),
        "bridge": bridge.name,
        "mtu": network.uplink_mtu(),
        "default-address-pools": [{"base": str(bridge.others), "size": 24}],
        # The rules are ours (see network.py); published ports go through the proxy, and to this machine alone.
        "iptables": False,
        "ip-forward": True,
        "userland-proxy": True,
        "ip": "127.0.0.1",
        "live-restore": True,
        "storage-driver": storage,
        "log-level": "warn",
        "log-driver": "json-file",
        "log-opts": {"max-size": "10m", "max-file": "2"},
    }


def start() -> None:
    """Start the engine if it does not answer, and wait until it does; safe when two do it at once.

    After a kill the running containers are taken over again.
    """
    with _alone():
        _start()


def _start() -> None:
    bridge = network.up(tag())
    if api.answers(host()):
        return
    _clear_away()
    root.must("mkdir", "-p", str(data_root()), str(run_folder()))
    home.write(_settings(), json.dumps(configuration(bridge, _storage()), indent=2))
    dockerd = root.which("dockerd")
    if dockerd is None:
        raise Trouble("Docker is not installed", "sudo apt-get install docker.io")
    processes.start(
        NAME,
        # A containerd of the system, where one runs, is shared: name spaces of our own keep containers apart.
        root.command(
            dockerd,
            *("--config-file", str(_settings())),
            *("--containerd-namespace", leftovers.namespace(tag())),
            *("--containerd-plugins-namespace", f"{leftovers.namespace(tag())}-plugins"),
        ),
        environment={**os.environ, "PATH": root.search_path()},
    )
    processes.wait_until(lambda: api.answers(host()), "the Docker engine", START_SECONDS, name=NAME)


def _clear_away() -> None:
    """End what a killed engine left, and forget its pids: dockerd takes a dead, unreaped containerd for alive."""
    leftovers.end_engine(str(_settings()), STOP_SECONDS)
    containerd = run_folder() / "exec" / "containerd"
    leftovers.end_containerd(str(containerd / "containerd.toml"))
    root.must("rm", "-f", str(run_folder() / "docker.pid"), str(socket_path()), str(containerd / "containerd.pid"))


def stop() -> None:
    """End the engine, its containers and networks, its bridge and its rules; images stay for the next time."""
    with _alone():
        if not _left():
            return
        # A killed engine still has containers: only an engine takes them away with everything that is theirs.
        with contextlib.suppress(Trouble):
            _start()
        _empty()
        leftovers.end_engine(str(_settings()), STOP_SECONDS)
        home.file("run", f"{NAME}.json").unlink(missing_ok=True)
        leftovers.end_containers(leftovers.namespace(tag()))
        leftovers.unmount([data_root(), run_folder()])
        network.down(tag())
        root.must("rm", "-rf", str(run_folder()))


def _left() -> bool:
    """Say whether anything of the engine is there: files of a run, a process, or the bridge."""
    bridge = network.bridge(tag())
    return (
        run_folder().exists()
        or leftovers.engine(str(_settings())) is not None
        or (bridge is not None and network.exists(bridge))
    )


def _empty() -> None:
    """Remove every container and every network that somebody made; nothing else uses this engine."""
    with contextlib.suppress(OSError, api.ApiError):
        for container in api.call(host(), "/containers/json?all=1"):
            with contextlib.suppress(api.ApiError):
                api.call(host(), f"/containers/{container['Id']}?force=1&v=1", "DELETE", STOP_SECONDS)
        for found in api.call(host(), "/networks"):
            if found["Name"] not in {"bridge", "host", "none"}:
                with contextlib.suppress(api.ApiError):
                    api.call(host(), f"/networks/{found['Id']}", "DELETE", STOP_SECONDS)


def _storage() -> str:
    """Return overlay2 where the file system can carry it (it cannot on another overlay), else vfs."""
    for driver in ("overlay2", "vfs"):
        if root.run("test", "-e", str(data_root() / driver))[0] == 0:  # the folder is closed to others than root
            return driver
    trial = data_root() / "trial"
    parts = {part: str(trial / part) for part in ("lower", "upper", "work", "merged")}
    root.must("mkdir", "-p", *parts.values())
    options = f"lowerdir={parts['lower']},upperdir={parts['upper']},workdir={parts['work']}"
    can = root.run("mount", "-t", "overlay", "overlay", "-o", options, parts["merged"])[0] == 0
    if can:
        root.must("umount", parts["merged"])
    root.must("rm", "-rf", str(trial))
    return "overlay2" if can else "vfs"


def _settings() -> Path:
    return home.file("docker", "daemon.json")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time start or stop the engine; the others wait."""
    with home.file("docker", "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
