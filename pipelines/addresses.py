"""Where the systems of each stack are reached on this machine, kept for the door's index and for `status`."""

import datetime
import json
from typing import Any
from urllib.parse import urlsplit

from localcloud import cloud, docker, door, home
from pipelines import behind, recovery, stacks


def systems(stack: str, front: door.Door) -> dict[str, str]:
    """Return for each system of a stack the address under which the front door answers for it."""
    found = stacks.outputs(stack).get("systems") or {}
    return {
        name: door.address(urlsplit(parts["url"]).netloc, front)
        for name, parts in sorted(found.items())
        if isinstance(parts, dict) and parts.get("url")
    }


def status() -> dict[str, Any]:
    """Return `{"cloud": {...} | None, "stacks": {STACK: {"account", "resources", "urls", "run"}}}` of this machine now.

    `ended` names what the cloud needs beside it and does not run; any command that works on a stack starts it again.
    `resources` and `urls` are those of the last run that came to its end.
    """
    running, front = cloud.running(), door.running()
    if running is None:
        return {"cloud": None, "stacks": {}}
    found = {}
    for stack in stacks.names():
        if not recovery.is_kept(stack, running.boot):
            continue
        kept, run = stacks.resources(stack), last_run(stack)
        if kept or run != "done":
            found[stack] = {
                "account": stacks.account(stack),
                "resources": len(kept),
                "urls": systems(stack, front) if front else {},
                "run": run,
            }
    return {
        "cloud": {
            "endpoint": running.endpoint,
            "region": running.region,
            "docker": running.docker,
            "ended": _ended(front),
        },
        "stacks": found,
    }


def _ended(front: door.Door | None) -> list[str]:
    host = cloud.docker_host()
    engine = ["Docker engine"] if host and not docker.answers(host) else []
    return engine + ([] if front else ["front door"])


def last_run(stack: str) -> str:
    """Say how the run of the stack stands that began last: `done`, `under way`, or `cut off` before it could tell."""
    if recovery.is_busy(stack):
        return "under way"
    return "cut off" if behind.is_behind(stack) and not behind.is_untouched(stack) else "done"


def publish() -> dict[str, Any]:
    """Write the status where the door's index page reads it, and return it."""
    current = status()
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for stack in current["stacks"].values():
        stack["updated"] = now
    home.write(home.file("status.json"), json.dumps(current, indent=2))
    return current
