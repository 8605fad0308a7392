"""Products of a list, and their reservations.

A product's item holds what is left of it (`available`) and who has how many (`reservedBy`), so that reserving is one
conditional write of one item: DynamoDB does such writes one after the other, and two people never get the last one.
"""

from __future__ import annotations

from typing import Any

from ewelists import clock, ids, keys
from ewelists.problems import RefusedError, not_found
from ewelists.table import Item, Table, UnmetError, replacing

PRODUCTS_OF_A_LIST = 200
TRIES = 20
"""How often a change is tried again that somebody else's change got before."""
OPTIONAL = ("brand", "url", "imageUrl", "priceCents", "currency")


class Products:
    """Products over the table; who may do what is asked before."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, list_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Put a product on a list, and count it there."""
        identity = ids.new()
        item = keys.product(list_id, identity) | fields
        item |= {"id": identity, "available": fields["quantity"], "reservedBy": {}, "createdAt": clock.stamp()}
        count = self._table.updating(
            keys.node(list_id),
            "ADD products :one",
            "attribute_exists(PK) AND products < :most",
            one=1,
            most=PRODUCTS_OF_A_LIST,
        )
        try:
            self._table.transact([count, self._table.putting(item, "attribute_not_exists(PK)")])
        except UnmetError:
            if not self._table.get(keys.node(list_id)):
                raise not_found() from None
            raise RefusedError(409, "too-many", f"a list has at most {PRODUCTS_OF_A_LIST} products") from None
        return shown(item)

    def page(self, list_id: str, limit: int, after: str | None) -> tuple[list[Item], str | None]:
        """Products of a list as they are kept, the oldest first."""
        return self._table.page(keys.LIST + list_id, keys.PRODUCT, limit, after)

    def get(self, list_id: str, product_id: str) -> Item:
        """A product as it is kept; not found otherwise."""
        found = self._table.get(keys.product(list_id, product_id)) if ids.PATTERN.fullmatch(product_id) else None
        if not found:
            raise not_found("product")
        return found

    def change(self, list_id: str, product_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Give a product other fields; its quantity never goes below what is reserved."""
        for _ in range(TRIES):
            old = self.get(list_id, product_id)
            left = fields["quantity"] - (old["quantity"] - old["available"])
            if left < 0:
                taken = old["quantity"] - old["available"]
                raise RefusedError(409, "already-reserved", f"{taken} of it are reserved: fewer cannot be wished for")
            values = fields | {"available": left}
            gone = [name for name in OPTIONAL if name not in fields]
            change, names = replacing(values, gone)
            unchanged = {"was": old["quantity"], "left": old["available"]}
            key = keys.product(list_id, product_id)
            try:
                # Refused when somebody has reserved since: then it is counted again.
                condition = "quantity = :was AND available = :left"
                return shown(self._table.update(key, change, condition, names, **values, **unchanged))
            except UnmetError:
                continue
        raise _busy()

    def delete(self, list_id: str, product_id: str) -> None:
        """Take a product from its list, and count it there."""
        self.get(list_id, product_id)
        gone = self._table.deleting(keys.product(list_id, product_id), "attribute_exists(PK)")
        count = self._table.updating(keys.node(list_id), "ADD products :less", "attribute_exists(PK)", less=-1)
        try:
            self._table.transact([gone, count])
        except UnmetError:
            raise not_found("product") from None

    def reserve(self, user: str, list_id: str, product_id: str, quantity: int) -> dict[str, Any]:
        """Reserve so many more of a product for the user; RefusedError 409 when fewer are left."""
        self.get(list_id, product_id)
        try:
            item = self._table.update(
                keys.product(list_id, product_id),
                "SET available = available - :more, reservedBy.#user = if_not_exists(reservedBy.#user, :none) + :more",
                "available >= :more",
                {"user": user},
                more=quantity,
                none=0,
            )
        except UnmetError:
            left = self.get(list_id, product_id)["available"]
            raise RefusedError(409, "sold-out", f"{left} of it are left, {quantity} were asked for") from None
        return shown(item, user)

    def release(self, user: str, list_id: str, product_id: str) -> dict[str, Any]:
        """Give back all that the user has reserved of a product; RefusedError 409 when that is nothing."""
        for _ in range(TRIES):
            item = self.get(list_id, product_id)
            held = item["reservedBy"].get(user, 0)
            if not held:
                raise RefusedError(409, "not-reserved", "there is no reservation of yours to take back")
            try:
                changed = self._table.update(
                    keys.product(list_id, product_id),
                    "SET available = available + :held REMOVE reservedBy.#user",
                    "reservedBy.#user = :held",
                    {"user": user},
                    held=held,
                )
            except UnmetError:
                continue
            return shown(changed, user)
        raise _busy()

    def release_all(self, user: str, list_id: str) -> None:
        """Give back all that the user has reserved in a list."""
        for item in self._table.all(keys.LIST + list_id, keys.PRODUCT):
            if item["reservedBy"].get(user):
                self.release(user, list_id, item["id"])


def shown(item: Item, user: str | None = None) -> dict[str, Any]:
    """A product as callers see it, for a guest with how many are theirs; who has the others, nobody is told."""
    seen = {"id": item["id"], "name": item["name"]} | {name: item.get(name) for name in OPTIONAL}
    seen |= {"quantity": item["quantity"], "available": item["available"], "createdAt": item["createdAt"]}
    return seen if user is None else seen | {"reservedByMe": item["reservedBy"].get(user, 0)}


def _busy() -> RefusedError:
    return RefusedError(409, "busy", "others are changing the same product: try again")
