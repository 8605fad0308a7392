"""When a database counts as ready, what its end needs, and that no password is ever shown; no cloud is asked."""

from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws import checking, table
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.aws.session import Session
from localcloud.plugins.provider import Check, Secret, Update
from localcloud.tests.plugins.aws.cases.elasticache import NOBODY
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION

INSTANCE = table.entries()["aws:rds/instance:Instance"]
CACHE = table.entries()["aws:elasticache/replicationGroup:ReplicationGroup"]
USER = table.entries()["aws:elasticache/user:User"]
HIDDEN = "hidden@hidden"


class _Answering(Call):
    """A call whose describe methods answer with one status after the other, the last one for ever."""

    statuses: list[str]

    def api(self, method: str, /, *, of: str = "", account: str = "", **parameters: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        one = {"DBInstanceStatus": status, "DBInstanceIdentifier": "main", "Status": status}
        assert method in ("describe_db_instances", "describe_replication_groups")
        return {"DBInstances": [one], "ReplicationGroups": [one]}


def _call(entry: Any, *statuses: str, **inputs: Any) -> _Answering:
    session = Session(endpoint="http://127.0.0.1:9", region=REGION, caller=ACCOUNT)
    made = _Answering(session, entry, {"identifier": "main", **inputs}, id="main", seconds=60)
    made.statuses = list(statuses)
    return made


@pytest.mark.parametrize("entry", [INSTANCE, CACHE], ids=["database", "cache"])
def test_it_is_waited_for_until_it_is_available(entry: Any) -> None:
    call = _call(entry, "creating", "available")
    entry.settle(call)
    assert call.statuses == ["available"]


@pytest.mark.parametrize(
    ("entry", "status", "reason"),
    [
        (INSTANCE, "incompatible-parameters", "the database instance main is incompatible-parameters"),
        (CACHE, "create-failed", "the cache main is create-failed"),
    ],
)
def test_one_that_will_never_be_available_says_so_at_once(entry: Any, status: str, reason: str) -> None:
    with pytest.raises(Trouble, match=f"{reason} → see its events"):
        entry.settle(_call(entry, status))


def test_a_database_does_not_end_without_a_last_snapshot_or_a_word_about_it() -> None:
    with pytest.raises(Trouble, match="would be deleted without a last snapshot → give finalSnapshotIdentifier"):
        INSTANCE.delete(_call(INSTANCE, "available"))


@pytest.mark.parametrize(
    ("entry", "inputs", "name"),
    [
        (
            INSTANCE,
            {"instanceClass": "db.t4g.micro", "engine": "postgres", "username": "a", "allocatedStorage": 20},
            "",
        ),
        (USER, {**NOBODY, "noPasswordRequired": None, "userId": "market", "userName": "market"}, "passwords"),
    ],
    ids=["database", "user"],
)
def test_a_refused_password_is_not_shown(entry: Any, inputs: dict[str, Any], name: str) -> None:
    given = {**inputs, **({name: [HIDDEN]} if name else {"password": HIDDEN})}
    found = checking.check(entry, Check("urn:pulumi:dev::a::b::c", entry.token, given), {}, "").failures
    assert [failure.property for failure in found] == [name or "password"]
    assert HIDDEN not in found[0].reason


@pytest.mark.parametrize(
    ("token", "name", "given"),
    [(INSTANCE.token, "password", "a-password"), (USER.token, "passwords", ["a-password-of-16"])],
)
def test_a_password_is_secret_in_what_a_preview_shows(
    token: str, name: str, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    provider = Provider()
    provider.configure({"region": REGION, "allowedAccountIds": [ACCOUNT]})

    shown = provider.update(Update("urn:pulumi:dev::a::b::c", token, "main", {name: given}, {}, {}, preview=True))

    assert shown[name] == Secret(given)
