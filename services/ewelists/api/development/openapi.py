"""The API's OpenAPI document, with the schemas that the function checks by.

`python -m development.openapi` writes it.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ewelists import schemas

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
Part = dict[str, Any]
TEXT: Part = {"type": "string"}
OPTIONAL_TEXT: Part = {"type": ["string", "null"]}
NUMBER: Part = {"type": "integer"}
IDENTITY: Part = {"type": "string", "pattern": "^[0-9a-z]{26}$"}
NEXT: Part = {"type": ["string", "null"], "description": "The `cursor` of the next page; null at the end"}


def _object(properties: Part, optional: tuple[str, ...] = ()) -> Part:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


def _array(items: Part) -> Part:
    return {"type": "array", "items": items}


LIST_FIELDS: Part = {
    "id": IDENTITY,
    "title": TEXT,
    "description": OPTIONAL_TEXT,
    "occasion": {"enum": [*schemas.OCCASIONS, None]},
    "date": OPTIONAL_TEXT,
    "role": {"enum": ["owner", "guest"]},
    "owner": _object({"name": TEXT}),
    "products": NUMBER,
    "guests": NUMBER,
    "createdAt": TEXT,
    "updatedAt": TEXT,
}
ANSWERS: Part = {
    "Health": _object({"status": {"const": "ok"}}),
    "Me": _object({"id": TEXT, "email": TEXT, "name": TEXT, "createdAt": TEXT}),
    "List": _object(LIST_FIELDS, ("guests",)),
    "Lists": _object({"items": _array(_ref("List")), "next": NEXT}),
    "Product": _object(
        {
            "id": IDENTITY,
            "name": TEXT,
            **dict.fromkeys(("brand", "url", "imageUrl", "currency"), OPTIONAL_TEXT),
            "priceCents": {"type": ["integer", "null"]},
            "quantity": NUMBER,
            "available": NUMBER,
            "reservedByMe": NUMBER,
            "createdAt": TEXT,
        },
        ("reservedByMe",),
    ),
    "ListWithProducts": _object(LIST_FIELDS | {"items": _array(_ref("Product")), "next": NEXT}, ("guests",)),
    "Guests": _object(
        {
            "guests": _array(_object({"id": TEXT, "name": TEXT, "since": TEXT})),
            "invitations": _array(_ref("Shared")),
        }
    ),
    "Shared": _object({"email": TEXT, "createdAt": TEXT}),
    "Invitation": _object({"listId": IDENTITY, "title": TEXT, "owner": _object({"name": TEXT})}),
    "Accepted": _object({"listId": IDENTITY}),
    "Problem": _object(
        {
            "type": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "reason": TEXT,
            "requestId": TEXT,
            "errors": _array(_object({"path": TEXT, "message": TEXT})),
        }
    ),
}
BODIES: Part = {
    "ListFields": schemas.LIST,
    "ProductFields": schemas.PRODUCT,
    "Reservation": schemas.RESERVATION,
    "Share": schemas.SHARE,
    "Name": schemas.ME,
}
OPERATIONS: tuple[tuple[str, str, str, int, str, str, tuple[int, ...]], ...] = (
    ("get", "/health", "That the service answers", 200, "Health", "", ()),
    ("get", "/me", "The caller", 200, "Me", "", ()),
    ("put", "/me", "Another name", 200, "Me", "Name", ()),
    ("delete", "/me", "Delete the account with everything", 204, "", "", ()),
    ("get", "/lists", "The caller's lists, newest first", 200, "Lists", "", ()),
    ("post", "/lists", "Make a list", 201, "List", "ListFields", (409,)),
    ("get", "/lists/{listId}", "A list of one's own with products", 200, "ListWithProducts", "", ()),
    ("put", "/lists/{listId}", "Change a list", 200, "List", "ListFields", ()),
    ("delete", "/lists/{listId}", "Delete a list", 204, "", "", ()),
    ("post", "/lists/{listId}/products", "Add a product", 201, "Product", "ProductFields", (409,)),
    ("put", "/lists/{listId}/products/{productId}", "Change a product", 200, "Product", "ProductFields", (409,)),
    ("delete", "/lists/{listId}/products/{productId}", "Delete a product", 204, "", "", ()),
    ("post", "/lists/{listId}/products/{productId}/reserve", "Reserve", 201, "Product", "Reservation", (409,)),
    ("delete", "/lists/{listId}/products/{productId}/reserve", "Give back", 200, "Product", "", (409,)),
    ("post", "/lists/{listId}/share", "Invite somebody by mail", 201, "Shared", "Share", (409, 429, 503)),
    ("get", "/lists/{listId}/guests", "Guests and open invitations", 200, "Guests", "", ()),
    ("delete", "/lists/{listId}/guests/{userId}", "Remove a guest", 204, "", "", (409,)),
    ("get", "/shared/{listId}", "A list as its guests see it", 200, "ListWithProducts", "", ()),
    ("delete", "/shared/{listId}", "Leave a list", 204, "", "", (409,)),
    ("get", "/invitations/{token}", "What an invitation is to", 200, "Invitation", "", ()),
    ("post", "/invitations/{token}/accept", "Accept an invitation", 200, "Accepted", "", (409,)),
)
PAGED = {"/lists", "/lists/{listId}", "/shared/{listId}"}


def document() -> Part:
    """The whole document."""
    paths: dict[str, Part] = {}
    for method, path, summary, status, answer, body, problems in OPERATIONS:
        paths.setdefault(path, {})[method] = _operation(method, path, summary, status, answer, body, problems)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ewelists", "version": "1.0.0", "description": "Wish lists, shared with those who give."},
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {
            "schemas": ANSWERS | {name: _bare(body) for name, body in BODIES.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _bare(schema: Part) -> Part:
    return {name: value for name, value in schema.items() if name != "$schema"}


def _operation(
    method: str, path: str, summary: str, status: int, answer: str, body: str, problems: tuple[int, ...]
) -> Part:
    public = path == "/health"
    refusals = set(problems) | (set() if public else {401})
    refusals |= {400, 413, 422} if body else set()
    refusals |= {404} if "{" in path else set()
    refusals |= {400} if method == "get" and path in PAGED else set()
    success: Part = {"description": HTTPStatus(status).phrase}
    if answer:
        success["content"] = {"application/json": {"schema": _ref(answer)}}
    responses = {str(status): success} | {str(code): _problem(code) for code in sorted(refusals)}
    operation: Part = {"summary": summary, "security": [] if public else [{"token": []}], "responses": responses}
    parameters = [*_in_path(path), *_in_query(method, path), *_in_headers(status)]
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {
            "required": body != "Reservation",
            "content": {"application/json": {"schema": _ref(body)}},
        }
    return operation


def _problem(status: int) -> Part:
    # 401 is API Gateway's own answer, or the function's.
    kind = "application/json" if status == 401 else "application/problem+json"
    schema: Part = {"type": "object"} if status == 401 else _ref("Problem")
    return {"description": HTTPStatus(status).phrase, "content": {kind: {"schema": schema}}}


def _in_path(path: str) -> list[Part]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]


def _in_query(method: str, path: str) -> list[Part]:
    if method != "get" or path not in PAGED:
        return []
    limit = {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    return [{"name": "limit", "in": "query", "schema": limit}, {"name": "cursor", "in": "query", "schema": TEXT}]


def _in_headers(status: int) -> list[Part]:
    if status != 201:
        return []
    key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    return [{"name": "Idempotency-Key", "in": "header", "schema": key}]


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(json.dumps(document(), indent=2) + "\n")


if __name__ == "__main__":
    main()
