"""Requests checked against botocore's model as AWS checks them: required, types, ranges, enums, patterns."""

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}


def problems(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """Yield AWS's sentence for each part of a value that its shape does not allow."""
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, at)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield _must(at, value, "be a list")
            return
        yield from _length(shape, value, at)
        for position, each in enumerate(value, 1):
            yield from problems(shape.member, each, f"{at}.{position}.member")
    elif isinstance(shape, MapShape):
        for key, each in value.items() if isinstance(value, dict) else ():
            yield from problems(shape.value, each, f"{at}.{key}")
    else:
        yield from _scalar(shape, value, at)


def _structure(shape: StructureShape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _must(at, value, "be a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            path = _join(at, name)
            yield f"Value null at '{path}' failed to satisfy constraint: Member must not be null"
    for name, each in value.items():
        if name in shape.members and each is not None:
            yield from problems(shape.members[name], each, _join(at, name))


def _scalar(shape: Shape, value: Any, at: str) -> Iterator[str]:
    kind = shape.type_name
    if isinstance(shape, StringShape):
        if not isinstance(value, str):
            yield _must(at, value, "be a string")
            return
        if shape.enum and value not in shape.enum:
            yield _must(at, value, f"satisfy enum value set: [{', '.join(shape.enum)}]")
        yield from _length(shape, value, at)
        pattern = shape.metadata.get("pattern")
        if pattern and not _fits(pattern, value):
            yield _must(at, value, f"satisfy regular expression pattern: {pattern}")
    elif kind == "boolean" and not isinstance(value, bool):
        yield _must(at, value, "be a boolean")
    elif kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, NUMBERS[kind]):  # type: ignore[arg-type]
            yield _must(at, value, "be a number")
            return
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if low is not None and value < low:
            yield _must(at, value, f"have value greater than or equal to {low}")
        if high is not None and value > high:
            yield _must(at, value, f"have value less than or equal to {high}")


def _length(shape: Shape, value: Any, at: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and len(value) < low:
        yield _must(at, value, f"have length greater than or equal to {low}")
    if high is not None and len(value) > high:
        yield _must(at, value, f"have length less than or equal to {high}")


def _fits(pattern: str, value: str) -> bool:
    """Say whether a text has a pattern; one by Unicode categories, which Python does not know, is not looked at."""
    translated = _python_pattern(pattern)
    return r"\p{" in translated or re.fullmatch(translated, value) is not None


def _python_pattern(pattern: str) -> str:
    """Return a model's pattern for Python: Java's class of printable characters, and pairs of surrogates as one."""
    astral = "\U00010000-\U0010ffff"
    return pattern.replace(r"\p{Print}", r"[^\x00-\x1f]").replace(r"\uD800\uDC00-\uDBFF\uDFFF", astral)


def _must(at: str, value: Any, what: str) -> str:
    return f"Value '{value}' at '{at}' failed to satisfy constraint: Member must {what}"


def _join(at: str, name: str) -> str:
    lower = name[0].lower() + name[1:]
    return f"{at}.{lower}" if at else lower
