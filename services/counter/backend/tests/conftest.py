"""What the tests share: an application on either store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
import pytest
from counter.app import create_app
from counter.settings import Settings
from counter.stores import MemoryStore, Store, TableStore
from flask.testing import FlaskClient
from moto import mock_aws

TABLE = "cameras-in-stock"
REGION = "eu-west-1"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[TableStore]:
    """The store on an empty table of moto's."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("dynamodb", REGION).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield TableStore(TABLE, REGION)


@pytest.fixture(params=["memory", "table"])
def store(request: pytest.FixtureRequest) -> Store:
    """A fresh store of each kind."""
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("table")


def leave(store: Store, cameras: int) -> None:
    """Bring the store to that many cameras without a thousand requests."""
    if isinstance(store, MemoryStore):
        store._value = cameras
    else:
        boto3.client("dynamodb", REGION).put_item(
            TableName=TABLE, Item={"id": {"S": "cameras"}, "cameras": {"N": str(cameras)}}
        )


@pytest.fixture
def leave_cameras(store: Store) -> Callable[[int], None]:
    """Bring the test's store to a number of cameras."""
    return lambda cameras: leave(store, cameras)


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """A client of the application without a prefix, on each store."""
    return create_app(Settings(), store).test_client()
