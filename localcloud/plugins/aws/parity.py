"""Write `docs/parity.md`: what a green run on the embedded cloud proves of each AWS type, and what it does not.

    python -m localcloud.plugins.aws.parity

Everything in it comes from the table and from the cases of the conformance test.
"""

import importlib
from collections.abc import Mapping

from localcloud import home
from localcloud.plugins.aws import table
from localcloud.plugins.aws.entry import Entry, Function

PAGE = home.REPOSITORY / "docs" / "parity.md"

_HEAD = """# What the embedded cloud proves

Written by `python -m localcloud.plugins.aws.parity` from the provider's table and its conformance test: change those.

A green run proves for every type below that the program's inputs are accepted, that a read gives them back, that a
second preview is empty, that each listed input is changed in place or replaces as on AWS, that a refresh names what was
changed behind the program's back, and that nothing is left after delete. It proves names, shapes, order and wiring.

It proves nothing about quotas, permissions, waiting times, what security groups let through, or what a service costs.
A type, function or property that is not listed is refused by its name, never ignored.
"""


def main() -> None:
    """Write the page anew."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text())


def text() -> str:
    """Return what docs/parity.md must hold."""
    proven: Mapping[str, set[str]] = importlib.import_module("localcloud.tests.plugins.aws.conformance").proven()
    parts = [_HEAD, "## Resource types\n"]
    parts += [_resource(entry, proven.get(entry.token, set())) for _, entry in sorted(table.entries().items())]
    parts.append("## Functions\n")
    parts += [_function(function) for _, function in sorted(table.functions().items())]
    return "\n".join(parts)


def _resource(entry: Entry, proven: set[str]) -> str:
    """Return the section of one type."""
    names = sorted(set(entry.inputs) & proven - set(entry.local) - set(entry.dropped))
    if entry.tags:
        names.append("tags")
    lines = [f"### `{entry.token}`\n", f"Proven: {', '.join(f'`{name}`' for name in names)}."]
    if entry.unseen:
        lines.append(f"Written and never read: {', '.join(f'`{name}`' for name in sorted(entry.unseen))}.")
    followed = sorted(set(entry.local) - set(entry.unseen))
    if followed:
        local = ", ".join(f"`{name}`" for name in followed)
        lines.append(f"Followed by the provider, unknown to AWS: {local}.")
    lines += [f"- `{name}` is not proven: {why}" for name, why in sorted(entry.dropped.items())]
    lines += [f"- `{path}` is refused: {why}" for path, why in sorted(entry.refused.items())]
    lines += [f"- unlike AWS: {sentence}" for sentence in entry.unlike]
    return "\n".join(lines) + "\n"


def _function(function: Function) -> str:
    """Return the section of one function."""
    names = ", ".join(f"`{name}`" for name in function.inputs) or "none"
    lines = [f"### `{function.token}`\n", f"Arguments: {names}."]
    lines += [f"- unlike AWS: {sentence}" for sentence in function.unlike]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
