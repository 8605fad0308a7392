"""What callers send, as JSON Schemas, and how it is read: sizes first, then form, then characters."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.validation import SchemaValidationError, validate

from ewelists import text
from ewelists.problems import RefusedError

BODY_BYTES = 16_384
OCCASIONS = ("birthday", "christmas", "wedding", "baby", "other")
Schema = dict[str, Any]


def _object(required: list[str], properties: Mapping[str, Schema]) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": dict(properties),
    }


LIST = _object(
    ["title"],
    {
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "maxLength": 1000},
        "occasion": {"enum": list(OCCASIONS)},
        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    },
)
PRODUCT = _object(
    ["name", "quantity"],
    {
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "brand": {"type": "string", "maxLength": 100},
        "url": {"type": "string", "maxLength": 2000},
        "imageUrl": {"type": "string", "maxLength": 2000},
        "priceCents": {"type": "integer", "minimum": 0, "maximum": 100_000_000},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 1000},
    },
)
RESERVATION = _object([], {"quantity": {"type": "integer", "minimum": 1, "maximum": 1000}})
SHARE = _object(
    ["email"], {"email": {"type": "string", "maxLength": 254, "pattern": r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$"}}
)
ME = _object(["name"], {"name": {"type": "string", "minLength": 1, "maxLength": 100}})

ADDRESSES = {"url", "imageUrl"}
OF_SEVERAL_LINES = {"description"}


def read(raw: str | None, base64_encoded: bool, schema: Schema) -> dict[str, Any]:
    """The body of a request, as the schema wants it and cleaned; RefusedError says what is wrong with it.

    Optional texts that are empty are left out.
    """
    body = _parsed(raw, base64_encoded)
    try:
        validate(event=body, schema=schema)
    except SchemaValidationError as error:
        path = ".".join(str(part) for part in (error.path or [])[1:])
        said = str(error.validation_message).replace("data.", "", 1).removeprefix("data ")
        raise _invalid(path, said) from None
    cleaned = {name: _cleaned(name, value) for name, value in body.items()}
    for name in schema["required"]:
        if cleaned[name] == "":
            raise _invalid(name, f"{name} must not be empty")
    return {name: value for name, value in cleaned.items() if value != ""}


def _parsed(raw: str | None, base64_encoded: bool) -> Any:
    if len(raw or "") > (BODY_BYTES * 4 // 3 + 4 if base64_encoded else BODY_BYTES):
        raise RefusedError(413, "too-large", f"the body is larger than {BODY_BYTES} bytes")
    try:
        given = base64.b64decode(raw or "", validate=True) if base64_encoded else (raw or "").encode()
        if len(given) > BODY_BYTES:
            raise RefusedError(413, "too-large", f"the body is larger than {BODY_BYTES} bytes")
        return json.loads(given.decode() or "{}", parse_constant=_no_constant)
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise RefusedError(400, "invalid-json", "the body is not JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _cleaned(name: str, value: Any) -> Any:
    try:
        if not isinstance(value, str):
            return text.whole(value)
        if name in ADDRESSES and value.strip():
            return text.web_address(value)
        cleaned = text.clean(value, lines=name in OF_SEVERAL_LINES)
        if name == "date":
            dt.date.fromisoformat(cleaned)
        return cleaned
    except ValueError as error:
        raise _invalid(name, f"{name}: {error}") from None


def _invalid(path: str, message: str) -> RefusedError:
    return RefusedError(
        422, "invalid-input", "the request has what the service does not take", errors=[(path, message)]
    )
