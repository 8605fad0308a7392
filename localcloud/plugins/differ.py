"""What differs between the inputs in the state and the inputs wanted now, property by property."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.plugins.provider import Kind
from localcloud.plugins.values import UNKNOWN

Step = str | int
Path = tuple[Step, ...]
Pattern = tuple[str, ...]

_MISSING = object()


def diff(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    replace: Collection[str] = (),
    sets: Collection[str] = (),
    ignore: Collection[str] = (),
) -> dict[str, Kind]:
    """Return each difference by its path: `tags.team`, `rules[0].port`, `labels["a.b"]`.

    `replace`, `sets` and `ignore` hold patterns: `name`, `rule.port`, `rules[*].port` (`*` is any index or key).
    A difference at, inside or around a path of `replace` replaces the resource. A list whose path is in `sets`
    has no order. What is at or inside a path of `ignore` is not compared. A new value that is UNKNOWN differs;
    one that is missing and None are the same.
    """
    rules = _Rules(_patterns(replace), _patterns(sets), _patterns(ignore))
    return {text(path): kind for path, kind in _compare((), old, new, rules)}


def text(path: Sequence[Step]) -> str:
    """Return a path as the engine writes it."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        elif not step or any(letter in step for letter in '.[]"'):
            written += f"[{json.dumps(step, ensure_ascii=False)}]"
        else:
            written += f".{step}" if written else step
    return written


def parse(path: str) -> Pattern:
    """Return the steps of a path or pattern in the engine's writing: `a.b[0]["c.d"][*]` has five."""
    steps: list[str] = []
    rest = path
    while rest:
        if rest.startswith('["'):
            step, used = json.JSONDecoder().raw_decode(rest[1:])
            steps.append(step)
            rest = rest[1 + used + 1 :]
        elif rest.startswith("["):
            step, _, rest = rest[1:].partition("]")
            steps.append(step)
        else:
            rest = rest.removeprefix(".")
            length = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
            steps.append(rest[:length])
            rest = rest[length:]
    return tuple(steps)


@dataclass(frozen=True)
class _Rules:
    """The three lists of patterns, taken apart."""

    replace: tuple[Pattern, ...]
    sets: tuple[Pattern, ...]
    ignore: tuple[Pattern, ...]


def _patterns(paths: Collection[str]) -> tuple[Pattern, ...]:
    return tuple(parse(path) for path in paths)


def _same_step(pattern: str, step: Step) -> bool:
    return pattern in ("*", str(step))


def _covers(pattern: Pattern, path: Path) -> bool:
    """Say whether the path is the pattern's or lies inside it."""
    return len(pattern) <= len(path) and all(map(_same_step, pattern, path))


def _matches(pattern: Pattern, path: Path) -> bool:
    return len(pattern) == len(path) and _covers(pattern, path)


def _reaches(pattern: Pattern, path: Path, value: Any) -> bool:
    """Say whether the value at the path holds something that the pattern names."""
    if len(pattern) <= len(path):
        return _covers(pattern, path)
    if not all(map(_same_step, pattern, path)):
        return False
    if value is UNKNOWN:
        return True
    return any(_reaches(pattern, (*path, step), inner) for step, inner in _children(value))


def _children(value: Any) -> Iterator[tuple[Step, Any]]:
    """Yield the steps into a map or list and what is there."""
    if isinstance(value, Mapping):
        yield from ((key, inner) for key, inner in value.items() if inner is not None)
    elif isinstance(value, list):
        yield from enumerate(value)


def _compare(path: Path, old: Any, new: Any, rules: _Rules) -> Iterator[tuple[Path, Kind]]:
    """Yield the differences between two values at a path; `_MISSING` for one that is not there."""
    if any(_covers(pattern, path) for pattern in rules.ignore) or same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _compare((*path, key), _get(old, key), _get(new, key), rules)
    elif isinstance(old, list) and isinstance(new, list):
        if any(_matches(pattern, path) for pattern in rules.sets):
            yield from _compare_sets(path, old, new, rules)
            return
        for index in range(max(len(old), len(new))):
            yield from _compare((*path, index), _at(old, index), _at(new, index), rules)
    else:
        yield path, _kind(path, old, new, rules)


def _compare_sets(path: Path, old: list[Any], new: list[Any], rules: _Rules) -> Iterator[tuple[Path, Kind]]:
    """Yield what was taken from and added to a list whose order means nothing."""
    added = list(enumerate(new))
    removed = []
    for index, value in enumerate(old):
        twin = next((pair for pair in added if same(value, pair[1])), None)
        if twin is None:
            removed.append((index, value))
        else:
            added.remove(twin)
    came = dict(added)
    for index, value in removed:
        yield (*path, index), _kind((*path, index), value, came.pop(index, _MISSING), rules)
    for index, value in came.items():
        yield (*path, index), _kind((*path, index), _MISSING, value, rules)


def same(old: Any, new: Any) -> bool:
    """Say whether two values are the same to the engine; a missing key and None are, 1 and True are not."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return all(same(_get(old, key), _get(new, key)) for key in {*old, *new})
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if UNKNOWN in (old, new):
        return False
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)


def _kind(path: Path, old: Any, new: Any, rules: _Rules) -> Kind:
    """Return the kind of a difference at a path."""
    kind = Kind.ADD if old is _MISSING else Kind.DELETE if new is _MISSING else Kind.UPDATE
    replaces = any(
        _reaches(pattern, path, value) for pattern in rules.replace for value in (old, new) if value is not _MISSING
    )
    return kind.with_replace() if replaces else kind


def _get(values: Mapping[str, Any], key: str) -> Any:
    found = values.get(key)
    return _MISSING if found is None else found


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _MISSING
