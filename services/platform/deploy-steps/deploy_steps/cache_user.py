"""The step `cache-user`: a user of a Valkey group with a password that only its secret knows.

Event: `user` (id and name), `access` (what it may touch, as ElastiCache writes it), `host`, `port`, `secret` (ARN of
the secret that is written: host, port, username, password, tls, and ca where the authority is not a public one).
"""

import os
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy_steps import aws, secrets_manager, trust
from deploy_steps.errors import StepError

ENGINE = "valkey"
WAIT_SECONDS = 300.0
PAUSE_SECONDS = 1.0


def make(event: Mapping[str, Any]) -> dict[str, Any]:
    """Make the user where it is missing, and give it the access of the event; a password that is known is kept."""
    user = event["user"]
    kept = secrets_manager.read(event["secret"]) or {}
    password = kept.get("password") or secrets_manager.password()
    client = aws.client("elasticache")
    found = _find(client, user)
    if found is None:
        _create(client, event, password)
    elif "password" not in kept:
        _settled(client, user)
        client.modify_user(UserId=user, AccessString=event["access"], Passwords=[password], NoPasswordRequired=False)
    elif found.get("AccessString") != event["access"]:
        _settled(client, user)
        client.modify_user(UserId=user, AccessString=event["access"])
    _settled(client, user)
    secrets_manager.write(event["secret"], _value(event, password))
    return {"user": user, "created": found is None}


def delete(event: Mapping[str, Any]) -> dict[str, Any]:
    """Delete the user; one that is gone already is no error. Its groups and servers forget it by themselves."""
    client = aws.client("elasticache")
    user = event["user"]
    if _find(client, user) is None:
        return {"user": user, "deleted": False}
    _settled(client, user)
    try:
        client.delete_user(UserId=user)
    except ClientError as error:
        if aws.code_of(error) not in ("UserNotFound", "UserNotFoundFault"):
            raise
    return {"user": user, "deleted": True}


def _create(client: Any, event: Mapping[str, Any], password: str) -> None:
    user = event["user"]
    aws.patiently(
        lambda: client.create_user(
            UserId=user, UserName=user, Engine=ENGINE, AccessString=event["access"], Passwords=[password]
        )
    )


def _value(event: Mapping[str, Any], password: str) -> dict[str, Any]:
    value = {
        "host": event["host"],
        "port": int(event["port"]),
        "username": event["user"],
        "password": password,
        "tls": True,
    }
    # On AWS a public authority vouches for the server; elsewhere it is the one of the databases.
    return {**value, "ca": trust.bundle()} if os.environ.get("RDS_TRUST_STORE_URL") else value


def _find(client: Any, user: str) -> dict[str, Any] | None:
    try:
        users = aws.patiently(lambda: client.describe_users(UserId=user))["Users"]
    except ClientError as error:
        if aws.code_of(error) in ("UserNotFound", "UserNotFoundFault"):
            return None
        raise
    return users[0] if users else None


def _settled(client: Any, user: str) -> None:
    """Wait until an earlier change of the user is through: ElastiCache takes one at a time."""
    end = time.monotonic() + WAIT_SECONDS
    while (status := (_find(client, user) or {}).get("Status")) != "active":
        if time.monotonic() > end:
            raise StepError(f"the user {user} is still {status}")
        time.sleep(PAUSE_SECONDS)
