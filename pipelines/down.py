"""`slipway down`: a real destroy that leaves nothing, and the machine as it was."""

from typing import Any

from rich.markup import escape

from localcloud import cloud, docker, door, engine
from localcloud.errors import Trouble
from localcloud.progress import note, step
from pipelines import addresses, machine, recovery, stacks
from pipelines.machine import Machine

TEARDOWN = {"platform:stack.teardown": True}


def down(wanted: list[str], everything: bool = False) -> dict[str, Any]:
    """Destroy stacks, the last one first, and list what their accounts still hold: nothing, or a Trouble.

    With `everything` all stacks go, and then the door, the cloud and a Docker engine of our own.
    Without a running cloud there is nothing to destroy: states of clouds that are gone are forgotten.
    """
    ordered = stacks.check_names(wanted or stacks.names())
    running = cloud.running()
    if running is not None and engine.find() is not None and door.running() is not None:
        try:
            _destroy(ordered, machine.running())
        except Trouble as trouble:
            if not everything:
                raise
            note(f"[yellow]{escape(str(trouble))}[/yellow]")  # it ends with the cloud
    elif running is None:
        for stack in ordered:
            recovery.forget(stack)
    if everything:
        stop()
    return addresses.status()


def _destroy(ordered: list[str], ready: Machine) -> None:
    for stack in reversed(ordered):
        take_down(stack, ready)
    for stack in ordered:
        assert_empty(stack, ready)
    addresses.publish()


def take_down(stack: str, ready: Machine) -> None:
    """Destroy one stack. Its protections are lifted first, in an update of its own: the explicit step."""
    driver = stacks.Driver(stack, ready)
    if not driver.exists():
        return
    with step(f"down {stack}") as current:
        driver.prepare()
        if stacks.resources(stack):
            engine.workspace.override(stack, TEARDOWN)
            try:
                _lift(driver, current.say)
                current.say("deleting")
                run = driver.destroy(current.say)
            finally:
                engine.workspace.override(stack, dict.fromkeys(TEARDOWN))
            current.result(f"{run.counts().get('delete', 0)} deleted")
        recovery.forget(stack)


def _lift(driver: stacks.Driver, say: stacks.Say) -> None:
    """Switch off what protects resources from deletion, in the state and in the cloud."""
    if not any(_protected(each) for each in stacks.resources(driver.stack)):
        return
    say("lifting protection")
    driver.unprotect()
    driver.up(say, targets=[each["urn"] for each in stacks.resources(driver.stack) if _guarded(each)] or None)


def _protected(resource: dict[str, Any]) -> bool:
    return bool(resource.get("protect")) or _guarded(resource)


def _guarded(resource: dict[str, Any]) -> bool:
    """Say whether AWS itself would refuse to delete the resource as it is set now."""
    inputs = resource.get("inputs") or {}
    if inputs.get("deletionProtectionEnabled") or inputs.get("enableDeletionProtection"):
        return True
    emptied = {"aws:s3/bucket:Bucket": "forceDestroy", "aws:ecr/repository:Repository": "forceDelete"}
    return resource["type"] in emptied and not inputs.get(emptied[resource["type"]])


def assert_empty(stack: str, ready: Machine) -> None:
    """List the stack's account, service by service; a Trouble when something is left."""
    left = cloud.leftovers(ready.cloud.endpoint, ready.cloud.region, stacks.account(stack))
    if left:
        shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        raise Trouble(
            f"the account of {stack} still holds {shown}",
            "made outside the stack? delete it by hand, or end the whole cloud with: slipway down --all",
        )


def stop() -> None:
    """End the door, the cloud and a Docker engine of our own; what runs elsewhere is left alone."""
    with step("stopping door, cloud and Docker"):
        door.stop()
        cloud.stop()
        docker.stop()
    for stack in stacks.names():
        recovery.forget(stack)
    note("nothing of the embedded cloud runs any more")
