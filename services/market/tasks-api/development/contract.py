"""`python -m development.contract`: write the OpenAPI document that the other service's tests read."""

from __future__ import annotations

import json
from pathlib import Path

from src.main import create_app
from src.utils.settings import Settings

CONTRACT = Path(__file__).parents[2] / "contracts/tasks-api.openapi.json"


def main() -> None:
    """Write it in an order that makes its differences readable."""
    document = create_app(Settings()).openapi()
    CONTRACT.write_text(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
