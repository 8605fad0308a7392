"""Where the systems of each stack are reached on this machine, kept for the door's index and for `status`."""

import datetime
import json
from typing import Any
from urllib.parse import urlsplit

from localcloud import cloud, door, home
from pipelines import recovery, stacks


def systems(stack: str, front: door.Door) -> dict[str, str]:
    """Return for each system of a stack the address under which the front door answers for it."""
    found = stacks.outputs(stack).get("systems") or {}
    return {
        name: door.address(urlsplit(parts["url"]).netloc, front)
        for name, parts in sorted(found.items())
        if isinstance(parts, dict) and parts.get("url")
    }


def status() -> dict[str, Any]:
    """Return `{"cloud": {...} | None, "stacks": {STACK: {"account", "resources", "urls"}}}` of this machine now."""
    running, front = cloud.running(), door.running()
    if running is None:
        return {"cloud": None, "stacks": {}}
    found = {}
    for stack in stacks.names():
        if recovery.is_kept(stack, running.boot) and (kept := stacks.resources(stack)):
            found[stack] = {
                "account": stacks.account(stack),
                "resources": len(kept),
                "urls": systems(stack, front) if front else {},
            }
    return {
        "cloud": {"endpoint": running.endpoint, "region": running.region, "docker": running.docker},
        "stacks": found,
    }


def publish() -> dict[str, Any]:
    """Write the status where the door's index page reads it, and return it."""
    current = status()
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for stack in current["stacks"].values():
        stack["updated"] = now
    home.write(home.file("status.json"), json.dumps(current, indent=2))
    return current
