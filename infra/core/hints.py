"""Types of properties, worked out once for each way of writing them.

The SDK asks for the type of every property of every class that a program uses, and Python takes such a question apart
each time. The generated classes write the same few dozen types over and over.
"""

import re
from collections.abc import Awaitable
from typing import Any, TypeVar, Union

import pulumi
from pulumi import _types

_NAMES = re.compile(r"[A-Za-z_.]+")
_EVERYWHERE = frozenset(
    {
        *("pulumi.Input", "pulumi.Output", "pulumi.Archive", "pulumi.Asset"),
        *("Any", "Mapping", "Optional", "Sequence", "Union"),
        *("str", "_builtins.bool", "_builtins.float", "_builtins.int", "_builtins.str"),
    }
)
"""Names that mean the same in every generated module."""

_T = TypeVar("_T")
_Input = Union[_T, Awaitable[_T], pulumi.Output[None]]  # noqa: UP007 - the SDK tells its inputs by this form
"""What `pulumi.Input` is to the SDK, which writes `Output[T]` in it as text and takes None for T."""


def remember() -> None:
    """Have the SDK remember types that are written as text with such names alone; any other is looked up as ever."""
    look_up, unwrap = _types.get_type_hints, _types.unwrap_type
    if getattr(look_up, "remembers", False):
        return
    hints: dict[str, Any] = {}
    unwrapped: dict[int, tuple[Any, Any]] = {}

    def get_type_hints(thing: Any, **places: Any) -> dict[str, Any]:
        text = getattr(thing, "__annotations__", {}).get("return")
        if text not in hints:
            if not isinstance(text, str):
                found: dict[str, Any] = look_up(thing, **places)
                return found
            if not _EVERYWHERE.issuperset(_NAMES.findall(text)):
                return {"return": _evaluated(text, **places)}
            hints[text] = look_up(thing, **places)["return"]
        return {"return": hints[text]}

    def unwrap_type(hint: Any) -> Any:
        # Types compare slowly, so that their identity is the key: kept with it, it stays what it was.
        if id(hint) not in unwrapped:
            unwrapped[id(hint)] = hint, unwrap(hint)
        return unwrapped[id(hint)][1]

    get_type_hints.remembers = True  # type: ignore[attr-defined]
    _types.get_type_hints, _types.unwrap_type = get_type_hints, unwrap_type  # type: ignore[assignment]


def _evaluated(text: str, globalns: dict[str, Any], localns: dict[str, Any]) -> Any:
    """Return what a type's text says: at once, where Python takes each quoted name in it for a text of its own."""
    plain = text.replace("'", "").replace('"', "").replace("pulumi.Input[", "_Input[")
    return eval(plain, globalns, {**localns, "_Input": _Input})  # noqa: S307 - the SDK's own annotations
