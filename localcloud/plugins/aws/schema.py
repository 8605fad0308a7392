"""The generated schema at run time: which properties a type has, and which inputs AWS would refuse."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from localcloud.plugins.provider import UNKNOWN, Failure

_FILE = Path(__file__).with_name("schema.json")


@functools.cache
def load() -> dict[str, Any]:
    """Return the schema file: `resources` and `functions` by token. See generate.py for how types are written."""
    loaded: dict[str, Any] = json.loads(_FILE.read_text())
    return loaded


def resource(token: str) -> dict[str, Any]:
    """Return what is known of a resource type: `inputs`, `required`, `outputs`, `replace`, `limits`."""
    found: dict[str, Any] = load()["resources"][token]
    return found


def function(token: str) -> dict[str, Any]:
    """Return what is known of a function: `inputs`, `outputs`."""
    found: dict[str, Any] = load()["functions"][token]
    return found


def failures(described: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """Yield every input that is missing, of the wrong type or outside AWS's limits. UNKNOWN is not judged."""
    whole = {"properties": described["inputs"], "required": described["required"]}
    yield from _judge(whole, dict(inputs), "", "", described.get("limits", {}))


def _judge(kind: Any, value: Any, path: str, pattern: str, limits: Mapping[str, Any]) -> Iterator[Failure]:
    """Judge one value: `path` names it for people, `pattern` has `[*]` for indices and finds its limits."""
    if value is UNKNOWN or value is None:
        return
    if reason := _mistyped(kind, value):
        yield Failure(path, reason)
        return
    if reason := _outside(limits.get(pattern, {}), value):
        yield Failure(path, reason)
    if isinstance(kind, list):
        for index, each in enumerate(value):
            yield from _judge(kind[0], each, f"{path}[{index}]", f"{pattern}[*]", limits)
    elif isinstance(kind, dict) and "*" in kind:
        for key, each in value.items():
            yield from _judge(kind["*"], each, f'{path}["{key}"]', f"{pattern}.*", limits)
    elif isinstance(kind, dict):
        yield from _judge_object(kind, value, path, pattern, limits)


def _judge_object(
    kind: Mapping[str, Any], value: Mapping[str, Any], path: str, pattern: str, limits: Mapping[str, Any]
) -> Iterator[Failure]:
    for name in kind["required"]:
        if value.get(name) is None:
            yield Failure(_join(path, name), "is required and was not given")
    for name, each in value.items():
        if name.startswith("__"):
            continue
        if name not in kind["properties"]:
            yield Failure(_join(path, name), "is not a property of this type")
        else:
            yield from _judge(kind["properties"][name], each, _join(path, name), _join(pattern, name), limits)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _mistyped(kind: Any, value: Any) -> str:
    """Say in a sentence that a value has not the type, or nothing."""
    wanted, right = {
        "string": ("a text", isinstance(value, str)),
        "boolean": ("true or false", isinstance(value, bool) or value in ("true", "false")),
        "integer": ("a whole number", _is_number(value) and float(value).is_integer()),
        "number": ("a number", _is_number(value)),
        "any": ("anything", True),
    }.get(kind if isinstance(kind, str) else "", ("", True))
    if isinstance(kind, list):
        wanted, right = "a list", isinstance(value, list)
    elif isinstance(kind, dict):
        wanted, right = "a map", isinstance(value, Mapping)
    if kind == "string" and isinstance(value, (int, float)):
        return ""  # the engine hands a text property what a YAML file wrote as a number
    return "" if right else f"must be {wanted}, got {value!r}"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _outside(limit: Mapping[str, Any], value: Any) -> str:
    """Say which limit of AWS a value breaks, or nothing."""
    if "enum" in limit and isinstance(value, (str, int, float)) and value not in limit["enum"]:
        return f"must be one of {', '.join(map(str, limit['enum']))}, got {value!r}"
    if isinstance(value, str):
        if "pattern" in limit and not re.search(limit["pattern"], value):
            return f"must match {limit['pattern']}, got {value!r}"
        return _beyond(limit, "minLength", "maxLength", len(value), "characters", value)
    if isinstance(value, list):
        return _beyond(limit, "minItems", "maxItems", len(value), "items", len(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _beyond(limit, "minimum", "maximum", value, "", value)
    return ""


def _beyond(limit: Mapping[str, Any], low: str, high: str, size: float, unit: str, got: Any) -> str:
    have, unit = ("have", f" {unit}") if unit else ("be", "")
    if low in limit and size < limit[low]:
        return f"must {have} at least {limit[low]}{unit}, got {got!r}"
    if high in limit and size > limit[high]:
        return f"must {have} at most {limit[high]}{unit}, got {got!r}"
    return ""
