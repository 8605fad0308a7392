"""The OpenAPI document, the routes and the runner say the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
from development.openapi import DOCUMENT, document
from ewelists.routes import app
from tests.conftest import Person


def test_the_document_is_the_one_that_the_code_makes() -> None:
    assert json.loads(DOCUMENT.read_text()) == document()


def test_every_route_is_in_the_document_and_the_other_way_round() -> None:
    served = {(route.method.lower(), route.path.count("<")) for route in app._static_routes + app._dynamic_routes}
    told = {(method, path.count("{")) for path, methods in document()["paths"].items() for method in methods}
    assert served == told
    assert len(app._static_routes + app._dynamic_routes) == sum(len(m) for m in document()["paths"].values())


def test_answers_are_what_the_document_says(people: Callable[[str], Person]) -> None:
    ada = people("Ada")
    whole = document()
    made = ada("POST", "/lists", {"title": "x"}).body["id"]
    product = ada("POST", f"/lists/{made}/products", {"name": "Cup", "quantity": 1}).body["id"]
    calls = [
        ("GET", "/health", "/health", None),
        ("GET", "/me", "/me", None),
        ("GET", "/lists", "/lists", None),
        ("GET", f"/lists/{made}", "/lists/{listId}", None),
        ("PUT", f"/lists/{made}", "/lists/{listId}", {"title": "y"}),
        ("POST", f"/lists/{made}/products", "/lists/{listId}/products", {"name": "Pot", "quantity": 2}),
        ("POST", f"/lists/{made}/products", "/lists/{listId}/products", {"name": "Pot"}),
        ("POST", f"/lists/{made}/products/{product}/reserve", "/lists/{listId}/products/{productId}/reserve", {}),
        ("POST", f"/lists/{made}/share", "/lists/{listId}/share", {"email": "x@example.com"}),
        ("GET", f"/lists/{made}/guests", "/lists/{listId}/guests", None),
        ("GET", f"/shared/{made}", "/shared/{listId}", None),
        ("DELETE", f"/shared/{made}", "/shared/{listId}", None),
    ]
    for method, path, pattern, body in calls:
        answer = ada(method, path, body)
        told = whole["paths"][pattern][method.lower()]["responses"][str(answer.status)]
        (content,) = told["content"].items()
        assert answer.headers["Content-Type"] == content[0], path
        schema = content[1]["schema"] | {"components": whole["components"]}
        jsonschema.validate(answer.body, schema)
