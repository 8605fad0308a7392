"""The systems with state: an order that becomes a mail, a market with accounts, and what neither of them takes."""

import base64
import json
import time
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import commands
from tests.e2e.browser import PHONE, picture, window
from tests.e2e.commands import address, ask, call, letters, until

PASSWORD = "a sentence that is long enough"


@pytest.fixture(scope="module")
def shop() -> str:
    return address(system="anythingyouwantt")


@pytest.fixture(scope="module")
def market() -> str:
    return address(system="market")


@pytest.fixture(scope="module")
def token(market: str) -> str:
    """Access token of an account made for these tests; one for all, since sign-ups are limited by the minute."""
    email = f"{uuid.uuid4().hex}@example.com"
    assert call(f"{market}/v1/users", {"email": email, "password": PASSWORD})[0] == 201
    code, session = call(f"{market}/v1/sessions", {"email": email, "password": PASSWORD})
    assert code == 201
    return str(session["accessToken"])


def test_an_order_placed_in_a_browser_becomes_fulfilled_and_one_mail(chromium: str, shop: str) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    with window(chromium, PHONE) as page:
        page.goto(shop)
        page.get_by_label("Product", exact=True).select_option("Lantern")
        page.get_by_label("Quantity").fill("2")
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Order for").click()
        expect(page.get_by_role("status").filter(has_text="Ordered: 2 \u00d7 Lantern")).to_be_visible()
        newest = page.locator("[data-order]").first
        expect(newest).to_contain_text("2 \u00d7 Lantern")
        expect(newest.get_by_text("Fulfilled")).to_be_visible()
        picture(page, "anythingyouwantt")
    until(lambda: any(email in letter["to"] for letter in letters()), 60)
    mine = [letter for letter in letters() if email in letter["to"]]
    assert len(mine) == 1, mine
    assert "Lantern" in mine[0]["subject"] + mine[0]["text"]
    assert mine[0]["sender"].rstrip(">").endswith("dev.slipway.example")


def test_a_person_signs_up_and_works_in_the_market(chromium: str, market: str) -> None:
    email, task = f"{uuid.uuid4().hex}@example.com", f"Water the plants {uuid.uuid4().hex[:6]}"
    with window(chromium, PHONE) as page:
        page.goto(market)
        page.get_by_role("button", name="I am new here").click()
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        page.get_by_label("New task").fill(task)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("checkbox", name=task).click()
        page.get_by_role("button", name="Items").click()
        page.get_by_role("button", name="Offer").first.click()
        page.get_by_label("Title").fill("Bicycle")
        page.get_by_label("Price").fill("120.00")
        page.get_by_role("button", name="Offer it").click()
        expect(page.get_by_text("Bicycle").first).to_be_visible()
        picture(page, "market")
        page.get_by_role("button", name="Activity").click()
        # The worker has taken both events from the queue: what happened is shown to everybody.
        expect(page.get_by_role("listitem").filter(has_text=task).first).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Bicycle").first).to_be_visible()
        picture(page, "market-activity")


def test_tasks_answer_with_and_without_a_version(market: str, token: str) -> None:
    code, made = call(f"{market}/v1/tasks", {"text": "Read the seed"}, token=token)
    assert (code, made["text"], made["done"]) == (201, "Read the seed", False)
    assert made["id"] in {task["id"] for task in call(f"{market}/v1/tasks")[1]["items"]}
    assert made["id"] in {task["id"] for task in call(f"{market}/tasks")[1]}
    code, changed = call(f"{market}/v1/tasks/{made['id']}", {"done": True}, "PATCH", token)
    assert (code, changed["done"]) == (200, True)
    assert call(f"{market}/v1/tasks/{made['id']}")[1]["done"] is True
    assert call(f"{market}/v1/tasks/{made['id']}", method="DELETE", token=token)[0] == 204
    assert call(f"{market}/v1/tasks/{made['id']}")[0] == 404


def forged(token: str, **header: str) -> str:
    """Return the token with another header and no signature that fits."""
    _, claims, _ = token.split(".")
    head = base64.urlsafe_b64encode(json.dumps({"typ": "JWT", **header}).encode()).rstrip(b"=").decode()
    return f"{head}.{claims}."


def test_forged_tokens_write_nothing(market: str, token: str) -> None:
    body, head = f"never stored {uuid.uuid4().hex}", token.split(".")[0]
    unsigned = f"{token.rpartition('.')[0]}.{'A' * 342}"
    for bad in ("", "nonsense", forged(token, alg="none"), forged(token, alg="HS256"), f"{head}..", unsigned):
        code, problem = call(f"{market}/v1/tasks", {"text": body}, token=bad)
        assert (code, problem["status"]) == (401, 401), bad[:40]
        code, _ = call(
            f"{market}/v1/items", {"title": body, "description": "", "priceCents": 1, "currency": "EUR"}, token=bad
        )
        assert code == 401
    assert body not in ask(f"{market}/v1/tasks?limit=100")[1] + ask(f"{market}/v1/items?limit=100")[1]


BAD_BODIES = {
    "cut off": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "a number": b'{"text": 5}',
    "empty": b'{"text": ""}',
    "a control character": b'{"text": "\\u0000"}',
    "too long": b'{"text": "' + b"x" * 200_000 + b'"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies_are_refused_with_a_reason(market: str, token: str, body: bytes) -> None:
    code, text = ask(f"{market}/v1/tasks", "POST", body, {"Authorization": f"Bearer {token}"})
    assert code in (400, 413, 422), text[:300]
    problem = json.loads(text)
    assert problem["detail"] or problem["errors"], problem
    assert "Traceback" not in text
    assert "node_modules" not in text


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "2"},
        {"quantity": -1},
        {"email": "a@example.com\r\nBcc: eve@example.com"},
        {"productId": "' OR 1=1 --"},
        {"status": "fulfilled"},
    ],
)
def test_orders_that_make_no_sense_are_refused(shop: str, change: dict[str, Any]) -> None:
    product = call(f"{shop}/api/products")[1]["products"][0]["id"]
    order = {"productId": product, "quantity": 1, "email": "ada@example.com"}
    code, problem = call(f"{shop}/api/orders", order | change)
    assert (code, problem["status"]) == (400, 400), problem


def test_a_killed_worker_is_replaced_and_carries_the_next_order_out(shop: str) -> None:
    before = commands.containers("anythingyouwantt/mail-service")
    commands.docker("kill", before[0])
    product = call(f"{shop}/api/products")[1]["products"][0]["id"]
    email = f"{uuid.uuid4().hex}@example.com"
    code, order = call(f"{shop}/api/orders", {"productId": product, "quantity": 1, "email": email})
    assert (code, order["status"]) == (201, "pending")
    until(lambda: call(f"{shop}/api/orders/{order['id']}")[1]["status"] == "fulfilled", 120)
    time.sleep(1)  # a second letter would have been sent by now
    assert sum(email in letter["to"] for letter in letters()) == 1
