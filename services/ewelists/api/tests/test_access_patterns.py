"""Each access pattern of the README, one by one: what is really asked of DynamoDB, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ewelists import keys
from ewelists.lists import Lists
from ewelists.mail import Mail
from ewelists.problems import RefusedError
from ewelists.products import Products
from ewelists.settings import load
from ewelists.sharing import Sharing
from ewelists.table import Table, client
from ewelists.users import Users, add

README = Path(__file__).parents[2] / "README.md"
ADA, BOB = "user-ada", "user-bob"


class SilentMail(Mail):
    token = ""

    def invite(self, address: str, owner: str, title: str, token: str) -> None:
        SilentMail.token = token


class World:
    """Ada's list with a product, Bob its guest, Carol invited, and what is asked of DynamoDB meanwhile."""

    def __init__(self, name: str) -> None:
        self.table = Table(name)
        self.users = Users(self.table, "none")
        self.lists = Lists(self.table, self.users)
        self.products = Products(self.table)
        settings = load({"TABLE_NAME": name, "USER_POOL_ID": "x", "MAIL_FROM": "x", "SITE_URL": "x"})
        self.sharing = Sharing(self.table, self.lists, self.products, SilentMail(settings))
        add(self.table, ADA, "ada@example.com", "Ada")
        add(self.table, BOB, "bob@example.com", "Bob")
        self.list = self.lists.add(ADA, {"title": "Wedding"})["id"]
        self.product = self.products.add(self.list, {"name": "Cup", "quantity": 2})["id"]
        self.sharing.invite({"id": ADA, "name": "Ada"}, self.list, "bob@example.com")
        self.sharing.accept(BOB, SilentMail.token)
        self.sharing.invite({"id": ADA, "name": "Ada"}, self.list, "Carol@example.com")
        self.asked: list[str] = []
        client().meta.events.register("provide-client-params.dynamodb.*", self._note, unique_id="patterns")

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.asked.append(f"{model.name}: {self._condition(params)}")

    def _condition(self, params: dict[str, Any]) -> str:
        if "RequestItems" in params:
            (asked,) = params["RequestItems"].values()
            given = [self._key(key) for key in asked["Keys"]]
            return given[0]
        if "KeyConditionExpression" not in params:
            return self._key(params.get("Key") or params["Item"])
        text = params["KeyConditionExpression"]
        for name, value in params["ExpressionAttributeValues"].items():
            text = text.replace(name, self._named(value["S"]))
        return text

    def _key(self, key: dict[str, Any]) -> str:
        return f"PK = {self._named(key['PK']['S'])}, SK = {self._named(key['SK']['S'])}"

    def _named(self, value: str) -> str:
        value = value.replace(ADA, "u").replace(BOB, "u").replace(self.list, "l").replace(self.product, "p")
        value = re.sub(r"[0-9a-f]{64}", "h", value)
        return (
            re.sub(r"#\d{4}-\d\d-\d\d$", "#day", value)
            .replace("carol@example.com", "e")
            .replace("ada@example.com", "e")
        )


@pytest.fixture
def world(table: str) -> Iterator[World]:
    made = World(table)
    yield made
    client().meta.events.unregister("provide-client-params.dynamodb.*", unique_id="patterns")


def told() -> dict[str, str]:
    """The README's table: what each pattern's operation and condition are."""
    rows = re.findall(r"^\| (.+?) \| `(\w+)`.*? \| `(.+?)`.*? \|$", README.read_text(), re.MULTILINE)
    return {name: f"{operation}: {condition}" for name, operation, condition in rows}


def unbroken(world: World) -> dict[str, Any]:
    invitation = SilentMail.token.partition(".")[2]
    from ewelists import ids

    return {
        "a user": lambda: world.table.get(keys.profile(ADA))["name"] == "Ada",
        "who has an address": lambda: [found["id"] for found in world.users.by_email("ADA@example.com")] == [ADA],
        "names of users": lambda: world.users.names([ADA, BOB]) == {ADA: "Ada", BOB: "Bob"},
        "lists of a user, newest first": lambda: [i["id"] for i in world.lists.page(BOB, 10, None)[0]] == [world.list],
        "what a user is in a list": lambda: world.lists.role(BOB, world.list) == "guest",
        "a list": lambda: world.table.get(keys.node(world.list))["title"] == "Wedding",
        "products of a list, oldest first": lambda: (
            [item["name"] for item in world.products.page(world.list, 10, None)[0]] == ["Cup"]
        ),
        "a product": lambda: world.products.get(world.list, world.product)["quantity"] == 2,
        "reserve": lambda: world.products.reserve(BOB, world.list, world.product, 1)["available"] == 1,
        "give back": lambda: (
            world.products.reserve(BOB, world.list, world.product, 1)["available"] == 0
            and world.products.release(BOB, world.list, world.product)["available"] == 2
        ),
        "owner and guests of a list": lambda: sorted(e["role"] for e in world.lists.members(world.list))
        == ["guest", "owner"],
        "an invitation": lambda: world.table.get(keys.invitation(world.list, ids.digest(invitation)))["from"] == ADA,
        "open invitations to a list": lambda: len(world.sharing.invitations(world.list)) == 1,
        "invitations to an address": lambda: len(world.sharing.sent_to("carol@example.com")) == 1,
        "mails of a day": lambda: world.sharing._count_mail(ADA) is None,
        "everything of a user": lambda: len(list(world.table.all(keys.USER + ADA))) == 3,
        "everything of a list": lambda: len(list(world.table.all(keys.LIST + world.list))) == 3,
    }


def test_every_pattern_of_the_readme_is_asked_and_answered_as_it_says(world: World) -> None:
    patterns = unbroken(world)
    assert sorted(told()) == sorted(patterns)
    for name, ask in patterns.items():
        world.asked.clear()
        assert ask(), name
        assert told()[name] in world.asked, (name, world.asked)


def test_the_last_one_is_reserved_by_one_condition_on_one_item(world: World) -> None:
    world.products.reserve(BOB, world.list, world.product, 2)
    world.asked.clear()
    with pytest.raises(RefusedError, match="0 of it are left, 1 were asked for"):
        world.products.reserve(ADA, world.list, world.product, 1)
    assert [one.partition(":")[0] for one in world.asked] == ["GetItem", "UpdateItem", "GetItem"]
