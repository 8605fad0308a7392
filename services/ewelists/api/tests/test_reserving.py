"""What is left of a product never goes below zero, whoever asks for it and how many at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ewelists.problems import RefusedError
from ewelists.products import Products
from ewelists.table import Table

LIST = "0" * 26


@pytest.mark.parametrize("quantity", [1, 7])
def test_of_200_requests_at_once_as_many_succeed_as_there_are(table: str, quantity: int) -> None:
    Table(table).put({"PK": f"LIST#{LIST}", "SK": "LIST", "products": 0})
    products = Products(Table(table))
    product = products.add(LIST, {"name": "Bicycle", "quantity": quantity})["id"]

    def reserve(number: int) -> str:
        try:
            products.reserve(f"user-{number}", LIST, product, 1)
        except RefusedError as refused:
            return refused.reason
        return "reserved"

    with ThreadPoolExecutor(32) as threads:
        told = Counter(threads.map(reserve, range(200)))
    assert told == {"reserved": quantity, "sold-out": 200 - quantity}
    kept = products.get(LIST, product)
    assert (kept["available"], len(kept["reservedBy"]), sum(kept["reservedBy"].values())) == (0, quantity, quantity)


def test_a_product_that_was_reserved_in_between_keeps_both_changes(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Table(table).put({"PK": f"LIST#{LIST}", "SK": "LIST", "products": 0})
    products = Products(Table(table))
    product = products.add(LIST, {"name": "Cups", "quantity": 4})["id"]
    read = products.get

    def read_then_reserve(list_id: str, product_id: str) -> dict:
        item = read(list_id, product_id)
        monkeypatch.setattr(products, "get", read)
        products.reserve("somebody", LIST, product, 3)
        return item

    monkeypatch.setattr(products, "get", read_then_reserve)
    changed = products.change(LIST, product, {"name": "Blue cups", "quantity": 5})
    assert (changed["name"], changed["quantity"], changed["available"]) == ("Blue cups", 5, 2)


def test_a_wish_is_never_made_smaller_than_what_is_reserved_of_it(table: str) -> None:
    Table(table).put({"PK": f"LIST#{LIST}", "SK": "LIST", "products": 0})
    products = Products(Table(table))
    product = products.add(LIST, {"name": "Cups", "quantity": 4})["id"]
    products.reserve("somebody", LIST, product, 3)
    with pytest.raises(RefusedError, match="3 of it are reserved: fewer cannot be wished for") as refused:
        products.change(LIST, product, {"name": "Cups", "quantity": 2})
    assert (refused.value.status, refused.value.reason) == (409, "already-reserved")
    assert products.get(LIST, product)["quantity"] == 4
