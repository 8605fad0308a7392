"""Pulumi's property names to boto3's parameters and back, by walking botocore's shapes and the SDK's types.

Names are matched by their letters without case, in the singular or the plural: `subnetIds`, `SubnetIds` and
`SubnetId` meet. What differs otherwise is told by a rename, `{"pulumiName": "BotoName"}`, or `{"outer.inner": …}` where
one place only differs.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.plugins.aws.entry import Properties

_LETTERS = re.compile(r"[^a-z0-9]")


def letters(name: str) -> str:
    """Return a name without case and signs."""
    return _LETTERS.sub("", name.lower())


def match(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that has the name's letters, in the singular or the plural, or nothing."""
    known = {letters(each): each for each in candidates}
    plain = letters(name)
    forms = (plain, f"{plain}s", f"{plain}es", plain.removesuffix("s"), plain.removesuffix("es"))
    plural = f"{plain.removesuffix('y')}ies" if plain.endswith("y") else ""
    single = f"{plain.removesuffix('ies')}y" if plain.endswith("ies") else ""
    return next((known[form] for form in (*forms, plural, single) if form in known), None)


def to_boto(shape: Any, value: Any, rename: Mapping[str, str], path: str = "") -> Any:
    """Return a Pulumi value as the botocore shape wants it; LookupError for a property without a member."""
    if shape.type_name == "structure":
        if "Quantity" in shape.members:
            return _counted(shape, value, rename, path)
        if isinstance(value, list):
            value = value[0] if value else {}
        if not isinstance(value, Mapping):
            return _listed(shape, value, rename, path)
        return _structure(shape, value, rename, path)
    if shape.type_name == "list":
        many = value if isinstance(value, list) else [value]
        return [to_boto(shape.member, each, rename, path) for each in many]
    if shape.type_name == "map":
        return {str(key): to_boto(shape.value, each, rename, path) for key, each in value.items()}
    return _scalar(shape.type_name, value)


def _structure(shape: Any, value: Mapping[str, Any], rename: Mapping[str, str], path: str) -> Properties:
    out: Properties = {}
    for key, each in value.items():
        if each is None:
            continue
        here = f"{path}.{key}" if path else key
        name = rename.get(here) or rename.get(key) or match(key, shape.members)
        if name is None or name not in shape.members:
            raise LookupError(f"{shape.name} has no member for the property {here}")
        out[name] = to_boto(shape.members[name], each, rename, here)
    return out


def _listed(shape: Any, value: Any, rename: Mapping[str, str], path: str) -> Properties:
    """Put a plain value into the one member of a structure."""
    if list(shape.members) == ["Value"] or len(shape.members) == 1:
        name = next(iter(shape.members))
        return {name: to_boto(shape.members[name], value, rename, path)}
    raise LookupError(f"{shape.name} is an object, {path} is not")


def _counted(shape: Any, value: Any, rename: Mapping[str, str], path: str) -> Properties:
    """Put a list, alone or beside other properties, into CloudFront's `{Quantity, Items}`, some with `Enabled`."""
    if isinstance(value, Mapping):
        out = _structure(shape, value, rename, path)
    else:
        out = {"Items": to_boto(shape.members["Items"], value, rename, path)}
    out["Quantity"] = len(out.get("Items", ()))
    if "Enabled" in shape.members:
        out["Enabled"] = out["Quantity"] > 0
    return out


def _scalar(kind: str, value: Any) -> Any:
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def to_pulumi(kind: Any, value: Any, rename: Mapping[str, str], path: str = "") -> Any:
    """Return boto3's answer under Pulumi's names, as the SDK's type has it; None where it does not fit."""
    if value is None:
        return None
    if isinstance(kind, list):
        if isinstance(value, Mapping) and "Quantity" in value:
            value = value.get("Items") or []
        many = value if isinstance(value, (list, tuple)) else [value]
        found = [to_pulumi(kind[0], each, rename, path) for each in many]
        return [each for each in found if each is not None]
    if isinstance(kind, dict) and "*" in kind:
        return _mapping(kind["*"], value, rename, path)
    if isinstance(kind, dict):
        if isinstance(value, (list, tuple)):
            value = value[0] if value else None
        return _properties(kind["properties"], value, rename, path) if isinstance(value, Mapping) else None
    return fit(kind, value)


def _properties(kinds: Mapping[str, Any], value: Mapping[str, Any], rename: Mapping[str, str], path: str) -> Properties:
    out: Properties = {}
    for name, kind in kinds.items():
        here = f"{path}.{name}" if path else name
        key = rename.get(here) or rename.get(name) or match(name, value)
        found = to_pulumi(kind, value.get(key), rename, here) if key else None
        if found is not None:
            out[name] = found
    return out


def _mapping(kind: Any, value: Any, rename: Mapping[str, str], path: str) -> Any:
    if isinstance(value, (list, tuple)):
        value = pairs(value)
    if not isinstance(value, Mapping):
        return None
    return {str(key): to_pulumi(kind, each, rename, path) for key, each in value.items()}


def pairs(tags: Any) -> dict[str, str]:
    """Return tags as a map, whatever shape a service answers in: pairs of Key/key/TagKey, a map, or nothing."""
    if isinstance(tags, Mapping):
        return dict(tags)
    found: dict[str, str] = {}
    for each in tags or ():
        lower = {letters(key).removeprefix("tag"): value for key, value in each.items()}
        found[lower["key"]] = lower.get("value", "")
    return found


def fit(kind: Any, value: Any) -> Any:
    """Return the value as the SDK's type wants it, None where it cannot be: a wrong type would end the program.

    Numbers and booleans that AWS writes as text are converted, and the other way round.
    """
    if value is None or kind == "any":
        return value
    if isinstance(kind, list):
        return (
            [each for each in (fit(kind[0], each) for each in value) if each is not None]
            if isinstance(value, (list, tuple))
            else None
        )
    if isinstance(kind, dict):
        if not isinstance(value, Mapping):
            return None
        inner = dict.fromkeys(value, kind["*"]) if "*" in kind else kind["properties"]
        fitted = {key: fit(inner[key], each) for key, each in value.items() if key in inner}
        return {key: each for key, each in fitted.items() if each is not None}
    return _FIT[kind](value)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else None


def _whole(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(float(value))
    except (TypeError, ValueError):
        return None


def _number(value: Any) -> float | int | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return int(found) if found.is_integer() else found


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "enabled": True, "disabled": False}.get(str(value).lower())


_FIT = {"string": _text, "integer": _whole, "number": _number, "boolean": _truth}
