"""`slipway down`: a real destroy that leaves nothing, and the machine as it was."""

from typing import Any

from rich.markup import escape

from localcloud import cloud, docker, door, engine
from localcloud.errors import Trouble
from localcloud.progress import note, step
from pipelines import addresses, behind, machine, recovery, stacks
from pipelines.driver import Driver, Say
from pipelines.machine import Machine

TEARDOWN = {"platform:stack.teardown": True, "platform:database.final_snapshot": False}


def down(wanted: list[str], everything: bool = False) -> dict[str, Any]:
    """Destroy stacks, the last one first, and list what their accounts still hold: nothing, or a Trouble.

    With `everything` all stacks go, and then the door, the cloud and a Docker engine of our own.
    Without a running cloud there is nothing to destroy: states of clouds that are gone are forgotten.
    """
    ordered = stacks.check_names(wanted or stacks.names())
    if cloud.running() is not None:
        try:
            _destroy(ordered, machine.running())
        except Trouble as trouble:
            if not everything:
                raise
            note(f"[yellow]{escape(str(trouble))}[/yellow]")  # it ends with the cloud
    else:
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
    driver = Driver(stack, ready)
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


def _lift(driver: Driver, say: Say) -> None:
    """Switch off what protects resources from deletion, in the state and in the cloud.

    The program gives both to the same resources, and nothing else is touched: what fails to come up, or was never
    made, is no reason that a stack cannot go.
    """
    protected = [each["urn"] for each in stacks.resources(driver.stack) if _is_protected(each)]
    if protected:
        say("lifting protection")
        state = recovery.state_file(driver.stack)
        behind.loosen(state)
        driver.up(say, targets=sorted({*protected, *(each for urn in protected for each in _components(urn))}))
        behind.tighten(state)


def _components(urn: str) -> list[str]:
    """Return patterns of what a resource is part of: a run that was cut off may not have written it down.

    `urn:pulumi:prod::slipway::a:Table$aws:Table::x` is part of an `urn:pulumi:prod::slipway::a:Table::*`.
    """
    head, _, rest = urn.partition("::")
    project, kinds, _name = rest.split("::", 2)
    chain = kinds.split("$")
    return [f"{head}::{project}::{'$'.join(chain[:length])}::*" for length in range(1, len(chain))]


def _is_protected(resource: dict[str, Any]) -> bool:
    """Say whether the engine or the cloud would refuse to delete a resource, or the cloud would keep some of it.

    Of a half-made one the engine does not know: its inputs tell.
    """
    return bool(resource.get("protect")) or any(_keeps(*each) for each in resource.get("inputs", {}).items())


def _keeps(name: str, value: Any) -> bool:
    if "deletionprotection" in name.lower():
        return value not in (False, "INACTIVE")
    if name in ("forceDestroy", "forceDelete"):
        return value is False
    return name in ("recoveryWindowInDays", "finalSnapshotIdentifier") and bool(value)


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
