"""What commands print: tables for people, JSON for scripts."""

import json as _json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

# A table that is piped somewhere is not folded: scripts and logs have no width.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)

UNFINISHED = {
    "under way": "{0} is being changed now: what stands here was before that",
    "cut off": "the last run of {0} was cut off: slipway up {0} finishes it, slipway down {0} deletes it",
}
"""What is said of a stack whose last run has not come to its end."""

ENDED = {
    "Docker engine": "the Docker engine does not answer: slipway up starts our own again, another is yours to start",
    "front door": "the front door has ended, no address answers: slipway up starts it again",
}
"""What is said where something beside the cloud has ended."""


def table(*titles: str) -> Table:
    """Return an empty table that folds what is too long."""
    made = Table(box=None, pad_edge=False)
    for title in titles:
        made.add_column(title, overflow="fold")
    return made


def json(value: Any) -> None:
    """Print a value as JSON, indented."""
    sys.stdout.write(_json.dumps(value, indent=2) + "\n")


def status(current: dict[str, Any], as_json: bool) -> None:
    """Print what runs on the embedded cloud and where it is reached."""
    if as_json:
        json(current)
        return
    if current["cloud"] is None:
        out.print("the embedded cloud is not running (slipway up)")
        return
    rows = table("stack", "account", "resources", "system", "address")
    for name, stack in current["stacks"].items():
        for position, (system, url) in enumerate(list(stack["urls"].items()) or [("", "")]):
            first = (name, stack["account"], str(stack["resources"])) if position == 0 else ("", "", "")
            rows.add_row(*first, system, url)
    out.print(rows)
    for part in current["cloud"]["ended"]:
        out.print(ENDED[part])
    for name, stack in current["stacks"].items():
        if stack["run"] in UNFINISHED:
            out.print(UNFINISHED[stack["run"]].format(name))
