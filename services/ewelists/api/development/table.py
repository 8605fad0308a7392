"""The table as the stack makes it: on demand, with its index, its expiry and its backups."""

from __future__ import annotations

from typing import Any

ATTRIBUTES = ("PK", "SK", "GSI1PK", "GSI1SK")


def make_table(service: Any, name: str) -> None:
    """Make the table where it is not there, and wait until it is."""
    try:
        service.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in ATTRIBUTES],
            KeySchema=_key("PK", "SK"),
            GlobalSecondaryIndexes=[
                {"IndexName": "inverse", "KeySchema": _key("GSI1PK", "GSI1SK"), "Projection": {"ProjectionType": "ALL"}}
            ],
        )
    except service.exceptions.ResourceInUseException:
        return
    service.get_waiter("table_exists").wait(TableName=name)
    service.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expiresAt"})


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
