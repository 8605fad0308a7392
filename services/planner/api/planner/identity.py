"""Who calls: people by a token of the user pool, machines by an IAM identity that the gateway has verified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication

from planner import environment

SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""A user pool's `sub` is a UUID. It becomes part of keys in a bucket: a slash or a dot must never get in."""


@dataclass(frozen=True)
class Caller:
    """Who a request comes from."""

    id: str
    """`sub` of a person, ARN of a machine."""
    email: str = ""
    is_authenticated: bool = True


class Person(BaseAuthentication):
    """Behind a gateway its verified claims, which are all there is; without one the token, verified here."""

    def authenticate(self, request: Any) -> tuple[Caller, None] | None:
        """The caller; None without a token."""
        event = gateway_event(request)
        if event is not None:
            claims = _authorizer(event).get("jwt", {}).get("claims")
            return None if not claims else (_caller(claims), None)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return None
        # Cryptography takes a while to load, and behind a gateway nobody asks for it.
        from planner import tokens

        try:
            return _caller(tokens.claims(token.strip(), environment.text("USER_POOL_CLIENT_ID"))), None
        except tokens.TokenRefusedError as error:
            raise exceptions.AuthenticationFailed(str(error)) from error

    def authenticate_header(self, request: Any) -> str:
        """What makes a refusal a 401."""
        return "Bearer"


class Machine(BaseAuthentication):
    """An IAM identity: only a gateway can vouch for one, so that without a gateway nobody is one."""

    def authenticate(self, request: Any) -> tuple[Caller, None] | None:
        """The caller; None without an identity."""
        arn = _authorizer(gateway_event(request) or {}).get("iam", {}).get("userArn")
        return (Caller(str(arn)), None) if arn else None

    def authenticate_header(self, request: Any) -> str:
        """What makes a refusal a 401."""
        return "AWS4-HMAC-SHA256"


def gateway_event(request: Any) -> dict[str, Any] | None:
    """The event that API Gateway sent; None when the application runs without a gateway."""
    event: dict[str, Any] | None = getattr(request, "scope", {}).get("aws.event")
    return event


def _authorizer(event: dict[str, Any]) -> dict[str, Any]:
    return event.get("requestContext", {}).get("authorizer") or {}


def _caller(claims: dict[str, Any]) -> Caller:
    subject = str(claims.get("sub", ""))
    if not SUBJECT.fullmatch(subject):
        raise exceptions.AuthenticationFailed("the token does not name its user")
    return Caller(subject, str(claims.get("email", "")))
