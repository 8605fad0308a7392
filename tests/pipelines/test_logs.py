"""What a service wrote: its log group by any of its names, in order of time, each line once."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from interface import names
from localcloud import cloud
from localcloud.errors import Trouble
from pipelines import logs, machine, stacks


def event(second: int, message: str, stream: str = "backend/1") -> dict[str, Any]:
    return {"timestamp": second * 1000, "logStreamName": stream, "message": message}


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log groups of three services in the state of dev, and one that belongs to no service."""

    def group(service: str, parent: str = f"{names.CONTAINER_SERVICE_TYPE}$") -> dict[str, Any]:
        kind = "aws:cloudwatch/logGroup:LogGroup"
        urn = f"urn:pulumi:dev::slipway::{parent}{kind}::{service}"
        return {"urn": urn, "type": kind, "outputs": {"name": f"{service}-1a2b"}}

    listed = [group("counter-backend"), group("shop-backend"), group("counter-frontend"), group("flow", parent="")]
    monkeypatch.setattr(stacks, "resources", lambda stack: listed if stack == "dev" else [])


@pytest.fixture
def written(groups: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the cloud answer one look after the other with the given pages of events."""

    def answer(*looks: list[list[dict[str, Any]]]) -> None:
        left = iter(looks)

        def paginate(logGroupName: str, startTime: int) -> list[dict[str, Any]]:  # noqa: N803
            assert logGroupName == "counter-frontend-1a2b"
            return [{"events": page} for page in next(left)]

        client = SimpleNamespace(get_paginator=lambda name: SimpleNamespace(paginate=paginate))
        monkeypatch.setattr(cloud, "client", lambda service, account, running: client)
        monkeypatch.setattr(machine, "running", lambda: SimpleNamespace(cloud=None))
        monkeypatch.setattr("time.sleep", lambda seconds: None)

    return answer


@pytest.mark.parametrize(
    ("name", "found"), [("counter-backend", "counter-backend-1a2b"), ("frontend", "counter-frontend-1a2b")]
)
def test_a_service_is_found_by_its_name_with_or_without_its_system(groups: None, name: str, found: str) -> None:
    assert logs.group("dev", name) == found


@pytest.mark.parametrize(
    ("stack", "name", "line"),
    [
        (
            "dev",
            "backend",
            "dev has 2 services called 'backend' → one of counter-backend, counter-frontend, shop-backend",
        ),
        ("dev", "flow", "dev has no services called 'flow' → one of counter-backend, counter-frontend, shop-backend"),
        ("prod", "backend", "prod has no services called 'backend' → one of none: bring the stack up first"),
    ],
)
def test_a_name_that_is_not_of_one_service_is_refused_with_those_there_are(
    groups: None, stack: str, name: str, line: str
) -> None:
    with pytest.raises(Trouble) as raised:
        logs.group(stack, name)
    assert str(raised.value) == line


def test_lines_of_all_streams_come_in_order_of_time(written: Callable[..., None]) -> None:
    written([[event(20, "second\n"), event(10, "first\n")], [event(30, "third", "backend/2")]])
    assert list(logs.lines("dev", "frontend", follow=False, since_seconds=60)) == [
        {"time": "1970-01-01T00:00:10.000+00:00", "stream": "backend/1", "message": "first"},
        {"time": "1970-01-01T00:00:20.000+00:00", "stream": "backend/1", "message": "second"},
        {"time": "1970-01-01T00:00:30.000+00:00", "stream": "backend/2", "message": "third"},
    ]


def test_following_tells_a_line_once_and_one_that_came_late_too(written: Callable[..., None]) -> None:
    written(
        [[event(10, "a")]], [[event(10, "a"), event(20, "b")]], [[event(10, "a"), event(15, "late"), event(20, "b")]]
    )
    told = itertools.islice(logs.lines("dev", "frontend", follow=True, since_seconds=60), 3)
    assert [line["message"] for line in told] == ["a", "b", "late"]
