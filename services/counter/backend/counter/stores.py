"""Where the counter lives. Both stores count down atomically and never below zero."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from counter.settings import Settings

START = 1000
"""Cameras in stock at the beginning and after a reset."""

ITEM = "cameras"
"""Value of the table's partition key `id` for the one item there is."""


class SoldOutError(Exception):
    """The counter is at zero and stays there."""


class StoreUnavailableError(Exception):
    """The store gave no answer that can be used; the message says which."""


class Store(Protocol):
    """A counter that several requests use at once."""

    def value(self) -> int:
        """Cameras left."""

    def decrement(self) -> int:
        """Take one and return how many are left; SoldOutError at zero."""

    def reset(self) -> int:
        """Back to START, which is returned."""


class MemoryStore:
    """The counter in this process: gone with it, and not shared with another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = START

    def value(self) -> int:
        """Cameras left."""
        return self._value

    def decrement(self) -> int:
        """Take one and return how many are left; SoldOutError at zero."""
        with self._lock:
            if self._value == 0:
                raise SoldOutError
            self._value -= 1
            return self._value

    def reset(self) -> int:
        """Back to START, which is returned."""
        with self._lock:
            self._value = START
            return self._value


class TableStore:
    """The counter as one item of a DynamoDB table, shared by every process of the service.

    A table without the item counts as full, so a new table needs no preparation.
    """

    def __init__(self, table: str, region: str) -> None:
        self._table = table
        session = Session(region_name=region)  # named because boto3 by itself does not know AWS_REGION
        self._client = _client(session, attempts=3)
        # A write whose answer was lost may have happened: a second try could sell two cameras for one request.
        self._once = _client(session, attempts=1)

    def value(self) -> int:
        """Cameras left, after every write that was answered; StoreUnavailableError."""
        answer = _ask(self._client.get_item, TableName=self._table, Key=_key(), ConsistentRead=True)
        item = answer.get("Item")
        return int(item["cameras"]["N"]) if item else START

    def decrement(self) -> int:
        """Take one and return how many are left; SoldOutError at zero, StoreUnavailableError."""
        try:
            answer = _ask(
                self._once.update_item,
                TableName=self._table,
                Key=_key(),
                UpdateExpression="SET cameras = if_not_exists(cameras, :start) - :one",
                ConditionExpression="attribute_not_exists(cameras) OR cameras > :zero",
                ExpressionAttributeValues={":start": {"N": str(START)}, ":one": {"N": "1"}, ":zero": {"N": "0"}},
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            raise SoldOutError from error
        return int(answer["Attributes"]["cameras"]["N"])

    def reset(self) -> int:
        """Back to START, which is returned; StoreUnavailableError."""
        _ask(self._client.put_item, TableName=self._table, Item={**_key(), "cameras": {"N": str(START)}})
        return START


def open_store(settings: Settings) -> Store:
    """The store that the settings ask for."""
    return TableStore(settings.table, settings.region) if settings.store == "dynamodb" else MemoryStore()


def _client(session: Session, *, attempts: int) -> Any:
    """A DynamoDB client that gives up long before a balancer would.

    The endpoint is boto3's own business: AWS_ENDPOINT_URL or the region's.
    """
    retries = {"mode": "standard", "total_max_attempts": attempts}
    return session.client("dynamodb", config=Config(connect_timeout=2, read_timeout=5, retries=retries))


def _key() -> dict[str, dict[str, str]]:
    return {"id": {"S": ITEM}}


def _ask(call: Any, **arguments: Any) -> dict[str, Any]:
    """The call's answer; ClientError only for a condition that does not hold, else StoreUnavailableError."""
    try:
        answer: dict[str, Any] = call(**arguments)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise
        raise StoreUnavailableError(f"the table refused: {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailableError(f"the table did not answer: {type(error).__name__}") from error
    return answer
