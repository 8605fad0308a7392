"""The API as its callers see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from tests.conftest import Person, send

People = Callable[[str], Person]


@pytest.fixture
def ada(people: People) -> Person:
    return people("Ada")


@pytest.fixture
def bob(people: People) -> Person:
    return people("Bob")


def invited(mails: Callable[[], list[Any]]) -> str:
    """The token in the newest mail."""
    text = json.dumps(mails()[-1])
    return text.partition("https://ewelists.test/invitations/")[2].partition("\\")[0]


@pytest.fixture
def shared(ada: Person, bob: Person, mails: Callable[[], list[Any]]) -> tuple[str, str]:
    """A list of Ada's with two cups on it, and Bob its guest: the ids of list and product."""
    made = ada("POST", "/lists", {"title": "Wedding"}).body["id"]
    product = ada("POST", f"/lists/{made}/products", {"name": "Cup", "quantity": 2}).body["id"]
    assert ada("POST", f"/lists/{made}/share", {"email": bob.email}).status == 201
    assert bob("POST", f"/invitations/{invited(mails)}/accept").body == {"listId": made}
    return made, product


def test_the_function_is_healthy_without_a_token_on_both_of_its_paths() -> None:
    for path in ("/health", "/api/health"):
        answer = send("GET", path)
        assert (answer.status, answer.body) == (200, {"status": "ok"})
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"] == "request-1"


def test_a_list_is_made_read_changed_and_deleted(ada: Person) -> None:
    made = ada("POST", "/lists", {"title": " Birthday ", "occasion": "birthday", "date": "2027-03-01"})
    assert made.status == 201
    identity = made.body["id"]
    times = {name: made.body[name] for name in ("createdAt", "updatedAt")}
    whole = {"id": identity, "title": "Birthday", "description": None, "occasion": "birthday", "date": "2027-03-01"}
    whole |= {"role": "owner", "owner": {"name": "Ada"}, "products": 0, "guests": 0} | times
    assert made.body == whole
    assert ada("GET", "/api/lists").body == {"items": [whole], "next": None}
    assert ada("GET", f"/lists/{identity}").body == whole | {"items": [], "next": None}
    changed = ada("PUT", f"/lists/{identity}", {"title": "Party", "description": "At\nhome"})
    assert (changed.status, changed.body["title"], changed.body["description"]) == (200, "Party", "At\nhome")
    assert (changed.body["occasion"], changed.body["date"]) == (None, None)
    assert ada("DELETE", f"/lists/{identity}").status == 204
    assert ada("GET", f"/lists/{identity}").status == 404
    assert ada("GET", "/lists").body == {"items": [], "next": None}


