"""Users of a Valkey group: made once, changed where the access differs, gone when told."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deploy_steps import aws, cache_user, handler
from deploy_steps.errors import StepError

from tests.conftest import value_of

ACCESS = "on ~market:* &market:* +@all"


class Users:
    """ElastiCache's users as AWS keeps them: a change takes a while, and passwords are never told."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.passwords: dict[str, str] = {}
        self.calls: list[str] = []
        self.busy = 0

    def describe_users(self, UserId: str) -> dict[str, Any]:  # noqa: N803  # AWS's own name
        if UserId not in self.kept:
            raise ClientError({"Error": {"Code": "UserNotFound", "Message": "no such user"}}, "DescribeUsers")
        self.busy, status = max(self.busy - 1, 0), "modifying" if self.busy else "active"
        return {"Users": [{**self.kept[UserId], "Status": status}]}

    def create_user(self, **given: Any) -> None:
        self.calls.append("create")
        [self.passwords[given["UserId"]]] = given.pop("Passwords")
        self.kept[given["UserId"]] = given
        self.busy = 3

    def modify_user(self, **given: Any) -> None:
        self.calls.append("modify")
        assert not self.busy, "ElastiCache takes one change at a time"
        if "Passwords" in given:
            [self.passwords[given["UserId"]]] = given.pop("Passwords")
        self.kept[given["UserId"]]["AccessString"] = given["AccessString"]
        self.busy = 3

    def delete_user(self, UserId: str) -> None:  # noqa: N803  # AWS's own name
        self.calls.append("delete")
        assert not self.busy, "ElastiCache takes one change at a time"
        del self.kept[UserId]


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> Users:
    found, client = Users(), aws.client
    monkeypatch.setattr(aws, "client", lambda service: found if service == "elasticache" else client(service))
    monkeypatch.setattr(cache_user, "PAUSE_SECONDS", 0)
    return found


@pytest.fixture
def event(secret: Callable[..., str]) -> dict[str, Any]:
    arn = secret("user")
    return {
        "step": "cache-user",
        "user": "dev-cache-market",
        "access": ACCESS,
        "host": "cache.example",
        "port": 6379,
        "secret": arn,
    }


def test_a_user_is_made_with_the_password_that_its_secret_holds(users: Users, event: dict[str, Any]) -> None:
    assert cache_user.make(event) == {"user": "dev-cache-market", "created": True}

    assert users.kept["dev-cache-market"] == {
        "UserId": "dev-cache-market",
        "UserName": "dev-cache-market",
        "Engine": "valkey",
        "AccessString": ACCESS,
    }
    password = users.passwords["dev-cache-market"]
    assert 16 <= len(password) <= 128
    assert value_of(event["secret"]) == {
        "host": "cache.example",
        "port": 6379,
        "username": "dev-cache-market",
        "password": password,
        "tls": True,
    }


def test_a_second_run_changes_nothing(users: Users, event: dict[str, Any]) -> None:
    cache_user.make(event)
    before = value_of(event["secret"])

    assert cache_user.make(event) == {"user": "dev-cache-market", "created": False}

    assert users.calls == ["create"]
    assert value_of(event["secret"]) == before


def test_another_access_is_set_and_the_password_kept(users: Users, event: dict[str, Any]) -> None:
    cache_user.make(event)
    password = users.passwords["dev-cache-market"]

    cache_user.make({**event, "access": "on ~shop:* +@all"})

    assert users.calls == ["create", "modify"]
    assert users.kept["dev-cache-market"]["AccessString"] == "on ~shop:* +@all"
    assert users.passwords["dev-cache-market"] == value_of(event["secret"])["password"] == password


def test_a_user_whose_secret_was_lost_gets_a_new_password(
    users: Users, event: dict[str, Any], secret: Callable[..., str]
) -> None:
    cache_user.make(event)
    old = users.passwords["dev-cache-market"]
    event["secret"] = secret("again")

    cache_user.make(event)

    assert users.passwords["dev-cache-market"] == value_of(event["secret"])["password"] != old


def test_another_host_is_written_with_the_same_password(users: Users, event: dict[str, Any]) -> None:
    cache_user.make(event)
    before = value_of(event["secret"])

    cache_user.make({**event, "host": "elsewhere.example"})

    assert value_of(event["secret"]) == {**before, "host": "elsewhere.example"}


def test_an_authority_that_is_not_public_is_told(
    users: Users, event: dict[str, Any], trust_store: Callable[[str], None]
) -> None:
    trust_store("-----BEGIN CERTIFICATE-----\n")

    cache_user.make(event)

    assert value_of(event["secret"])["ca"] == "-----BEGIN CERTIFICATE-----\n"


def test_a_user_is_deleted_with_its_resource_and_only_once(users: Users, event: dict[str, Any]) -> None:
    handler.handle(event, None)
    told = {**event, "tf": {"action": "delete", "prev_input": None}}

    assert handler.handle(told, None) == {"user": "dev-cache-market", "deleted": True}
    assert handler.handle(told, None) == {"user": "dev-cache-market", "deleted": False}
    assert users.kept == {}


def test_a_user_that_never_settles_is_told(
    users: Users, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_user, "WAIT_SECONDS", 0)

    with pytest.raises(StepError, match="the user dev-cache-market is still modifying"):
        cache_user.make(event)
