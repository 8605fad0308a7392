"""The provider's settings: which account, which region, and never another machine."""

from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.session import Session, configured

HERE = "http://127.0.0.1:4566"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111111111111")


def _configured(**settings: Any) -> Session:
    return configured(settings)


def test_the_first_allowed_account_is_the_access_key() -> None:
    session = _configured(allowedAccountIds=["222222222222", "333333333333"])
    assert (session.caller, session.account) == ("222222222222", "222222222222")


def test_without_allowed_accounts_the_environment_names_the_account() -> None:
    assert _configured().account == "111111111111"


def test_a_role_is_taken_by_the_callers_account_and_decides_where_things_are_made() -> None:
    role = {"roleArn": "arn:aws:iam::222222222222:role/deploy", "sessionName": "up"}
    session = _configured(assumeRoles=[role], allowedAccountIds=["222222222222"])
    assert (session.caller, session.account) == ("111111111111", "222222222222")


def test_a_role_of_an_account_that_is_not_allowed_is_refused() -> None:
    role = {"roleArn": "arn:aws:iam::444444444444:role/deploy"}
    with pytest.raises(Trouble, match="account 444444444444 is not one of the provider's allowedAccountIds"):
        _configured(assumeRole=role, allowedAccountIds=["222222222222"])


def test_a_chain_of_roles_is_refused() -> None:
    roles = [{"roleArn": f"arn:aws:iam::22222222222{last}:role/deploy"} for last in (1, 2)]
    with pytest.raises(Trouble, match="takes one role"):
        _configured(assumeRoles=roles)


@pytest.mark.parametrize(
    "endpoint", ["", "https://sts.amazonaws.com", "http://10.0.0.5:4566", "http://127.0.0.1.example.com:4566"]
)
def test_an_endpoint_elsewhere_is_refused(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(Trouble, match="works on this machine only"):
        _configured()


def test_an_endpoint_of_the_providers_settings_is_refused_when_it_is_elsewhere() -> None:
    with pytest.raises(Trouble, match=r"got the endpoint https://s3\.example\.com"):
        _configured(endpoints=[{"s3": "https://s3.example.com"}])


def test_a_loopback_endpoint_of_the_providers_settings_is_taken() -> None:
    assert _configured(endpoints=[{"s3": "http://localhost:4566"}]).endpoint == HERE


def test_a_setting_that_nobody_follows_is_refused_by_name() -> None:
    with pytest.raises(Trouble, match="the aws provider's setting ignoreTags is not in"):
        _configured(ignoreTags={"keys": ["x"]})


def test_default_tags_are_texts() -> None:
    assert _configured(defaultTags={"tags": {"team": "x", "cost": 5}}).default_tags == {"team": "x", "cost": "5"}


def test_a_run_without_a_region_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(Trouble, match="no region"):
        _configured()


def test_a_run_without_an_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(Trouble, match="does not know its account"):
        _configured()
