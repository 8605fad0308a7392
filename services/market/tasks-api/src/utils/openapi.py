"""The OpenAPI document: FastAPI's own, with this service's error documents in place of the framework's."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from src.utils.problems import MEDIA_TYPE, FieldProblem, Problem

REFERENCES = "#/components/schemas/{model}"


def document(app: FastAPI) -> None:
    """Make `app.openapi()` answer with the whole document, made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["FieldProblem"] = FieldProblem.model_json_schema(ref_template=REFERENCES)
    schemas["Problem"] = Problem.model_json_schema(ref_template=REFERENCES, mode="serialization")
    schemas["Problem"].pop("$defs")
    for path in made["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    # The framework adds a 422 in its own shape, and JSON beside the problem document.
                    response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return made
