"""The table as items in DynamoDB's own form: copied and compared without loss, read through one or two helpers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import boto3

from ewelists_admin.errors import AdminError

INDEX = "inverse"
ITEMS_IN_A_WRITE = 25
Item = dict[str, Any]


def client() -> Any:
    """DynamoDB, where the environment says."""
    return boto3.client("dynamodb")


def text(item: Item, name: str) -> str:
    """An attribute that is text; empty when it is not there."""
    return str(item.get(name, {}).get("S", ""))


def number(item: Item, name: str) -> int:
    """An attribute that is a whole number; 0 when it is not there."""
    return int(item.get(name, {}).get("N", 0))


def plain(item: Item) -> dict[str, Any]:
    """The item as JSON has it."""
    return {name: _plain(value) for name, value in sorted(item.items())}


def _plain(value: Item) -> Any:
    ((kind, content),) = value.items()
    if kind == "M":
        return plain(content)
    return int(content) if kind == "N" else content


class Table:
    """One table."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = client()

    def describe(self) -> Item:
        """What DynamoDB says of it; AdminError when it is not there."""
        try:
            found: Item = self.client.describe_table(TableName=self.name)["Table"]
        except self.client.exceptions.ResourceNotFoundException:
            raise AdminError(f"there is no table {self.name!r} in this account and region") from None
        return found

    def get(self, partition: str, sort: str) -> Item | None:
        """One item, or None."""
        key = {"PK": {"S": partition}, "SK": {"S": sort}}
        found: Item | None = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return found

    def query(self, partition: str, prefix: str = "", index: bool = False) -> Iterator[Item]:
        """Items of a partition, of the table or of its index, whose sort key has the prefix."""
        hash_key, sort_key = ("GSI1PK", "GSI1SK") if index else ("PK", "SK")
        condition, values = f"{hash_key} = :partition", {":partition": {"S": partition}}
        if prefix:
            condition, values = f"{condition} AND begins_with({sort_key}, :prefix)", values | {":prefix": {"S": prefix}}
        asked: Item = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
        if index:
            asked["IndexName"] = INDEX
        else:
            asked["ConsistentRead"] = True
        for page in self.client.get_paginator("query").paginate(TableName=self.name, **asked):
            yield from page["Items"]

    def scan(self) -> Iterator[Item]:
        """Every item."""
        for page in self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True):
            yield from page["Items"]

    def put(self, items: Sequence[Item]) -> None:
        """Write items over what is there."""
        self._write([{"PutRequest": {"Item": item}} for item in items])

    def delete(self, items: Sequence[Item]) -> None:
        """Remove items by their keys, each named once or more often."""
        keys = {(item["PK"]["S"], item["SK"]["S"]): {"PK": item["PK"], "SK": item["SK"]} for item in items}
        self._write([{"DeleteRequest": {"Key": key}} for key in keys.values()])

    def _write(self, requests: list[Item]) -> None:
        while requests:
            answer = self.client.batch_write_item(RequestItems={self.name: requests[:ITEMS_IN_A_WRITE]})
            requests = answer.get("UnprocessedItems", {}).get(self.name, []) + requests[ITEMS_IN_A_WRITE:]
