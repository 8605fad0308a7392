"""`make fuzz`: stack files that nobody thought of. Each gives a valid plan or plain lines, never a traceback.

Every file starts as one of the repository's own and is then changed in a few places: unknown keys, wrong types, numbers
out of range, overlapping networks, twin host names, impossible digests, sections that are gone or empty, YAML anchors,
tags and merges, or text that is no YAML at all. What a plan is made of is registered with the recording engine of
tests/cloud.py, so a valid plan proves names and wiring, not that AWS takes it.
"""

import argparse
import contextlib
import copy
import gc
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from infra.core import sdk

sdk.enter()

from infra import config, program  # noqa: E402  # the SDK is prepared before anything imports it
from infra.config import ConfigurationError  # noqa: E402
from localcloud.errors import Trouble  # noqa: E402
from pipelines import stacks  # noqa: E402
from tests import cloud  # noqa: E402

FILES = {name: yaml.safe_load((stacks.REPOSITORY / f"Pulumi.{name}.yaml").read_text()) for name in stacks.names()}
# One line of a refusal: where, what is wrong → what to do.
LINE = re.compile(r"  platform:\S.*: .+ → .+")

ODD: list[Any] = [
    *(None, True, 0, -1, 1, 2, 3, 9, 2**63, 10**400, 1.5, float("nan")),
    *("", " ", "no", "x" * 300, "é\u202e\n", "${{ secrets.X }}", "../../etc", "-counter-", "UPPER", "a.b", "counter"),
    *([], [[]], {}, {"": None}, {1: 2}, ["s3", "s3"]),
    *("10.10.0.0/16", "10.20.0.0/8", "10.0.0.1/33", "0.0.0.0/0", "::/0", "222222222222"),
    *("build", "unreleased", "sha256:" + "g" * 64, "prod", "none", "per-zone"),
    *("0123456789abcdef0123@sha256:" + "0" * length for length in (63, 64)),
]
TEXTS = [
    *("", "\n\n", "---", "null", "[]", "just words", "\t- x", "\x00", "%YAML 9.9\n---\nconfig: {}"),
    *("config:", "config: []", "config: [", "config: {platform:stack: }", "config: {? [1, 2] : 3}"),
    *("a: &a [*a]", "config: &c\n  platform:stack: *c", "config: {<<: {platform:stack: {kind: tooling}}}"),
    "config: {platform:stack: !!python/object:os.system {}}",
    *("config: {platform:stack: !secret x}", "config: {platform:stack: 2001-01-01}"),
    'config: "' + "a" * 9999 + '"',
]


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a nested mapping or list."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[Any, ...]] = []
    for key, inner in items:
        found += [(*before, key), *paths(inner, (*before, key))]
    return found


@st.composite
def changed_files(draw: st.DrawFn) -> tuple[str, str]:
    """A stack's name and the text of a file for it."""
    stack = draw(st.sampled_from(sorted(FILES)))
    if draw(st.integers(0, 9)) == 0:
        return stack, draw(st.sampled_from(TEXTS))
    document = copy.deepcopy(FILES[draw(st.sampled_from(sorted(FILES)))])
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, document["config"])
    return stack, yaml.safe_dump(document, allow_unicode=True)


def _change(draw: st.DrawFn, tree: Any) -> None:
    places = paths(tree)
    if not places:
        return
    path = draw(st.sampled_from(places))
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    match draw(st.sampled_from(["set", "set", "set", "remove", "add", "copy"])):
        case "set":
            parent[path[-1]] = _odd(draw)
        case "remove":
            del parent[path[-1]]
        case "add" if isinstance(parent, dict):
            parent[draw(st.sampled_from(["extra", "zones", "counter/mail", "platform:more", 7]))] = _odd(draw)
        case "copy":
            other = tree
            for key in draw(st.sampled_from(places)):
                other = other[key] if isinstance(other, dict | list) and _has(other, key) else other
            parent[path[-1]] = copy.deepcopy(other)


def _odd(draw: st.DrawFn) -> Any:
    # A copy: what is put into a file may be changed there by the next step.
    return copy.deepcopy(draw(st.sampled_from(ODD)))


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


def judge(stack: str, text: str) -> str:
    """Return `plan`, `refused` or `no stack file` for one file; anything else it does is an AssertionError."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"Pulumi.{stack}.yaml").write_text(text)
        try:
            found = stacks.settings(stack, Path(folder))
        except Trouble as trouble:
            assert "\n" not in str(trouble), trouble
            return "no stack file"
    try:
        checked = config.load(found, stack)
    except ConfigurationError as error:
        title, *lines = str(error).splitlines()
        assert re.fullmatch(rf"Pulumi\.{stack}\.yaml has \d+ problems?", title), title
        assert lines, title
        assert all(LINE.fullmatch(line) for line in lines), lines
        return "refused"
    try:
        recording = cloud.build(lambda: program.declare(checked), stack=stack)
    except ConfigurationError as error:
        assert all(LINE.fullmatch(line) for line in str(error).splitlines()[1:]), error
        return "refused"
    assert recording.aws()
    return "plan"


def main() -> int:
    """Judge files and print what they came to; 1 when one of them gave a traceback, with the file."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--files", type=int, default=2000)
    options.add_argument("--seed", type=int, default=2294)
    asked = options.parse_args()
    # What was imported stays to the end, and a plan makes many objects that do not: looking through all finds nothing.
    gc.freeze()
    gc.set_threshold(200_000)
    seen: Counter[str] = Counter()

    @seed(asked.seed)
    @settings(max_examples=asked.files, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(changed_files())
    def every_file_is_planned_or_refused(file: tuple[str, str]) -> None:
        seen[judge(*file)] += 1

    try:
        every_file_is_planned_or_refused()
    except BaseException:
        print(f"fuzz: a traceback after {seen.total()} files, seed {asked.seed}")
        raise
    parts = ", ".join(f"{count} {what}" for what, count in sorted(seen.items()))
    print(f"fuzz: {seen.total()} files, seed {asked.seed}: {parts}, 0 tracebacks")
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
