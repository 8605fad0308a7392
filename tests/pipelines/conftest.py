"""A `.slipway` of its own for each test: nothing of the machine is read or changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import recovery


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def state() -> Callable[..., Path]:
    """Write a checkpoint as the engine does and return its path."""

    def write(stack: str, resources: list[dict[str, Any]], **latest: Any) -> Path:
        path = recovery.state_file(stack)
        path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources, **latest}}}))
        return path

    return write