def test_lists_come_in_pages_newest_first(ada: Person) -> None:
    made = [ada("POST", "/lists", {"title": f"List {number}"}).body["id"] for number in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    sizes = []
    while True:
        page = ada("GET", "/lists", query=query).body
        sizes.append(len(page["items"]))
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(seen) == sorted(made)
    assert seen == sorted(seen, reverse=True)
    assert sizes == [2, 2, 1]


def test_products_are_counted_changed_and_come_in_pages(ada: Person) -> None:
    made = ada("POST", "/lists", {"title": "Things"}).body["id"]
    wish = {"name": "Lamp", "brand": "Lumen", "url": "https://shop.example/lamp", "quantity": 3, "priceCents": 1999}
    wish |= {"imageUrl": "https://shop.example/lamp.jpg", "currency": "EUR"}
    lamp = ada("POST", f"/lists/{made}/products", wish)
    assert lamp.status == 201
    assert lamp.body == wish | {"id": lamp.body["id"], "available": 3, "createdAt": lamp.body["createdAt"]}
    ada("POST", f"/lists/{made}/products", {"name": "Table", "quantity": 1})
    first = ada("GET", f"/lists/{made}", query={"limit": "1"}).body
    assert (first["products"], [item["name"] for item in first["items"]]) == (2, ["Lamp"])
    rest = ada("GET", f"/lists/{made}", query={"cursor": first["next"]}).body
    assert ([item["name"] for item in rest["items"]], rest["next"]) == (["Table"], None)
    path = f"/lists/{made}/products/{lamp.body['id']}"
    changed = ada("PUT", path, {"name": "Lamp", "quantity": 1}).body
    assert (changed["quantity"], changed["available"], changed["brand"]) == (1, 1, None)
    assert ada("DELETE", path).status == 204
    assert ada("DELETE", path).status == 404
    assert ada("GET", f"/lists/{made}").body["products"] == 1


def test_a_guest_reserves_and_gives_back_and_the_owner_sees_how_many_but_not_who(
    ada: Person, bob: Person, shared: tuple[str, str]
) -> None:
    made, product = shared
    path = f"/lists/{made}/products/{product}/reserve"
    taken = bob("POST", path, {"quantity": 2})
    assert (taken.status, taken.body["available"], taken.body["reservedByMe"]) == (201, 0, 2)
    refused = bob("POST", path)
    assert (refused.status, refused.body["reason"]) == (409, "sold-out")
    assert refused.body["detail"] == "0 of it are left, 1 were asked for"
    (seen,) = ada("GET", f"/lists/{made}").body["items"]
    assert (seen["available"], "reservedByMe" in seen) == (0, False)
    assert [item["reservedByMe"] for item in bob("GET", f"/shared/{made}").body["items"]] == [2]
    back = bob("DELETE", path)
    assert (back.status, back.body["available"], back.body["reservedByMe"]) == (200, 2, 0)
    assert bob("DELETE", path).body["reason"] == "not-reserved"


def test_an_invitation_is_shown_to_who_has_it_and_works_once(
    ada: Person, bob: Person, people: People, mails: Callable[[], list[Any]]
) -> None:
    carol = people("Carol")
    made = ada("POST", "/lists", {"title": "Baby <3"}).body["id"]
    told = ada("POST", f"/lists/{made}/share", {"email": bob.email})
    assert (told.status, told.body["email"]) == (201, bob.email)
    mail = json.dumps(mails()[-1])
    assert "Ada shares a list with you" in mail
    assert "Baby &lt;3" in mail
    token = invited(mails)
    assert token not in json.dumps(boto3.client("dynamodb").scan(TableName=_table())["Items"])
    asked = bob("GET", f"/invitations/{token}")
    assert asked.body == {"listId": made, "title": "Baby <3", "owner": {"name": "Ada"}}
    open_ones = ada("GET", f"/lists/{made}/guests").body
    assert (open_ones["guests"], [item["email"] for item in open_ones["invitations"]]) == ([], [bob.email])
    assert bob("POST", f"/invitations/{token}/accept").status == 200
    assert carol("POST", f"/invitations/{token}/accept").status == 404
    guests = ada("GET", f"/lists/{made}/guests").body
    assert [guest["name"] for guest in guests["guests"]] == ["Bob"]
    assert guests["invitations"] == []
    (seen,) = bob("GET", "/lists").body["items"]
    assert (seen["role"], seen["owner"], "guests" in seen) == ("guest", {"name": "Ada"}, False)


def test_who_leaves_or_is_removed_gives_back_what_they_reserved(
    ada: Person, bob: Person, people: People, shared: tuple[str, str], mails: Callable[[], list[Any]]
) -> None:
    made, product = shared
    bob("POST", f"/lists/{made}/products/{product}/reserve")
    assert bob("DELETE", f"/shared/{made}").status == 204
    assert bob("GET", f"/shared/{made}").status == 404
    seen = ada("GET", f"/lists/{made}").body
    assert (seen["guests"], seen["items"][0]["available"]) == (0, 2)
    carol = people("Carol")
    ada("POST", f"/lists/{made}/share", {"email": carol.email})
    carol("POST", f"/invitations/{invited(mails)}/accept")
    carol("POST", f"/lists/{made}/products/{product}/reserve")
    assert ada("DELETE", f"/lists/{made}/guests/{carol.id}").status == 204
    assert ada("DELETE", f"/lists/{made}/guests/{carol.id}").status == 404
    assert ada("DELETE", f"/lists/{made}/guests/{ada.id}").body["reason"] == "owner"
    assert ada("GET", f"/lists/{made}").body["items"][0]["available"] == 2


def test_a_strangers_list_is_not_found_by_any_route(
    ada: Person, bob: Person, people: People, shared: tuple[str, str]
) -> None:
    made, product = shared
    carol = people("Carol")
    wish = {"name": "Cup", "quantity": 1}
    strangers = [
        ("GET", f"/lists/{made}", None),
        ("PUT", f"/lists/{made}", {"title": "Mine"}),
        ("DELETE", f"/lists/{made}", None),
        ("POST", f"/lists/{made}/products", wish),
        ("PUT", f"/lists/{made}/products/{product}", wish),
        ("DELETE", f"/lists/{made}/products/{product}", None),
        ("POST", f"/lists/{made}/share", {"email": carol.email}),
        ("GET", f"/lists/{made}/guests", None),
        ("DELETE", f"/lists/{made}/guests/{bob.id}", None),
        ("GET", f"/shared/{made}", None),
        ("DELETE", f"/shared/{made}", None),
        ("POST", f"/lists/{made}/products/{product}/reserve", {}),
        ("DELETE", f"/lists/{made}/products/{product}/reserve", None),
    ]
    answers = [carol(method, path, body) for method, path, body in strangers]
    assert {(answer.status, answer.body["reason"]) for answer in answers} == {(404, "not-found")}
    guests = [bob(method, path, body).status for method, path, body in strangers[:9]]
    assert guests == [404] * 9
    missing = carol("GET", f"/lists/{'0' * 26}")
    assert missing.body["detail"] == answers[0].body["detail"] == "there is no such list"


def test_a_request_sent_twice_with_one_key_creates_once(ada: Person) -> None:
    key = {"Idempotency-Key": "once-1"}
    first = ada("POST", "/lists", {"title": "One"}, headers=key)
    again = ada("POST", "/lists", {"title": "One"}, headers=key)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert len(ada("GET", "/lists").body["items"]) == 1
    other = ada("POST", "/lists", {"title": "Other"}, headers=key)
    assert (other.status, other.body["reason"]) == (422, "key-used")
    assert ada("POST", "/lists", {"title": "x"}, headers={"Idempotency-Key": "ä"}).body["reason"] == "invalid-key"


def test_the_same_key_of_two_people_is_two_requests(ada: Person, bob: Person) -> None:
    key = {"Idempotency-Key": "mine"}
    one, two = (who("POST", "/lists", {"title": "One"}, headers=key).body["id"] for who in (ada, bob))
    assert one != two


def test_an_account_deleted_is_gone_with_everything_and_its_token_brings_nothing_back(
    ada: Person, bob: Person, shared: tuple[str, str], mails: Callable[[], list[Any]]
) -> None:
    made, product = shared
    bob("POST", f"/lists/{made}/products/{product}/reserve")
    bobs = bob("POST", "/lists", {"title": "Bob's"}, headers={"Idempotency-Key": "k"}).body["id"]
    bob("POST", f"/lists/{bobs}/share", {"email": ada.email})
    ada("POST", f"/lists/{made}/share", {"email": bob.email})
    assert bob("DELETE", "/me").status == 204
    left = json.dumps(boto3.client("dynamodb").scan(TableName=_table())["Items"])
    assert (bob.id in left, bob.email in left, bobs in left) == (False, False, False)
    assert ada("GET", f"/lists/{made}").body["items"][0]["available"] == 2
    for method, path, body in (("GET", "/me", None), ("POST", "/lists", {"title": "Back"})):
        refused = bob(method, path, body)
        assert (refused.status, refused.body["reason"]) == (401, "no-account")
    assert ada("GET", "/me").body["email"] == ada.email


def test_the_caller_has_a_name_that_can_be_changed(ada: Person) -> None:
    assert ada("GET", "/me").body["name"] == "Ada"
    assert ada("PUT", "/me", {"name": "Ada L."}).body["name"] == "Ada L."
    assert ada("POST", "/lists", {"title": "x"}).body["owner"] == {"name": "Ada L."}


def test_a_page_of_another_origin_may_call_when_it_is_ours() -> None:
    asked = send("OPTIONS", "/lists", headers={"Origin": "http://localhost:5173"})
    assert asked.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "Access-Control-Allow-Origin" not in send("GET", "/health", headers={"Origin": "https://evil.test"}).headers


def _table() -> str:
    from ewelists import routes

    return routes.settings.table
