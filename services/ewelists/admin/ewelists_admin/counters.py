"""Counters that follow from other items: what each should be, and putting it right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ewelists_admin.table import Item, Table, number, text


@dataclass(frozen=True)
class Wrong:
    """A counter that does not say what is there."""

    partition: str
    sort: str
    name: str
    says: int
    should: int


def wrong(table: Table) -> list[Wrong]:
    """Every counter that is wrong: products and guests of lists, what is left of products."""
    products: Counter[str] = Counter()
    guests: Counter[str] = Counter()
    nodes: list[Item] = []
    found = []
    for item in table.scan():
        partition, sort = text(item, "PK"), text(item, "SK")
        if sort == "LIST":
            nodes.append(item)
        elif sort.startswith("PRODUCT#"):
            products[partition] += 1
            reserved = sum(int(held["N"]) for held in item.get("reservedBy", {}).get("M", {}).values())
            left = number(item, "quantity") - reserved
            if number(item, "available") != left:
                found.append(Wrong(partition, sort, "available", number(item, "available"), left))
        elif partition.startswith("USER#") and sort.startswith("LIST#") and text(item, "role") == "guest":
            guests[sort] += 1
    for node in nodes:
        for name, counted in (("products", products), ("guests", guests)):
            there = counted[text(node, "PK")]
            if number(node, name) != there:
                found.append(Wrong(text(node, "PK"), "LIST", name, number(node, name), there))
    return sorted(found, key=lambda one: (one.partition, one.sort, one.name))


def correct(table: Table, one: Wrong) -> bool:
    """Put a counter right; False when somebody has changed it since it was counted."""
    try:
        table.client.update_item(
            TableName=table.name,
            Key={"PK": {"S": one.partition}, "SK": {"S": one.sort}},
            UpdateExpression="SET #name = :should",
            ConditionExpression="#name = :says",
            ExpressionAttributeNames={"#name": one.name},
            ExpressionAttributeValues={":should": {"N": str(one.should)}, ":says": {"N": str(one.says)}},
        )
    except table.client.exceptions.ConditionalCheckFailedException:
        return False
    return True
