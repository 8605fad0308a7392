"""Requests and answers of the Query and EC2 protocols by botocore's service models.

MiniStack writes its XML by hand and leaves fields out; what is mended here is read and written by the model, so that
every field of an operation can be kept without naming it.
"""

import functools
import re
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.parsers import create_parser

Params = dict[str, Any]
MEMBER = re.compile(r"^(\d+)$")


@functools.cache
def service(name: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return botocore.session.Session().get_service_model(name)


def is_ec2(model: ServiceModel) -> bool:
    """Say whether the service speaks the EC2 dialect of Query."""
    return str(model.metadata["protocol"]) == "ec2"


def decode(name: str, action: str, params: Params) -> dict[str, Any]:
    """Return a request's parameters as nested values in the types of the model; what the model lacks is left out."""
    model = service(name)
    shape = model.operation_model(action).input_shape
    flat = {key: value[0] if isinstance(value, list) else value for key, value in params.items()}
    return _decode_structure(shape, "", flat, is_ec2(model)) if isinstance(shape, StructureShape) else {}


def _decode_structure(shape: StructureShape, prefix: str, flat: dict[str, str], ec2: bool) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        value = _decode(member, prefix + _parameter_name(name, member, ec2), flat, ec2)
        if value is not None:
            found[name] = value
    return found


def _parameter_name(name: str, shape: Shape, ec2: bool) -> str:
    given = shape.serialization
    if ec2:
        location = given.get("name", name)
        return str(given.get("queryName") or location[0].upper() + location[1:])
    return str(given.get("name", name))


def _decode(shape: Shape, key: str, flat: dict[str, str], ec2: bool) -> Any:
    if isinstance(shape, StructureShape):
        return _decode_structure(shape, f"{key}.", flat, ec2) or None
    if isinstance(shape, ListShape):
        inner = key if ec2 or shape.serialization.get("flattened") else f"{key}.{_item_name(shape)}"
        return [_decode(shape.member, f"{inner}.{number}", flat, ec2) for number in _numbers(f"{inner}.", flat)] or None
    if isinstance(shape, MapShape):
        inner = f"{key}.entry"
        pairs = ((f"{inner}.{number}.key", f"{inner}.{number}.value") for number in _numbers(f"{inner}.", flat))
        return {flat[first]: _decode(shape.value, second, flat, ec2) for first, second in pairs} or None
    return _typed(shape, flat[key]) if key in flat else None


def _item_name(shape: ListShape) -> str:
    return str(shape.member.serialization.get("name", "member"))


def _numbers(prefix: str, flat: dict[str, str]) -> list[int]:
    heads = {key[len(prefix) :].split(".", 1)[0] for key in flat if key.startswith(prefix)}
    return sorted(int(head) for head in heads if MEMBER.match(head))


def _typed(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    return text.lower() == "true" if shape.type_name == "boolean" else text


def read(name: str, action: str, body: bytes) -> dict[str, Any]:
    """Return an answer of 200 as the nested values that boto3 would return for it."""
    model = service(name)
    parser = create_parser("ec2" if is_ec2(model) else "query")
    shape: Any = model.operation_model(action).output_shape
    parsed: dict[str, Any] = parser.parse({"status_code": 200, "headers": {}, "body": body}, shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def encode(name: str, action: str, values: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Return the answer of 200 that carries these values; those the model does not know are left out."""
    model = service(name)
    operation: OperationModel = model.operation_model(action)
    shape = operation.output_shape
    inner = _encode_members(shape, values, is_ec2(model)) if isinstance(shape, StructureShape) else ""
    space = operation.metadata.get("xmlNamespace") or f"http://{name}.amazonaws.com/doc/{model.api_version}/"
    if is_ec2(model):
        text = f'<{action}Response xmlns="{space}">{inner}<requestId>slipway</requestId></{action}Response>'
    else:
        wrapped = f"<{action}Result>{inner}</{action}Result>" if shape else ""
        meta = "<ResponseMetadata><RequestId>slipway</RequestId></ResponseMetadata>"
        text = f'<{action}Response xmlns="{space}">{wrapped}{meta}</{action}Response>'
    return 200, {"Content-Type": "text/xml"}, f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def fragment(name: str, shape_name: str, tag: str, value: Any) -> str:
    """Return one element of an answer, such as a listener's action, with every field of its shape."""
    model = service(name)
    return _encode(model.shape_for(shape_name), tag, value, is_ec2(model))


def _encode_members(shape: StructureShape, values: dict[str, Any], ec2: bool) -> str:
    parts = []
    for name, member in shape.members.items():
        value = values.get(name)
        if value is not None:
            parts.append(_encode(member, str(member.serialization.get("name", name)), value, ec2))
    return "".join(parts)


def _encode(shape: Shape, tag: str, value: Any, ec2: bool) -> str:
    if isinstance(shape, StructureShape):
        return f"<{tag}>{_encode_members(shape, value, ec2)}</{tag}>"
    if isinstance(shape, ListShape):
        if shape.serialization.get("flattened"):
            return "".join(_encode(shape.member, tag, each, ec2) for each in value)
        item = str(shape.member.serialization.get("name", "item" if ec2 else "member"))
        return f"<{tag}>{''.join(_encode(shape.member, item, each, ec2) for each in value)}</{tag}>"
    if isinstance(shape, MapShape):
        pairs = (
            f"<entry><key>{escape(key)}</key>{_encode(shape.value, 'value', each, ec2)}</entry>"
            for key, each in value.items()
        )
        return f"<{tag}>{''.join(pairs)}</{tag}>"
    return f"<{tag}>{escape(_text(shape, value))}</{tag}>"


def _text(shape: Shape, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        moment = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else value
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else str(moment)
    return str(value)
