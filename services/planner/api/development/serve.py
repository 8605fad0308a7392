"""`python -m development.serve`: the API on port 8000, started anew when a source file changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import uvicorn

SETTINGS = Path("/settings/environment.json")


def tell() -> None:
    """Add what development.cloud has written down to the environment."""
    if SETTINGS.exists():
        os.environ.update(json.loads(SETTINGS.read_text(encoding="utf-8")))


if __name__ == "__main__":
    tell()
    uvicorn.run(
        "development.application:application",
        host="0.0.0.0",  # noqa: S104 # inside its container
        port=8000,
        reload=True,
        reload_dirs=["planner", "development"],
        lifespan="off",
        log_config=None,
    )
