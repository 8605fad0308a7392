"""Property values as the engine sends them (protobuf Structs with markers in them) to Python and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

from localcloud.plugins.values import UNKNOWN, Archive, Asset, Secret

# The signatures that mark a map as more than a map, and the strings that mark a value as unknown: one of each
# kind of value. From sdk/go/common/resource/sig/sig.go and plugin/rpc.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark of the protocol
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
EXACT = 2**53
"""Numbers travel as doubles: whole ones up to here keep every digit."""


def unpack(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return the properties of a message: plain values, UNKNOWN, assets; secrets by their plain value."""
    return _properties(struct)


def pack(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return properties as a message; a None is left out. ValueError names a path that cannot be sent."""
    struct = struct_pb2.Struct()
    _fill(struct, properties, "")
    return struct


def _properties(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a map without the properties that are null."""
    found = {key: _value(value) for key, value in struct.fields.items()}
    return {key: value for key, value in found.items() if value is not None}


def _value(value: struct_pb2.Value) -> Any:
    """Return one value of a message."""
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_value(each) for each in value.list_value.values]
        case "struct_value":
            return _struct(value.struct_value)
        case _:
            return None


def _struct(struct: struct_pb2.Struct) -> Any:
    """Return a map, or what its signature says it is."""
    if SIGNATURE not in struct.fields:
        return _properties(struct)
    signature = struct.fields[SIGNATURE].string_value
    fields = {key: value for key, value in struct.fields.items() if key != SIGNATURE}
    if signature == SECRET:
        return _value(fields["value"])
    if signature == OUTPUT:
        return _value(fields["value"]) if "value" in fields else UNKNOWN
    if signature == RESOURCE:
        return _value(fields["id"]) if "id" in fields else fields["urn"].string_value
    plain = {key: _value(value) for key, value in fields.items()}
    if signature == ASSET:
        return Asset(**{key: plain[key] for key in ("text", "path", "uri", "hash") if plain.get(key)})
    if signature == ARCHIVE:
        return Archive(**{key: plain[key] for key in ("assets", "path", "uri", "hash") if plain.get(key)})
    raise ValueError(f"a value with the signature {signature!r}, which this provider does not know")


def _fill(struct: struct_pb2.Struct, properties: Mapping[str, Any], path: str) -> None:
    """Put the values into a message's map."""
    for key, value in properties.items():
        if value is not None:
            _put(struct.fields[key], value, f"{path}.{key}" if path else key)


def _put(target: struct_pb2.Value, value: Any, path: str) -> None:
    """Put one value into a message; `path` is for the error."""
    if value is UNKNOWN:
        target.string_value = UNKNOWN_STRING
    elif value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        if isinstance(value, int) and abs(value) > EXACT:
            raise ValueError(f"{path}: {value} is too big for a number of the engine, which keeps 15 digits")
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = str(value)
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        _fill(target.struct_value, value, path)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for index, each in enumerate(value):
            _put(target.list_value.values.add(), each, f"{path}[{index}]")
    else:
        _put_marked(target, value, path)


def _put_marked(target: struct_pb2.Value, value: Any, path: str) -> None:
    """Put a secret, an asset or an archive into a message: a map with a signature."""
    fields = target.struct_value.fields
    if isinstance(value, Secret):
        fields[SIGNATURE].string_value = SECRET
        _put(fields["value"], value.value, path)
        return
    if not isinstance(value, (Asset, Archive)):
        raise ValueError(f"{path}: a {type(value).__name__} is not a value that the engine knows")
    fields[SIGNATURE].string_value = ASSET if isinstance(value, Asset) else ARCHIVE
    _fill(target.struct_value, {key: each for key, each in vars(value).items() if each not in (None, "")}, path)
