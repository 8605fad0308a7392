"""Users: who calls, and their records, which follow a sign-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ewelists import clock, keys
from ewelists.problems import RefusedError
from ewelists.table import Item, Table, UnmetError


@dataclass(frozen=True)
class Caller:
    """Who sent a request, as the authorizer read the token."""

    id: str
    """Cognito's `sub`."""
    username: str
    """What the user pool knows them by."""
    email: str
    name: str


def caller(event: Mapping[str, Any]) -> Caller:
    """Who sent the event; RefusedError 401 without the claims of an ID token."""
    claims = event.get("requestContext", {}).get("authorizer", {}).get("jwt", {}).get("claims", {})
    if not claims.get("sub") or not claims.get("email"):
        raise RefusedError(401, "no-identity", "an ID token is needed, with sub and email")
    return Caller(
        id=claims["sub"],
        username=claims.get("cognito:username", claims["sub"]),
        email=claims["email"],
        name=claims.get("name", ""),
    )


def add(table: Table, user: str, email: str, name: str) -> bool:
    """Write a user's record; False when there is one already."""
    record = keys.profile(user) | {
        "GSI1PK": keys.email(email),
        "GSI1SK": keys.USER + user,
        "id": user,
        "email": email.strip(),
        "name": name.strip() or email.partition("@")[0],
        "createdAt": clock.stamp(),
    }
    try:
        table.put(record, "attribute_not_exists(PK)")
    except UnmetError:
        return False
    return True


class Users:
    """Records of users, over the table and the user pool."""

    def __init__(self, table: Table, user_pool: str) -> None:
        self._table = table
        self._user_pool = user_pool

    def require(self, who: Caller) -> Item:
        """The caller's record, made anew where the sign-up's trigger failed.

        RefusedError 401 when the account is gone: a token outlives it for up to an hour.
        """
        record = self._table.get(keys.profile(who.id))
        if record:
            return record
        if not self._in_pool(who):
            raise RefusedError(401, "no-account", "the account does not exist any more")
        add(self._table, who.id, who.email, who.name)
        return self._table.get(keys.profile(who.id)) or {}

    def rename(self, who: Caller, name: str) -> Item:
        """Give the caller another name."""
        self.require(who)
        return self._table.update(
            keys.profile(who.id), "SET #name = :name", "attribute_exists(PK)", {"name": "name"}, name=name
        )

    def names(self, users: Iterable[str]) -> dict[str, str]:
        """The names of those of the users who exist."""
        found = self._table.get_many([keys.profile(user) for user in sorted(set(users))])
        return {record["id"]: record["name"] for record in found}

    def by_email(self, address: str) -> list[Item]:
        """Who has this address; a moment late."""
        return list(self._table.all(keys.email(address), keys.USER, index=True))

    def forget(self, who: Caller) -> None:
        """Remove all of the caller's partition, then the account itself: done again, it goes on where it ended."""
        self._table.delete_many([{"PK": item["PK"], "SK": item["SK"]} for item in self._table.all(keys.USER + who.id)])
        pool = _pool()
        try:
            pool.admin_delete_user(UserPoolId=self._user_pool, Username=who.username)
        except pool.exceptions.UserNotFoundException:
            return

    def _in_pool(self, who: Caller) -> bool:
        pool = _pool()
        try:
            pool.admin_get_user(UserPoolId=self._user_pool, Username=who.username)
        except pool.exceptions.UserNotFoundException:
            return False
        return True


def shown(record: Item) -> dict[str, Any]:
    """A user's record as the caller sees it."""
    return {name: record.get(name) for name in ("id", "email", "name", "createdAt")}


@cache
def _pool() -> Any:
    import boto3

    return boto3.client("cognito-idp")
