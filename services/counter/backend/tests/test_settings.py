"""The environment is checked once, and every mistake is named."""

from __future__ import annotations

import pytest
from counter.settings import Settings, SettingsError


def test_an_empty_environment_is_the_developers_machine() -> None:
    assert Settings.from_environment({}) == Settings(store="memory", table="", region="", prefix="", workers=1)


def test_the_table_is_served_by_two_processes_unless_told() -> None:
    environment = {"COUNTER_STORE": "dynamodb", "COUNTER_TABLE": "cameras", "AWS_REGION": "eu-west-1"}
    assert Settings.from_environment({**environment, "COUNTER_PREFIX": "/api"}) == Settings(
        store="dynamodb", table="cameras", region="eu-west-1", prefix="/api", workers=2
    )
    assert Settings.from_environment({**environment, "WEB_CONCURRENCY": "1"}).workers == 1


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"COUNTER_STORE": "redis"}, "COUNTER_STORE: memory or dynamodb, got 'redis'"),
        (
            {"COUNTER_PREFIX": "/api/"},
            "COUNTER_PREFIX: empty or a path such as /api without a slash at its end, got '/api/'",
        ),
        (
            {"COUNTER_PREFIX": "api"},
            "COUNTER_PREFIX: empty or a path such as /api without a slash at its end, got 'api'",
        ),
        ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY: a number of processes from 1 to 99, got 'many'"),
        (
            {"WEB_CONCURRENCY": "2"},
            "WEB_CONCURRENCY: the memory store is one process's own: 1 worker, got 2, or set COUNTER_STORE=dynamodb",
        ),
        (
            {"COUNTER_STORE": "dynamodb"},
            "COUNTER_TABLE: needed with COUNTER_STORE=dynamodb, the name of the table; "
            "AWS_REGION: needed with COUNTER_STORE=dynamodb, the table's region",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environment)
    assert str(refused.value) == message
