"""What a property value can be beside plain JSON: unknown, secret, an asset, an archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final


@final
class Unknown:
    """The type of `UNKNOWN`: a value that is known after the deployment only. It has no truth value."""

    _only: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Return the one and only unknown value."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: ask `value is UNKNOWN` first")

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """An output that the engine keeps encrypted. Inputs never hold one: the engine hands over plain values."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class Asset:
    """A file as a value: exactly one of `text`, `path` (of a file on this machine) and `uri`."""

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True)
class Archive:
    """A folder or packed file as a value: exactly one of `assets` (by name), `path` and `uri`."""

    assets: Mapping[str, Asset | Archive] | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


def has_unknown(value: Any) -> bool:
    """Say whether the value is unknown or has an unknown one somewhere inside."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(each) for each in value.values())
    return isinstance(value, (list, tuple)) and any(has_unknown(each) for each in value)


def transform(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a tree of dicts and lists with `change` applied to each leaf."""
    if isinstance(value, Mapping):
        return {key: transform(each, change) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [transform(each, change) for each in value]
    return change(value)
