"""`slipway up` and `slipway build`: stacks brought to what the program says, one after the other."""

import re
from typing import Any

from interface import names
from localcloud.progress import note, step
from pipelines import addresses, artifacts, carried, imports, machine, pins, stacks
from pipelines.ahead import Ahead
from pipelines.driver import Driver
from pipelines.machine import Machine
from pipelines.run import Run

TOOLING = "tooling"
DEFAULT = [TOOLING, "dev"]


def up(wanted: list[str], with_docker: bool = True, systems: list[str] | None = None) -> dict[str, Any]:
    """Bring the stacks up in order; return the status of the embedded cloud.

    Environments stand on tooling, which comes up before them where it is not there. They carry the systems that are
    named, all of their file's where none is.
    A Trouble of one stack ends the command: the stacks after it stand on it.
    """
    ordered = stacks.check_names(wanted or DEFAULT)
    # Every file is looked at before anything is started: a file that is broken costs seconds, not minutes.
    accounts = [stacks.account(name) for name in stacks.names()]
    imports.begin()
    ready = machine.ready(accounts, with_docker)
    if TOOLING not in ordered and not Driver(TOOLING, ready).exists():
        ordered = [TOOLING, *ordered]
    with Ahead(ready) as ahead:
        for stack, following in zip(ordered, [*ordered[1:], None], strict=True):
            carried.choose(stack, systems or [], containers=ready.docker_host is not None)
            if following:
                ahead.begin(following)
            if bring_up(stack, ready, ahead).counts():
                ahead.forget()  # what was seen of the next one may no longer be so
    return addresses.publish()


def bring_up(stack: str, ready: Machine, ahead: Ahead | None = None) -> Run:
    """Bring one stack up; drift that was found on the way, or `ahead` of it, is mended with it."""
    driver = Driver(stack, ready)
    with step(f"up {stack}") as current:
        pins.fill(stack)
        artifacts.provide(stack, ready, current.say)
        seen = ahead.seen(stack) if ahead else None
        is_fresh = driver.prepare() or seen is not None
        # A refresh costs as many reads as there are resources: it is left out where there is nothing to read.
        run = driver.up(current.say, refresh=not is_fresh and bool(stacks.resources(stack)), seen=seen)
        current.result(summary(run, stack))
    for warning in dict.fromkeys(run.warnings):
        note(f"  {warning}")
    return run


def summary(run: Run, stack: str) -> str:
    """Return what a run changed in a few words: `12 created, 1 replaced of 130 resources`."""
    words = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "drift": "drifted"}
    counts = run.counts()
    parts = [f"{counts[operation]} {word}" for operation, word in words.items() if counts.get(operation)]
    return f"{', '.join(parts) or 'nothing changed'}, {len(stacks.resources(stack))} resources"


def build(stack: str, with_docker: bool = True) -> dict[str, dict[str, str]]:
    """Build and push the images and zips that a stack builds and nothing else; return each one's address and digest.

    Works in a stack that has nothing yet: images stand on the repositories of tooling only.
    """
    stacks.check_names([stack])
    accounts = [stacks.account(name) for name in stacks.names()]
    imports.begin()
    ready = machine.ready(accounts, with_docker)
    if not Driver(TOOLING, ready).exists():
        bring_up(TOOLING, ready)
    driver = Driver(stack, ready)
    with step(f"build artifacts of {stack}") as current:
        driver.prepare()
        pins.fill(stack)
        zips = artifacts.provide(stack, ready, current.say)
        run = driver.up(current.say, targets=[f"urn:pulumi:{stack}::slipway::*{names.SERVICE_IMAGE_TYPE}*::**"])
        current.result(summary(run, stack))
    return {**images(stack), **zips}


def images(stack: str) -> dict[str, dict[str, str]]:
    """Return `{system/service: {"address", "digest"}}` of the images in a stack's state."""
    found = {}
    for each in stacks.resources(stack):
        if each["type"] == "docker-build:index:Image" and (digest := each.get("outputs", {}).get("digest")):
            tag = str((each["outputs"].get("tags") or [""])[0])
            match = re.fullmatch(r"[^/]+/(?P<name>[^:]+):(?P<address>[0-9a-f]+)", tag)
            if match:
                found[match["name"]] = {"address": match["address"], "digest": digest}
    return found
