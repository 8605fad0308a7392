"""The table: items as plain dictionaries of text, whole numbers, truth values and maps."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ewelists.keys import INDEX, Key

Item = dict[str, Any]
KEYS_IN_A_READ = 100
ITEMS_IN_A_WRITE = 25
TRIES = 8
PAUSE_SECONDS = 0.02
CONNECT_SECONDS = 2
READ_SECONDS = 5


class UnmetError(Exception):
    """A condition did not hold: nothing was written."""

    def __init__(self, unmet: Sequence[int] = (0,)) -> None:
        super().__init__(f"the condition of action {', '.join(map(str, unmet))} does not hold")
        self.unmet = list(unmet)
        """Which actions of a transaction it was."""


@cache
def client() -> Any:
    """The one client of the process, made by the first request that needs it."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "dynamodb",
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "max_attempts": 4},
            max_pool_connections=64,
        ),
    )


def encoded(value: Any) -> dict[str, Any]:
    """A value in DynamoDB's own form; what is None is left out of maps."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, Mapping):
        return {"M": {name: encoded(part) for name, part in value.items() if part is not None}}
    raise TypeError(f"{type(value).__name__} is not kept in the table")


def decoded(value: Mapping[str, Any]) -> Any:
    """The opposite of `encoded`."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {name: decoded(part) for name, part in content.items()}
    return int(content) if kind == "N" else content


def _item(raw: Mapping[str, Any]) -> Item:
    return {name: decoded(value) for name, value in raw.items()}


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f":{name}": encoded(value) for name, value in values.items()}


class Table:
    """One DynamoDB table; reads by its own keys are consistent, reads by the index a moment late."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, key: Key) -> Item | None:
        """The item, or None."""
        answer = client().get_item(TableName=self.name, Key=encoded(key)["M"], ConsistentRead=True)
        return _item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        """Those of the items that exist, in no order."""
        found: list[Item] = []
        left = [encoded(key)["M"] for key in keys]
        while left:
            asked = {self.name: {"Keys": left[:KEYS_IN_A_READ], "ConsistentRead": True}}
            answer = client().batch_get_item(RequestItems=asked)
            found += [_item(raw) for raw in answer["Responses"].get(self.name, [])]
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", []) + left[KEYS_IN_A_READ:]
        return found

    def page(
        self, partition: str, prefix: str, limit: int, after: str | None = None, backwards: bool = False
    ) -> tuple[list[Item], str | None]:
        """Items of a partition whose sort key has the prefix, and the sort key to go on after."""
        begun: dict[str, Any] = {"ExclusiveStartKey": encoded({"PK": partition, "SK": after})["M"]} if after else {}
        answer = client().query(
            **self._asked(partition, prefix, None), **begun, Limit=limit, ScanIndexForward=not backwards
        )
        ended = answer.get("LastEvaluatedKey")
        return [_item(raw) for raw in answer["Items"]], decoded(ended["SK"]) if ended else None

    def all(self, partition: str, prefix: str = "", index: bool = False) -> Iterator[Item]:
        """Every item of a partition, of the table or of its index, whose sort key has the prefix."""
        asked = self._asked(partition, prefix, INDEX if index else None)
        while True:
            answer = client().query(**asked)
            yield from (_item(raw) for raw in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _asked(self, partition: str, prefix: str, index: str | None) -> dict[str, Any]:
        hash_key, sort_key = ("GSI1PK", "GSI1SK") if index else ("PK", "SK")
        condition, values = f"{hash_key} = :partition", {"partition": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with({sort_key}, :prefix)", values | {"prefix": prefix}
        place: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
        return {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": _values(values),
            **place,
        }

    def put(self, item: Item, condition: str = "") -> None:
        """Write an item; UnmetError when the condition does not hold."""
        self._write("put_item", **self.putting(item, condition)["Put"])

    def update(
        self, key: Key, change: str, condition: str = "", names: Mapping[str, str] | None = None, **values: Any
    ) -> Item:
        """Change an item and return it as it is then; UnmetError when the condition does not hold."""
        asked = self.updating(key, change, condition, names, **values)["Update"]
        return _item(self._write("update_item", **asked, ReturnValues="ALL_NEW")["Attributes"])

    def delete(self, key: Key, condition: str = "") -> None:
        """Remove an item; UnmetError when the condition does not hold."""
        self._write("delete_item", **self.deleting(key, condition)["Delete"])

    def delete_many(self, keys: Sequence[Key]) -> None:
        """Remove items, whether they exist or not."""
        left = [{"DeleteRequest": {"Key": encoded(key)["M"]}} for key in keys]
        while left:
            answer = client().batch_write_item(RequestItems={self.name: left[:ITEMS_IN_A_WRITE]})
            left = answer.get("UnprocessedItems", {}).get(self.name, []) + left[ITEMS_IN_A_WRITE:]

    def putting(self, item: Item, condition: str = "") -> dict[str, Any]:
        """A put as an action of a transaction."""
        return {"Put": {"TableName": self.name, "Item": encoded(item)["M"]} | _condition(condition)}

    def updating(
        self, key: Key, change: str, condition: str = "", names: Mapping[str, str] | None = None, **values: Any
    ) -> dict[str, Any]:
        """An update as an action of a transaction; `#x` stands for `names["x"]`, `:x` for the value x."""
        action = {"TableName": self.name, "Key": encoded(key)["M"], "UpdateExpression": change} | _condition(condition)
        if names:
            action["ExpressionAttributeNames"] = {f"#{short}": name for short, name in names.items()}
        if values:
            action["ExpressionAttributeValues"] = _values(values)
        return {"Update": action}

    def deleting(self, key: Key, condition: str = "") -> dict[str, Any]:
        """A deletion as an action of a transaction."""
        return {"Delete": {"TableName": self.name, "Key": encoded(key)["M"]} | _condition(condition)}

    def checking(self, key: Key, condition: str) -> dict[str, Any]:
        """A condition on an item that is not written, as an action of a transaction."""
        return {"ConditionCheck": {"TableName": self.name, "Key": encoded(key)["M"]} | _condition(condition)}

    def transact(self, actions: Sequence[dict[str, Any]]) -> None:
        """Do all of the actions or none; UnmetError names those whose conditions do not hold.

        What another transaction on the same items got in the way of is tried again.
        """
        for attempt in range(TRIES):
            try:
                client().transact_write_items(TransactItems=list(actions))
                return
            except client().exceptions.TransactionCanceledException as error:
                codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
                if "ConditionalCheckFailed" in codes:
                    unmet = [place for place, code in enumerate(codes) if code == "ConditionalCheckFailed"]
                    raise UnmetError(unmet) from None
                if "TransactionConflict" not in codes or attempt == TRIES - 1:
                    raise
            time.sleep(PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311 # spreads those that wait

    @staticmethod
    def _write(operation: str, **asked: Any) -> Any:
        try:
            return getattr(client(), operation)(**asked)
        except client().exceptions.ConditionalCheckFailedException:
            raise UnmetError from None


def _condition(condition: str) -> dict[str, str]:
    return {"ConditionExpression": condition} if condition else {}


def replacing(values: Mapping[str, Any], gone: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The change that gives an item these attributes and takes those that are gone, and its names."""
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
    if gone:
        change += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return change, {name: name for name in (*values, *gone)}
