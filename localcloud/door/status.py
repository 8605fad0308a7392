"""What is up on this machine: stacks and systems as they were brought up, with the state the door sees."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from localcloud import home
from localcloud.door.headers import SUFFIX
from localcloud.door.source import Router
from localcloud.door.view import Destination, LoadBalancer, TargetGroup


def status(router: Router, port: int) -> dict[str, Any]:
    """Return `{"cloud": {"endpoint", "trouble"}, "stacks": {STACK: {"account", "systems": [ROW]}}, "others": [ROW]}`.

    A ROW is `{"name", "url", "state": "up"|"starting"|"down", "reason"}`. Others are hosts of no listed stack.
    """
    listed = _listed()
    stacks = {}
    named = set()
    for name, stack in listed.items():
        rows = []
        for system, url in (stack.get("urls") or {}).items():
            host = (urlsplit(url).hostname or "").removesuffix(SUFFIX)
            named.add(host)
            rows.append(_row(router, system, host, port))
        stacks[name] = {"account": stack.get("account", ""), "updated": stack.get("updated", ""), "systems": rows}
    others = [_row(router, host, host, port) for host in router.routes.hosts if host not in named]
    return {
        "cloud": {"endpoint": router.source.endpoint, "trouble": router.trouble},
        "stacks": stacks,
        "others": others,
    }


def _listed() -> Mapping[str, Any]:
    """Return the stacks of `.slipway/status.json`, which the commands that change stacks write."""
    try:
        stacks: Mapping[str, Any] = json.loads(home.file("status.json").read_text())["stacks"]
    except (OSError, ValueError, KeyError):
        return {}
    return stacks


def _row(router: Router, name: str, host: str, port: int) -> dict[str, str]:
    state, reason = _state(router, host)
    return {"name": name, "url": f"http://{host}{SUFFIX}:{port}/", "state": state, "reason": reason}


def _state(router: Router, host: str) -> tuple[str, str]:
    """Return up when every target group behind a host has a target that gets traffic."""
    destination = router.routes.find(host)
    if destination is None:
        return "down", router.trouble or "no record leads there"
    for group in _groups(router, destination, host):
        if not group.targets:
            return "down", f"{group.name} has no targets"
        if not router.book.healthy(group):
            reasons = "; ".join(f"{target} {reason}" for target, (_, reason) in router.book.states(group).items())
            return "starting", f"{group.name}: {reasons}"
    if not isinstance(destination, LoadBalancer) and router.trouble:
        return "down", router.trouble
    return "up", ""


def _groups(router: Router, destination: Destination, host: str) -> list[TargetGroup]:
    """Return the target groups behind a host: of its load balancer, or of those to which its API leads."""
    if isinstance(destination, LoadBalancer):
        return destination.groups_for(host)
    links = [link for mapped in destination.mappings.values() for link in mapped.api.routes.values() if link]
    arns = {link.listener: None for link in links}
    known = [router.routes.listeners[arn] for arn in arns if arn in router.routes.listeners]
    return [group for balancer, listener in known for group in balancer.groups_for(host, listener)]
