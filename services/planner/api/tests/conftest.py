"""People who call, each with a token, on an empty database."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from planner import tokens, uploads, vault
from rest_framework.test import APIClient

from . import support


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A test runs in one transaction, which would end with its connection.
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    vault.forget()
    tokens._SETS.clear()
    client = uploads.bucket
    client.cache_clear()
    yield
    client.cache_clear()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The user pool's key set, answered without a network; the addresses that were asked for."""
    asked: list[str] = []

    def answer(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(json.dumps(support.key_set("one")).encode())

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    return asked


Person = Callable[[str], APIClient]


@pytest.fixture
def person(published: list[str], db: None) -> Person:
    """A caller: `person(ADA)`."""

    def made(subject: str) -> APIClient:
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {support.token(sub=subject)}")
        client.default_format = "json"
        return client

    return made


@pytest.fixture
def ada(person: Person) -> APIClient:
    return person(support.ADA)


@pytest.fixture
def eve(person: Person) -> APIClient:
    return person(support.EVE)


@pytest.fixture
def plan(ada: APIClient) -> dict[str, Any]:
    """A plan of Ada's."""
    made = ada.post("/api/plans", {"title": "Paint the shed"}, format="json")
    assert made.status_code == 201
    return made.json()
