"""Parts of the engine's messages in the provider's words, and the other way round."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection
from typing import Any

from google.protobuf import any_pb2, struct_pb2

from localcloud.plugins import differ, wire
from localcloud.plugins import provider as protocol
from localcloud.plugins.messages import provider_pb2, status_pb2

INTERNAL_SETTINGS = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "__internal", "__defaults"})
"""Settings of a provider that the engine keeps for itself."""

UNKNOWN_ERROR = 2
"""gRPC's code of an error that has no better one."""

KINDS = {kind: provider_pb2.PropertyDiff.Kind.Value(kind.name) for kind in protocol.Kind}


def which(request: Any) -> dict[str, str]:
    """Return URN and type of a request; an engine that sends no type has it in the URN."""
    return {"urn": request.urn, "type": request.type or request.urn.split("::")[-2].rpartition("$")[2]}


def settings(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a provider's settings: nested ones arrive as JSON, booleans as words."""
    return {key: _setting(value) for key, value in wire.unpack(struct).items() if key not in INTERNAL_SETTINGS}


def _setting(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in ("[", "{") or value in ("true", "false")):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def diff_response(inputs: set[str], diff: protocol.Diff) -> provider_pb2.DiffResponse:
    """Return the engine's message of a diff; what differs and is none of the inputs is an output."""
    changed = bool(diff.changes)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=diff.replaces,
        diffs=sorted({differ.parse(path)[0] for path in diff.changes}),
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=KINDS[kind], inputDiff=differ.parse(path)[0] in inputs)
            for path, kind in diff.changes.items()
        },
        hasDetailedDiff=True,
        deleteBeforeReplace=diff.delete_before_replace,
    )


def with_secrets(struct: struct_pb2.Struct, secret: Collection[str]) -> struct_pb2.Struct:
    """Return a copy of properties in which those named are marked as secret."""
    marked = struct_pb2.Struct()
    marked.CopyFrom(struct)
    plain = wire.unpack(struct)
    for key in plain.keys() & set(secret):
        marked.fields[key].CopyFrom(wire.pack({key: protocol.Secret(plain[key])}).fields[key])
    return marked


def half_made(failed: protocol.InitFailed) -> bytes:
    """Return the details of an error that let the engine keep the half-made resource."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failed.id,
            properties=wire.pack(failed.outputs),
            inputs=wire.pack(failed.inputs),
            reasons=failed.reasons,
        )
    )
    status = status_pb2.Status(code=UNKNOWN_ERROR, message=str(failed), details=[detail])
    return bytes(status.SerializeToString())
