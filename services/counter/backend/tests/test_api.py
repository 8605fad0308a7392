"""The routes and their errors, on both stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from counter.app import create_app
from counter.settings import Settings
from counter.stores import MemoryStore, StoreUnavailableError
from flask.testing import FlaskClient


def test_it_starts_at_1000(client: FlaskClient) -> None:
    answer = client.get("/counter")
    assert (answer.status_code, answer.json) == (200, {"counter": 1000})


def test_a_decrement_answers_with_the_new_value_and_stays(client: FlaskClient) -> None:
    assert client.post("/decrement").json == {"counter": 999}
    assert client.post("/decrement").json == {"counter": 998}
    assert client.get("/counter").json == {"counter": 998}


def test_a_reset_answers_1000_and_stays(client: FlaskClient) -> None:
    client.post("/decrement")
    assert client.put("/reset").json == {"counter": 1000}
    assert client.get("/counter").json == {"counter": 1000}


def test_at_zero_a_decrement_is_409_with_a_reason_and_the_counter_stays_at_zero(
    client: FlaskClient, leave_cameras: Callable[[int], None]
) -> None:
    leave_cameras(1)
    assert client.post("/decrement").json == {"counter": 0}
    answer = client.post("/decrement")
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "the counter is at zero: no camera is left to sell",
        "reason": "sold-out",
    }
    assert client.get("/counter").json == {"counter": 0}


def test_no_answer_may_be_cached(client: FlaskClient) -> None:
    answers = [client.get("/counter"), client.get("/healthz"), client.get("/nowhere")]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 3


@pytest.mark.parametrize("path", ["/counter", "/decrement", "/reset"])
def test_with_a_prefix_the_routes_are_under_it_alone(path: str) -> None:
    client = create_app(Settings(prefix="/api"), MemoryStore()).test_client()
    method = {"/counter": "GET", "/decrement": "POST", "/reset": "PUT"}[path]
    assert client.open(f"/api{path}", method=method).status_code == 200
    assert client.open(path, method=method).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/api/healthz"])
def test_health_is_to_be_had_with_and_without_the_prefix(path: str) -> None:
    client = create_app(Settings(prefix="/api"), MemoryStore()).test_client()
    assert client.get(path).json == {"status": "ok"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/decrement"), ("POST", "/reset"), ("POST", "/counter")])
def test_a_wrong_method_is_a_problem_document_that_keeps_allow(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert answer.json is not None
    assert answer.json["reason"] == "method-not-allowed"
    assert "OPTIONS" in answer.headers["Allow"]


def test_an_unknown_path_is_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.json is not None
    assert (answer.status_code, answer.json["reason"]) == (404, "not-found")


class _Away(MemoryStore):
    """A store that cannot be reached."""

    def value(self) -> int:
        raise StoreUnavailableError("the table refused: ResourceNotFoundException")


def test_without_its_store_the_service_says_503_and_stays_alive(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(Settings(), _Away()).test_client()
    answer = client.get("/counter")
    assert answer.json is not None
    assert (answer.status_code, answer.json["reason"]) == (503, "store-unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert "ResourceNotFoundException" not in answer.text
    assert caplog.messages == ["store unavailable: the table refused: ResourceNotFoundException"]
    assert client.get("/healthz").status_code == 200


class _Broken(MemoryStore):
    """A store with a defect."""

    def value(self) -> int:
        raise ZeroDivisionError("private detail")


def test_a_defect_is_a_problem_document_without_its_detail() -> None:
    answer = create_app(Settings(), _Broken()).test_client().get("/counter")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "private detail" not in answer.text
