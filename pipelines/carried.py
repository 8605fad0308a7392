"""Which systems a stack carries on this machine: those of its file, those that were asked for, those that can run."""

from collections.abc import Sequence

from interface import names
from localcloud import engine
from localcloud.errors import Trouble
from localcloud.progress import note
from pipelines import stacks

SETTING = "platform:stack.systems"


def choose(stack: str, wanted: Sequence[str], containers: bool) -> None:
    """Write into the stack's working copy which systems it carries from now on; its committed file stays as it is.

    `wanted` narrows it down, nothing asks for all. Without containers, systems that need one are left out, and a line
    says so. A Trouble names a system that the stack's file does not carry.
    """
    if stacks.section(stack, "stack").get("kind") == "tooling":
        return  # it owns the repositories of all of them
    committed = _committed(stack)
    for name in wanted:
        if name not in committed:
            raise Trouble(f"{stack} carries no system {name!r}", f"one of {', '.join(committed)}")
    chosen = [name for name in committed if not wanted or name in wanted]
    able = [name for name in chosen if containers or name in names.SERVERLESS]
    if missing := [name for name in chosen if name not in able]:
        note(f"{stack} comes up without {', '.join(missing)}: no Docker engine (slipway doctor says more)")
    engine.workspace.override(stack, {SETTING: able if able != committed else None})


def systems(stack: str) -> list[str]:
    """Return the systems that the stack carries in its working copy."""
    found = engine.workspace.overrides_of(stack).get(SETTING)
    return _committed(stack) if found is None else list(found)


def _committed(stack: str) -> list[str]:
    found = stacks.section(stack, "stack").get("systems")
    return [str(name) for name in found] if isinstance(found, list) else []
