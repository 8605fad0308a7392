"""Test data: users that nobody is, with lists, products and reservations; the same for the same number."""

from __future__ import annotations

import random
from typing import Any

from ewelists_admin.table import Item, Table

NAMES = ("Ada", "Bela", "Chioma", "Dario", "Elif", "Femi", "Greta", "Hugo")
TITLES = ("Birthday", "Wedding", "New flat", "Christmas", "Baby")
THINGS = ("Lamp", "Cups", "Blanket", "Bicycle", "Book", "Chair", "Knife", "Radio", "Vase", "Clock")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
STAMP = "2026-01-01T00:00:00Z"


def _item(partition: str, sort: str, **fields: Any) -> Item:
    return {"PK": {"S": partition}, "SK": {"S": sort}} | {name: _value(value) for name, value in fields.items()}


def _value(value: Any) -> Item:
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, dict):
        return {"M": {name: _value(part) for name, part in value.items()}}
    return {"S": str(value)}


def items(users: int, seed: int) -> list[Item]:
    """So many users, each with a list of three to eight products that the next one is a guest of."""
    chance = random.Random(seed)  # noqa: S311 # test data
    made: list[Item] = []
    people = [f"seed-{seed}-{place}" for place in range(users)]
    for place, person in enumerate(people):
        name = NAMES[place % len(NAMES)]
        email = f"{person}@example.com"
        edge = {"GSI1PK": f"EMAIL#{email}", "GSI1SK": f"USER#{person}"}
        made.append(_item(f"USER#{person}", "PROFILE", id=person, email=email, name=name, createdAt=STAMP, **edge))
        guest = people[(place + 1) % users] if users > 1 else None
        made += _list(chance, person, guest, TITLES[place % len(TITLES)])
    return made


def _list(chance: random.Random, owner: str, guest: str | None, title: str) -> list[Item]:
    identity = "".join(chance.choices(ALPHABET, k=26))
    things = chance.sample(THINGS, chance.randint(3, 8))
    counted = {"products": len(things), "guests": int(guest is not None)}
    times = {"createdAt": STAMP, "updatedAt": STAMP}
    made = [_item(f"LIST#{identity}", "LIST", id=identity, title=title, owner=owner, **counted, **times)]
    for user, role in ((owner, "owner"), (guest, "guest")):
        if user:
            edge = {"GSI1PK": f"LIST#{identity}", "GSI1SK": f"USER#{user}", "role": role, "since": STAMP}
            made.append(_item(f"USER#{user}", f"LIST#{identity}", **edge))
    for thing in things:
        product = "".join(chance.choices(ALPHABET, k=26))
        quantity = chance.randint(1, 6)
        held = chance.randint(0, quantity) if guest else 0
        kept = {"quantity": quantity, "available": quantity - held, "reservedBy": {guest: held} if held else {}}
        made.append(_item(f"LIST#{identity}", f"PRODUCT#{product}", id=product, name=thing, createdAt=STAMP, **kept))
    return made


def plant(table: Table, users: int, seed: int) -> int:
    """Write the test data; how many items."""
    made = items(users, seed)
    table.put(made)
    return len(made)
