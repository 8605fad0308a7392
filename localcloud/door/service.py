"""Starts and stops the front door as a daemon of this machine."""

import json
import os
import sys
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud import home, ports, processes
from localcloud.door.headers import SUFFIX

if TYPE_CHECKING:
    from localcloud.cloud import Cloud

NAME = "door"
PREFERRED_PORT = 8080


@dataclass(frozen=True)
class Door:
    """A front door that answers."""

    port: int


def running() -> Door | None:
    """Return the door that runs and answers, or nothing."""
    if processes.find(NAME) is None:
        return None
    try:
        port = int(json.loads(home.file("door", "door.json").read_text())["port"])
    except (OSError, ValueError, KeyError):
        return None
    return Door(port) if _status(port) is not None else None


def start(cloud: "Cloud") -> Door:
    """Start the door in front of a cloud, or return the one that runs, as soon as it knows that cloud.

    The same port as last time if it is free; raises Trouble when the door does not come up.
    """
    door = running()
    if door is None:
        processes.stop(NAME)
        door = Door(ports.remembered(NAME, PREFERRED_PORT))
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-P", "-m", "localcloud.door", str(door.port)]
        processes.start(NAME, command, environment, home.folder("door"))
        home.write(home.file("door", "door.json"), json.dumps({"port": door.port}))
    port = door.port

    def knows_the_cloud() -> bool:
        seen = (_status(port) or {}).get("cloud", {})
        return seen.get("endpoint") == cloud.endpoint and not seen.get("trouble")

    processes.wait_until(knows_the_cloud, "the front door", 60, NAME)
    return door


def stop() -> None:
    """Stop the door if it runs."""
    processes.stop(NAME)


def address(host: str, door: Door) -> str:
    """Return the address of a host name of the emulated accounts: `http://HOST.localhost:PORT`."""
    return f"http://{host}{SUFFIX}:{door.port}"


def _status(port: int) -> dict[str, Any] | None:
    """Return what the door says of itself; nothing when something else, or nothing, listens there."""
    try:
        with urllib.request.urlopen(f"http://{ports.LOOPBACK}:{port}/_door/status", timeout=5) as answer:
            content: dict[str, Any] = json.loads(answer.read())
    except (OSError, ValueError):
        return None
    return content if "retries" in content else None
