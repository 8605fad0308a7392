"""What all tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support import Issuer, issuing


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens with a key set of its own."""
    with issuing() as issuer:
        yield issuer


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs of production, made long: a busy machine is no store that is away."""
    monkeypatch.setattr("src.services.cache.TIMEOUT_SECONDS", 60)
    monkeypatch.setattr("src.services.database.CONNECT_SECONDS", 60)
    monkeypatch.setattr("src.services.database.STATEMENT_MILLISECONDS", 60_000)
    monkeypatch.setattr("src.services.tokens.FETCH_SECONDS", 60)
