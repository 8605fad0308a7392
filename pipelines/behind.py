"""States that are written once, at the end of a run, and what is done when that end never came.

The engine would write the whole state twice a resource, which with hundreds of them is most of its time. While a run
goes on, its folder `state/STACK.behind` says that the state is old, and holds the ledger of what was made since. A run
that was killed leaves the folder: then the state is given what the ledger names, and a refresh of both asks the cloud.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud import home, ledger
from localcloud.ledger import HALF_MADE, Made

VERSION = 3
"""Of the format in which the engine writes states."""
SEVERAL = 8
"""Resources made before it that a new one depends on: the refresh takes those out that are gone."""

State = dict[str, Any]


def folder(stack: str) -> Path:
    """Return the folder that is there while a stack's state may be old."""
    return home.file("state", f"{stack}.behind")


def begins(stack: str) -> dict[str, str]:
    """Write down that a run begins which writes the state at its end; return the engine's variables for it."""
    ended(stack)
    folder(stack).mkdir()
    return {"PULUMI_SKIP_CHECKPOINTS": "true", ledger.FOLDER: str(folder(stack))}


def ended(stack: str) -> None:
    """Write down that the stack's state says again what its cloud holds."""
    shutil.rmtree(folder(stack), ignore_errors=True)


def is_behind(stack: str) -> bool:
    """Say whether a run was cut off whose changes the stack's state may not have."""
    return folder(stack).exists()


def is_untouched(stack: str) -> bool:
    """Say whether the run that began last has not come as far as to a provider: it has changed nothing."""
    return not any(folder(stack).glob("*"))


def has_made_more(stack: str, resources: list[State]) -> bool:
    """Say whether the state that the last run has written lacks what it made or began: its provider was killed."""
    known = {(each["urn"], each.get("id", "")) for each in resources}
    return any((made.urn, made.id) not in known for made in ledger.read(folder(stack)))


def add_made(stack: str, state: Path) -> None:
    """Put what the cut-off run has made into the stack's state, each as half-made; a refresh says what is still so."""
    _rewrite(state, lambda resources: tightened(with_made(resources, ledger.read(folder(stack)))))


def settle(stack: str, state: Path) -> None:
    """After that refresh: have what was to be replaced stay, where nothing has taken its place."""
    urns = {made.urn for made in ledger.read(folder(stack))}
    _rewrite(state, lambda resources: settled(resources, urns))


def loosen(state: Path) -> None:
    """Take from half-made resources what they depend on; `tighten` gives them others.

    An update of targets writes down first what a resource depends on, and the program may have another order than the
    one that was supposed.
    """
    _rewrite(state, lambda resources: [_independent(each) if _is_half_made(each) else each for each in resources])


def tighten(state: Path) -> None:
    """Have half-made resources depend on those just before them again."""
    _rewrite(state, tightened)


def _is_half_made(resource: State) -> bool:
    return HALF_MADE in (resource.get("outputs") or {})


def _independent(resource: State) -> State:
    return {key: value for key, value in resource.items() if key not in ("dependencies", "propertyDependencies")}


def _rewrite(state: Path, change: Callable[[list[State]], list[State]]) -> None:
    kept = json.loads(state.read_text())
    # The first file of a stack, before any run, has another version, in which the engine looks for no resources here.
    kept["version"] = VERSION
    latest = kept["checkpoint"].setdefault("latest", {})
    latest["resources"] = change(latest.get("resources") or [])
    home.write(state, json.dumps(kept, indent=4), mode=0o600)


def with_made(resources: list[State], made: list[Made]) -> list[State]:
    """Return a state's resources with those that were made, or may have been made, since it was written.

    One that took another's place stands behind it, and the other is left to be deleted.
    """
    known = {(each["urn"], each.get("id", "")) for each in resources}
    placed = list(resources)
    for one in made:
        if (one.urn, one.id) in known:
            continue
        known.add((one.urn, one.id))
        _add_provider(placed, one.provider)
        standing = (number for number, each in enumerate(placed) if each["urn"] == one.urn and not each.get("delete"))
        index = next(standing, None)
        if index is None:
            placed.append(_entry(one, {}))
        else:
            old = placed[index]
            placed[index : index + 1] = [{**old, "delete": True}, _entry(one, old)]
    return placed


def tightened(resources: list[State]) -> list[State]:
    """Return a state's resources, where a half-made one of which nothing says what it depends on comes after others.

    So they are deleted in the right order, should no program ever say what they stand on.
    """
    found: list[State] = []
    before: list[str] = []
    for each in resources:
        if _is_half_made(each) and "dependencies" not in each:
            others = [urn for urn in before if urn != each["urn"]]
            each = {**each, "dependencies": others[-SEVERAL:]}
        found.append(each)
        before += [each["urn"]] if each.get("custom") and not each["type"].startswith("pulumi:") else []
    return found


def settled(resources: list[State], urns: set[str]) -> list[State]:
    """Return a state's resources, without any that is left to be deleted and stands as well.

    It was taken over again: it is what the program asks for once more, or was found by its name. Of some URNs one has
    to stand: where all are left to be deleted, what was to take the place of the last never came to be.
    """
    standing = {each["urn"]: each.get("id") for each in resources if not each.get("delete")}
    found: list[State] = []
    for each in reversed(resources):
        urn = each["urn"]
        if each.get("delete") and urn in urns and urn not in standing:
            each = {key: value for key, value in each.items() if key != "delete"}
            standing[urn] = each["id"]
        if not each.get("delete") or urn not in standing or each["id"] != standing[urn]:
            found.append(each)
    return found[::-1]


def _entry(one: Made, like: State) -> State:
    """Return the state of a half-made resource that hangs together with others as `like` does."""
    kept = {key: like[key] for key in ("parent", "dependencies", "propertyDependencies", "protect") if key in like}
    return {
        **kept,
        "urn": one.urn,
        "custom": True,
        "id": one.id,
        "type": _type(one.urn),
        "inputs": one.inputs,
        "outputs": {**one.inputs, HALF_MADE: one.generation},
        "provider": f"{one.provider['urn']}::{one.provider['id']}",
    }


def _add_provider(placed: list[State], provider: dict[str, Any]) -> None:
    """Put a provider before everything else, if the state does not have it."""
    urn, settings = provider["urn"], provider["settings"]
    if all((each["urn"], each.get("id")) != (urn, provider["id"]) for each in placed):
        inputs = {"__internal": {}, **settings}
        entry = {"urn": urn, "custom": True, "id": provider["id"], "type": _type(urn)}
        placed.insert(0, {**entry, "inputs": inputs, "outputs": settings})


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
