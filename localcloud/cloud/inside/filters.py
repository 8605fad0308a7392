"""EC2 filters that MiniStack does not know, applied to its answer."""

import fnmatch
import re
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

ALIASES = {
    "availability-zone": "AvailabilityZone",
    "cidr": "CidrBlock",
    "cidr-block": "CidrBlock",
    "default-for-az": "DefaultForAz",
    "is-default": "IsDefault",
    "isDefault": "IsDefault",
}


def apply(items: list[dict[str, Any]], shape: Shape, filters: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the items that pass every filter whose name leads to a field of their shape.

    `attachment.vpc-id` leads to `Attachments[].VpcId`, `state` to `State` or `State.Code`; tags have filters of their
    own. A name that leads nowhere is left to MiniStack.
    """
    for name, values in filters.items():
        path = _path(name, shape)
        if path:
            items = [each for each in items if any(_matches(found, values) for found in _values(each, path))]
        elif name.startswith("tag:") or name == "tag-key":
            items = [each for each in items if _has_tag(each, name, values)]
    return items


def _path(name: str, shape: Shape) -> list[str]:
    """Return the field names that a filter's name leads to, none when there is no such field."""
    path: list[str] = []
    for part in ALIASES.get(name, name).split("."):
        while isinstance(shape, ListShape):
            shape = shape.member
        if not isinstance(shape, StructureShape):
            return []
        wanted = _plain(part)
        names = {_plain(field): field for field in shape.members}
        field = names.get(wanted) or names.get(f"{wanted}s") or names.get(f"{wanted}set") or names.get(f"is{wanted}")
        if field is None:
            return []
        path.append(field)
        shape = shape.members[field]
    while isinstance(shape, ListShape):
        shape = shape.member
    if isinstance(shape, StructureShape):
        return [*path, "Code"] if "Code" in shape.members and path[-1] in ("State", "Status") else []
    return path


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _values(item: Any, path: list[str]) -> list[Any]:
    found = [item]
    for field in path:
        nested = [each.get(field) for each in found if isinstance(each, dict)]
        found = [inner for each in nested for inner in (each if isinstance(each, list) else [each])]
    return [each for each in found if each is not None]


def _matches(value: Any, wanted: list[str]) -> bool:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return any(fnmatch.fnmatchcase(text, each) for each in wanted)


def _has_tag(item: dict[str, Any], name: str, values: list[str]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
    if name == "tag-key":
        return any(_matches(key, values) for key in tags)
    key = name.removeprefix("tag:")
    return key in tags and _matches(tags[key], values)
