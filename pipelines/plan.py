"""`slipway plan` and `slipway drift`: a preview as a person reads it, and what changed behind the stack's back."""

import json
from typing import Any

from rich.markup import escape
from rich.table import Table

from localcloud.progress import step
from pipelines import imports, machine, pins, stacks
from pipelines.driver import Driver
from pipelines.run import Change, Run, is_real, short

# Deleting or replacing one of these loses data or addresses that others hold.
STATEFUL = {
    "aws:dynamodb/table:Table",
    "aws:ecr/repository:Repository",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:kms/key:Key",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
}
ORDER = ("delete", "replace", "update", "create", "drift")
COLOURS = {"delete": "red", "replace": "magenta", "update": "yellow", "create": "green", "drift": "yellow"}


def plan(stack: str) -> Run:
    """Preview one stack on the running embedded cloud."""
    (name,) = stacks.check_names([stack])
    ready = machine.running()
    imports.begin()
    driver = Driver(name, ready)
    with step(f"plan {name}") as current:
        driver.prepare()
        pins.fill(name)
        return driver.preview(current.say)


def drift(stack: str) -> Run:
    """Compare one stack's state with its account, resource by resource."""
    (name,) = stacks.check_names([stack])
    driver = Driver(name, machine.running())
    with step(f"drift of {name}") as current:
        driver.prepare()
        return driver.look(current.say)


def risk(change: Change) -> str:
    """Say what a change puts at risk, empty when it is an ordinary one."""
    if change.operation in ("delete", "replace") and change.type in STATEFUL:
        return "loses data"
    if change.operation == "replace":
        return "made anew"
    if change.operation == "delete":
        return "goes away"
    return ""


def moves(change: Change) -> str:
    """Return which properties a change touches; an image shows its old and its new address."""
    old, new = _tag(change.old), _tag(change.new)
    if new and old != new:
        return f"image {old or 'none'} → {new}"
    return ", ".join(change.properties)


def _tag(inputs: dict[str, Any]) -> str:
    tags = inputs.get("tags")
    first = tags[0] if isinstance(tags, list) and tags else ""
    return str(first).rpartition(":")[2] if isinstance(first, str) else ""


def listed(run: Run) -> list[Change]:
    """Return the changes of resources of the cloud, the most dangerous first."""
    real = [change for change in run.changes.values() if is_real(change.type)]
    return sorted(real, key=lambda change: (not risk(change), ORDER.index(change.operation), change.urn))


def as_json(stack: str, run: Run) -> str:
    """Return the plan for scripts."""
    changes = [
        {
            "urn": change.urn,
            "type": change.type,
            "name": change.name,
            "operation": change.operation,
            "properties": list(change.properties),
            "detail": moves(change),
            "risk": risk(change),
        }
        for change in listed(run)
    ]
    return json.dumps({"stack": stack, "counts": run.counts(), "changes": changes}, indent=2)


def as_table(run: Run) -> Table:
    """Return the plan for people."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for title in ("", "resource", "what", "risk"):
        table.add_column(title, overflow="fold")
    for change in listed(run):
        colour = COLOURS[change.operation]
        table.add_row(
            f"[{colour}]{change.operation}[/{colour}]",
            escape(short(change.urn)),
            escape(moves(change)),
            f"[bold red]{risk(change)}[/bold red]" if risk(change) == "loses data" else risk(change),
        )
    return table
