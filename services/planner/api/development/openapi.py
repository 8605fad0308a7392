"""`python -m development.openapi`: write planner/openapi.json, the document that the service serves.

drf-spectacular reads the views; what they take and give is told here, so that no worker of Lambda loads it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

DOCUMENT = Path(__file__).parents[1] / "planner/openapi.json"
SETTINGS = {
    "TITLE": "Planner",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Plans with steps, dates and attachments. Errors are problem documents (RFC 9457).",
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"ContentType": "planner.kinds.KINDS"},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "requestId", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"path": {"type": "string"}, "message": {"type": "string"}}},
        },
    },
}


def document() -> dict[str, Any]:
    """The document."""
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import override_settings

    framework = {**settings.REST_FRAMEWORK, "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
    with override_settings(REST_FRAMEWORK=framework):
        from drf_spectacular.generators import SchemaGenerator
        from drf_spectacular.settings import spectacular_settings

        spectacular_settings.apply_patches(SETTINGS)
        from development import views

        views.describe()
        made: dict[str, Any] = SchemaGenerator(patterns=views.patterns()).get_schema(request=None, public=True)
    made["components"]["schemas"]["Problem"] = PROBLEM
    for path in made["paths"].values():
        for operation in path.values():
            _with_problems(operation)
    return json.loads(json.dumps(made, sort_keys=True, default=str))  # type: ignore[no-any-return]


def _with_problems(operation: dict[str, Any]) -> None:
    """Every operation can be refused; each refusal looks the same."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"]["default"] = {"description": "A problem document", "content": content}


if __name__ == "__main__":
    DOCUMENT.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
