"""What both stores promise when several requests come at once, and how the table fails."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from counter.settings import Settings
from counter.stores import MemoryStore, SoldOutError, StoreUnavailableError, TableStore, open_store

TABLE = "cameras-in-stock"
REGION = "eu-west-1"


def at_cloud(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Point boto3 at an endpoint by the environment alone, as a container is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")


def test_decrements_at_once_sell_each_camera_once() -> None:
    store = MemoryStore()
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda _: store.decrement(), range(100)))
    assert sorted(values) == list(range(900, 1000))
    assert store.value() == 900


def test_more_buyers_than_cameras_get_sold_out() -> None:
    store = MemoryStore()
    for _ in range(995):
        store.decrement()

    def buy(_: int) -> bool:
        try:
            store.decrement()
        except SoldOutError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        sold = list(pool.map(buy, range(20)))
    assert sold.count(True) == 5
    assert store.value() == 0


class _Failing(BaseHTTPRequestHandler):
    """A DynamoDB that loses every answer; it remembers what it was asked."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.headers["X-Amz-Target"])
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def test_a_decrement_whose_answer_is_lost_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One conditional update: DynamoDB's own promise is that nothing comes between condition and write."""
    with HTTPServer(("127.0.0.1", 0), _Failing) as table:
        threading.Thread(target=table.serve_forever, daemon=True).start()
        at_cloud(monkeypatch, f"http://127.0.0.1:{table.server_port}")
        with pytest.raises(StoreUnavailableError, match="the table refused: 500"):
            TableStore("any", REGION).decrement()
        table.shutdown()
    assert _Failing.asked == ["DynamoDB_20120810.UpdateItem"]


def test_processes_of_the_service_share_the_table(table: TableStore) -> None:
    table.decrement()
    assert TableStore(TABLE, REGION).decrement() == 998
    assert table.reset() == 1000
    assert TableStore(TABLE, REGION).value() == 1000


@pytest.mark.parametrize("ask", [TableStore.value, TableStore.decrement, TableStore.reset])
def test_a_missing_table_is_unavailable_and_named_by_its_code(
    table: TableStore, ask: Callable[[TableStore], int]
) -> None:
    with pytest.raises(StoreUnavailableError, match="the table refused: ResourceNotFoundException"):
        ask(TableStore("nowhere", REGION))


def test_the_endpoint_is_the_environments_and_an_endpoint_that_is_away_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        at_cloud(monkeypatch, f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(StoreUnavailableError, match="the table did not answer: EndpointConnectionError"):
            TableStore("any", REGION).decrement()


def test_the_settings_choose_the_store() -> None:
    assert type(open_store(Settings())) is MemoryStore
    assert type(open_store(Settings(store="dynamodb", table="any", region=REGION))) is TableStore
