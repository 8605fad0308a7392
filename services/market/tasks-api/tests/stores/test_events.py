"""Events reach the queue at least once, and become activity exactly once."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from src.services.backlog import Backlog
from src.services.outbox import Outbox
from src.utils.logs import JsonFormatter
from src.utils.settings import Settings
from src.worker import Worker

from .conftest import Api
from .test_tasks import add

EVENT = {
    "type": "item.created",
    "at": "2026-11-21T20:00:00.000Z",
    "subject": "item-1",
    "actor": "user-1",
    "summary": 'offers "Bicycle" for 120.00 EUR',
    "requestId": "the-request",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


@pytest.fixture
def queue(aws: None) -> tuple[Any, str]:
    """A queue of moto's and its address."""
    client = boto3.client("sqs", "eu-west-1")
    return client, client.create_queue(QueueName="events")["QueueUrl"]


def waiting(queue: tuple[Any, str]) -> list[int]:
    """Messages that can be taken, and those that somebody has taken and not deleted."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = queue[0].get_queue_attributes(QueueUrl=queue[1], AttributeNames=names)["Attributes"]
    return [int(found[name]) for name in names]


async def activity(api: Api, **query: Any) -> dict:
    return (await api.client.get("/v1/activity", params=query)).json()


async def test_what_the_queue_did_not_take_stays_and_goes_with_the_next(api: Api, bearer: dict[str, str]) -> None:
    for number in range(3):
        await add(api, bearer, f"task {number}")
    api.queue.refuse = {1}
    assert await api.outbox.hand_over() == 2
    api.queue.refuse = set()
    assert await api.outbox.hand_over() == 1
    assert await api.outbox.hand_over() == 0
    assert sorted(json.loads(body)["summary"] for body in api.queue.sent) == [f'added "task {n}"' for n in range(3)]


async def test_a_queue_that_is_away_loses_no_event(api: Api, bearer: dict[str, str]) -> None:
    await add(api, bearer, "one")
    api.queue.error = EndpointConnectionError(endpoint_url="http://queue")
    with pytest.raises(EndpointConnectionError):
        await api.outbox.hand_over()
    api.queue.error = None
    assert await api.outbox.hand_over() == 1


async def test_events_of_one_batch_go_in_the_order_of_writing(api: Api, bearer: dict[str, str]) -> None:
    for number in range(12):
        await add(api, bearer, f"{number:02}")
    assert [await api.outbox.hand_over() for _ in range(3)] == [10, 2, 0]
    assert [json.loads(body)["summary"] for body in api.queue.sent] == [f'added "{n:02}"' for n in range(12)]


async def test_an_event_becomes_activity_once_however_often_it_is_delivered(api: Api, queue: tuple[Any, str]) -> None:
    event = EVENT | {"id": str(uuid.uuid4())}
    for _ in range(3):
        queue[0].send_message(QueueUrl=queue[1], MessageBody=json.dumps(event))
    worker = Worker(api.services.database, *queue)
    while await worker.take(0):
        pass
    assert await activity(api) == {
        "items": [
            {
                "id": event["id"],
                "type": "item.created",
                "at": "2026-11-21T20:00:00Z",
                "subject": "item-1",
                "actor": "user-1",
                "summary": 'offers "Bicycle" for 120.00 EUR',
            }
        ],
        "nextCursor": None,
    }
    assert waiting(queue) == [0, 0]


async def test_the_trace_of_a_request_goes_on_in_the_worker(
    api: Api, bearer: dict[str, str], queue: tuple[Any, str], caplog: pytest.LogCaptureFixture
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = bearer | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "x-request-id": "the-request"}
    assert (await api.client.post("/v1/tasks", json={"text": "one"}, headers=headers)).status_code == 201
    outbox = Outbox(api.services.database, api.services.reads, *queue)
    assert await outbox.hand_over() == 1
    caplog.set_level(logging.INFO, "src.worker")
    caplog.handler.setFormatter(JsonFormatter())
    await Worker(api.services.database, *queue).take(0)
    (line,) = [json.loads(line) for line in caplog.text.splitlines() if '"src.worker"' in line]
    assert (line["traceId"], line["requestId"], line["type"]) == (trace, "the-request", "task.created")


async def test_a_message_that_is_no_event_is_left_for_the_dead_letter_queue(api: Api, queue: tuple[Any, str]) -> None:
    good = EVENT | {"id": str(uuid.uuid4())}
    for body in ("not json", json.dumps(EVENT), json.dumps(good)):
        queue[0].send_message(QueueUrl=queue[1], MessageBody=body)
    worker = Worker(api.services.database, *queue)
    while await worker.take(0):
        pass
    assert [item["id"] for item in (await activity(api))["items"]] == [good["id"]]
    assert waiting(queue) == [0, 2]


async def test_activity_is_paged_newest_first(api: Api, queue: tuple[Any, str]) -> None:
    for minute in range(5):
        event = EVENT | {"id": str(uuid.uuid4()), "at": f"2026-11-21T20:0{minute}:00Z", "summary": str(minute)}
        queue[0].send_message(QueueUrl=queue[1], MessageBody=json.dumps(event))
    worker = Worker(api.services.database, *queue)
    while await worker.take(0):
        pass
    first = await activity(api, limit=2)
    second = await activity(api, limit=3, cursor=first["nextCursor"])
    assert [item["summary"] for item in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert second["nextCursor"] is None


async def test_the_backlog_is_divided_by_the_workers_that_run(
    api: Api, queue: tuple[Any, str], settings: Settings
) -> None:
    told = replace(
        settings, events_queue_url=queue[1], metric_namespace="Slipway/Workers", metric_service="market-activity"
    )
    cloudwatch = boto3.client("cloudwatch", "eu-west-1")
    for number in range(6):
        queue[0].send_message(QueueUrl=queue[1], MessageBody=str(number))
    one = Backlog(queue[0], cloudwatch, api.services.cache, told)
    assert await one.publish() == 6.0
    other = Backlog(queue[0], cloudwatch, api.services.cache, told)
    assert await other.publish() == 3.0
    (metric,) = cloudwatch.list_metrics(Namespace="Slipway/Workers")["Metrics"]
    assert metric["MetricName"] == "BacklogPerTask"
    assert metric["Dimensions"] == [{"Name": "Service", "Value": "market-activity"}]
