"""What the API refuses, and how it says so."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from ewelists import routes
from tests.conftest import Answer, Person, send

WISH = {"name": "Cup", "quantity": 1}


@pytest.fixture
def ada(people: Callable[[str], Person]) -> Person:
    return people("Ada")


def raw(who: Person, body: str, encoded: bool = False) -> Answer:
    claims = {"sub": who.id, "email": who.email}
    return send("POST", "/lists", None, claims, raw={"body": body, "isBase64Encoded": encoded})


def test_a_body_that_is_no_json_is_400(ada: Person) -> None:
    for body in ("{", "nope", '{"title": NaN}', "\ud800", "[" * 10_000):
        answer = raw(ada, body)
        assert (answer.status, answer.body["reason"]) == (400, "invalid-json"), body[:20]
    for body in ("%%%", base64.b64encode(b"\xff").decode()):
        assert raw(ada, body, encoded=True).body["reason"] == "invalid-json", body
    encoded = base64.b64encode(json.dumps({"title": "Grün"}).encode()).decode()
    assert raw(ada, encoded, encoded=True).body["title"] == "Grün"


def test_a_body_that_is_too_large_is_413(ada: Person) -> None:
    text = json.dumps({"title": "x", "description": "y" * 20_000})
    assert raw(ada, text).status == 413
    assert raw(ada, base64.b64encode(text.encode()).decode(), encoded=True).body["reason"] == "too-large"
    assert raw(ada, json.dumps({"title": "ü" * 9000}, ensure_ascii=False)).status == 413


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({}, "", "must contain ['title'] properties"),
        ([], "", "must be object"),
        ({"title": 1}, "title", "title must be string"),
        ({"title": ""}, "title", "title must be longer than or equal to 1 characters"),
        ({"title": "   "}, "title", "title must not be empty"),
        ({"title": "x" * 101}, "title", "title must be shorter than or equal to 100 characters"),
        ({"title": "x", "more": 1}, "", "must not contain {'more'} properties"),
        ({"title": "x", "date": "2027-02-30"}, "date", "date: day is out of range for month"),
        ({"title": "a\u202eb"}, "title", "title: a character that cannot be seen, U+202E, stands at position 1"),
        ({"title": "a\nb"}, "title", "title: a character that cannot be seen, U+000A, stands at position 1"),
    ],
)
def test_a_list_that_is_not_as_it_should_be_is_422_with_the_place(
    ada: Person, body: object, path: str, message: str
) -> None:
    answer = ada("POST", "/lists", body)
    assert (answer.status, answer.body["reason"]) == (422, "invalid-input")
    (error,) = answer.body["errors"]
    assert (error["path"], error["message"]) == (path, message)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["requestId"] == "request-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "javascript:alert(1)"},
        {"url": "https://user:secret@shop.example/"},
        {"imageUrl": "data:text/html,x"},
        {"url": "https://"},
        {"quantity": 0},
        {"quantity": 1001},
        {"quantity": 1.5},
        {"quantity": True},
        {"priceCents": -1},
        {"priceCents": 1e300},
        {"currency": "eur"},
    ],
    ids=str,
)
def test_a_product_that_is_not_as_it_should_be_is_422(ada: Person, wrong: dict[str, object]) -> None:
    made = ada("POST", "/lists", {"title": "x"}).body["id"]
    answer = ada("POST", f"/lists/{made}/products", WISH | wrong)
    assert (answer.status, [error["path"] for error in answer.body["errors"]]) == (422, list(wrong))
    assert ada("GET", f"/lists/{made}").body["products"] == 0


def test_whole_numbers_written_with_a_point_are_whole_numbers(ada: Person) -> None:
    made = ada("POST", "/lists", {"title": "x"}).body["id"]
    assert ada("POST", f"/lists/{made}/products", WISH | {"quantity": 2.0}).body["available"] == 2


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a b@c.de", "a@b.de\r\nBcc: x@y.zz", "a@b.de,x@y.zz"])
def test_an_address_that_is_none_gets_no_mail(ada: Person, address: str) -> None:
    made = ada("POST", "/lists", {"title": "x"}).body["id"]
    assert ada("POST", f"/lists/{made}/share", {"email": address}).status == 422


def test_a_page_that_cannot_be_is_400(ada: Person) -> None:
    other = base64.urlsafe_b64encode(b"PROFILE").decode()
    for query in (
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"cursor": "%"},
        {"cursor": other},
        {"cursor": "A" * 300},
    ):
        answer = ada("GET", "/lists", query=query)
        assert (answer.status, answer.body["reason"]) == (400, "invalid-query"), query


def test_what_does_not_exist_is_a_problem_document_too(ada: Person) -> None:
    for path in ("/nothing", "/lists/short", "/lists/../me", f"/invitations/{'0' * 26}.{'x' * 43}", "/invitations/x"):
        answer = ada("GET", path)
        assert (answer.status, answer.body["reason"], answer.body["title"]) == (404, "not-found", "Not Found"), path


def test_who_has_no_identity_is_401() -> None:
    for claims in (None, {"sub": "x"}):
        answer = send("GET", "/lists", claims=claims)
        assert (answer.status, answer.body["reason"]) == (401, "no-identity")


def test_lists_products_invitations_and_mails_have_limits(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ada("POST", "/lists", {"title": "x"}).body["id"]
    monkeypatch.setattr("ewelists.lists.LISTS_OF_A_USER", 1)
    monkeypatch.setattr("ewelists.products.PRODUCTS_OF_A_LIST", 1)
    monkeypatch.setattr("ewelists.sharing.MAILS_A_DAY", 2)
    share = f"/lists/{made}/share"
    assert ada("POST", "/lists", {"title": "y"}).body["reason"] == "too-many"
    told = [ada("POST", f"/lists/{made}/products", WISH).status for _ in range(2)]
    assert told == [201, 409]
    told = [ada("POST", share, {"email": f"x{number}@example.com"}).status for number in range(3)]
    assert told == [201, 201, 429]
    monkeypatch.setattr("ewelists.sharing.INVITATIONS_OF_A_LIST", 2)
    assert ada("POST", share, {"email": "y@example.com"}).body["reason"] == "too-many"


def test_a_fault_of_ours_shows_its_request_and_nothing_else(
    ada: Person, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(routes.services().lists, "page", fail)
    answer = ada("GET", "/lists")
    assert (answer.status, answer.body["reason"], answer.body["requestId"]) == (500, "failed", "request-1")
    assert "secret" not in json.dumps(answer.body)
    assert "secret of the inside" in said()


@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.test"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Query"),
    ],
    ids=["no answer", "throttled"],
)
def test_a_table_that_does_not_answer_now_is_503_with_a_time_to_try_again(
    ada: Person, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(routes.services().lists, "page", fail)
    answer = ada("GET", "/lists")
    assert (answer.status, answer.body["reason"], answer.headers["Retry-After"]) == (503, "unavailable", "2")


def test_no_log_line_says_who_called_or_what_was_sent(ada: Person, said: Callable[[], str]) -> None:
    made = ada("POST", "/lists", {"title": "Quiet wish"}).body["id"]
    ada("POST", f"/lists/{made}/share", {"email": "friend@example.com"})
    ada("GET", "/lists/nothing")
    text = said()
    for told in (ada.id, ada.email, "Quiet wish", made, "friend@example.com"):
        assert told not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["status"] for line in lines if line.get("message") == "request"] == [201, 201, 404]
    assert {"Requests", "ListsCreated"} <= {name for line in lines if "_aws" in line for name in line}
