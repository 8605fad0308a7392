"""What a stack that pins gets on the embedded cloud: the digests that the embedded dev runs."""

from typing import Any

from interface import names, pins
from localcloud import engine
from localcloud.errors import Trouble
from localcloud.progress import note
from pipelines import carried, stacks

SOURCE = "dev"


def fill(stack: str) -> None:
    """Write dev's digests into the stack's working copy where its committed file pins nothing yet, and say so.

    The committed file is never changed; a promotion changes that one.
    """
    if stacks.section(stack, "stack").get("kind") == "tooling":
        return  # it owns the repositories and runs nothing of them
    systems = carried.systems(stack)
    wanted = [
        name
        for name, pin in stacks.section(stack, "artifacts").items()
        if pin == pins.UNRELEASED and names.carried(name, systems)
    ]
    if not wanted:
        return
    running = _artifacts(stacks.outputs(SOURCE))
    missing = [name for name in wanted if name not in running]
    if missing:
        raise Trouble(
            f"{stack} pins no release of {', '.join(missing)}, and {SOURCE} runs none here",
            f"bring it up first: slipway up tooling {SOURCE} {stack}",
        )
    engine.workspace.override(stack, {f"platform:artifacts.{name}": running[name] for name in wanted})
    note(f"{stack} is released with nothing yet: its working copy pins what {SOURCE} runs here")


def _artifacts(outputs: dict[str, Any]) -> dict[str, str]:
    found = {
        f"{system}/{service}": image
        for system, parts in (outputs.get("systems") or {}).items()
        for service, image in (parts.get("images") or {}).items()
    }
    found |= (outputs.get("foundation") or {}).get("artifacts") or {}
    return {name: str(pins.Release(one["address"], one["digest"])) for name, one in found.items()}
