"""The stacks of the repository: their files, and what their states on the embedded cloud hold."""

import functools
import json
from pathlib import Path
from typing import Any

from localcloud import home
from localcloud.errors import Trouble
from pipelines import recovery

REPOSITORY = home.REPOSITORY
ORDER = ("tooling", "dev", "staging", "prod")


def names() -> list[str]:
    """Return the stacks that have a file in the repository, in the order in which they are brought up."""
    found = [path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml")]
    return sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def check_names(wanted: list[str]) -> list[str]:
    """Return the stacks in the order of `names`; a Trouble for one that has no file."""
    known = names()
    for name in wanted:
        if name not in known:
            raise Trouble(
                f"there is no stack {name!r}: Pulumi.{name}.yaml does not exist", f"one of {', '.join(known)}"
            )
    return [name for name in known if name in wanted]


def settings(stack: str, folder: Path = REPOSITORY) -> dict[str, Any]:
    """Return the `config` of a stack file as it stands there; a Trouble where it is no YAML mapping."""
    import yaml  # not every command reads a stack file

    path = folder / f"Pulumi.{stack}.yaml"
    try:
        loaded = yaml.safe_load(path.read_text())
        config = loaded.get("config", {}) if isinstance(loaded, dict) else None
    except FileNotFoundError:
        raise Trouble(f"{path.name} does not exist", f"one of {', '.join(names())}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Trouble(f"{path.name} is not YAML: {' '.join(str(error).split())}", "mend the file") from None
    if not isinstance(config, dict):
        raise Trouble(f"{path.name} has no mapping `config`", "compare it with Pulumi.dev.yaml")
    return config


def section(stack: str, name: str, folder: Path = REPOSITORY) -> dict[str, Any]:
    """Return a section `platform:NAME` of a stack file, empty where it is missing: the program says what is wrong."""
    found = settings(stack, folder).get(f"platform:{name}", {})
    return found if isinstance(found, dict) else {}


def account(stack: str) -> str:
    """Return the 12-digit account that a stack's file names for it."""
    accounts = section(stack, "organisation").get("accounts", {})
    found = accounts.get(stack) if isinstance(accounts, dict) else None
    if not (isinstance(found, str) and len(found) == 12 and found.isdigit()):
        raise Trouble(
            f"Pulumi.{stack}.yaml names no account for {stack}: platform:organisation.accounts.{stack} is {found!r}",
            "give it the 12 digits of an account, as a text",
        )
    return found


def checkpoint(stack: str) -> dict[str, Any]:
    """Return the latest deployment in a stack's state, empty when there is none; to be looked at, not changed."""
    path = recovery.state_file(stack)
    try:
        found = path.stat()
    except OSError:
        return {}
    return _checkpoint(path, found.st_ino, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _checkpoint(path: Path, inode: int, size: int, changed: int) -> dict[str, Any]:
    """Read a state once for as long as its file is the same: one command asks many times."""
    try:
        latest = json.loads(path.read_text())["checkpoint"]["latest"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return latest or {}


def resources(stack: str) -> list[dict[str, Any]]:
    """Return the resources of the cloud in a stack's state, without components and providers."""
    found = checkpoint(stack).get("resources") or []
    return [each for each in found if each.get("custom") and not each["type"].startswith("pulumi:")]


def outputs(stack: str) -> dict[str, Any]:
    """Return the outputs in a stack's state; what is encrypted there is left out."""
    for each in checkpoint(stack).get("resources") or []:
        if each["type"] == "pulumi:pulumi:Stack":
            found = each.get("outputs") or {}
            return {
                name: value for name, value in found.items() if not (isinstance(value, dict) and "ciphertext" in value)
            }
    return {}
