"""Bearer tokens: RS256, signed with a key that market-api publishes, meant for this system and not expired."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from opentelemetry.propagate import inject

from src.utils import context
from src.utils.metrics import KEY_SET_FETCHES, TOKENS_REFUSED
from src.utils.problems import UnavailableError

LOG = logging.getLogger(__name__)
FRESH_SECONDS = 600
"""A key set is fetched again after so long, so that a withdrawn key ends."""
LEAST_SECONDS = 5
"""Tokens with unknown keys make no more fetches than one in so long."""
FETCH_SECONDS = 3
LEEWAY_SECONDS = 10
LONGEST_TOKEN = 8192
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
LEAST_BITS = 2048


class TokenRefusedError(Exception):
    """The token is not good; the reason is one word for the metric and a sentence for the caller."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        TOKENS_REFUSED.labels(reason).inc()


@dataclass(frozen=True)
class Caller:
    """Who calls."""

    id: str
    email: str
    scopes: frozenset[str]


class KeySet:
    """market-api's public keys by their id, kept, and fetched again for an id that is not among them."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url
        self._client = client
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, identity: str) -> Any:
        """The key, None when the set has none of that id; UnavailableError when no set could ever be fetched."""
        if self._wants(identity):
            async with self._lock:
                if self._wants(identity):
                    await self._fetch()
        return self._keys.get(identity)

    def _wants(self, identity: str) -> bool:
        now = time.monotonic()
        stale = identity not in self._keys or now - self._fetched_at > FRESH_SECONDS
        return stale and now - self._tried_at > (LEAST_SECONDS if self._keys else 1)

    async def _fetch(self) -> None:
        """Replace the keys; those at hand are kept when market-api is away."""
        self._tried_at = time.monotonic()
        headers = {"x-request-id": context.request_id.get()} if context.request_id.get() else {}
        inject(headers)
        try:
            answer = await self._client.get(self._url, headers=headers, timeout=FETCH_SECONDS)
            answer.raise_for_status()
            self._keys = _keys(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            KEY_SET_FETCHES.labels("failed").inc()
            LOG.error("the key set cannot be fetched: %s", type(error).__name__)
            if not self._keys:
                raise UnavailableError("the key set of market-api", type(error).__name__) from error
            return
        self._fetched_at = self._tried_at
        KEY_SET_FETCHES.labels("fetched").inc()


class Tokens:
    """What tokens of one issuer for one audience say."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    async def caller(self, token: str) -> Caller:
        """Who the token was given to; TokenRefusedError, UnavailableError."""
        if len(token) > LONGEST_TOKEN:
            raise TokenRefusedError("malformed", "the token is longer than any that is issued")
        key = await self._keys.key(_key_id(token))
        if key is None:
            raise TokenRefusedError("unknown-key", "the token's key is not in the issuer's key set")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenRefusedError("expired", "the token has expired") from error
        except jwt.InvalidAudienceError as error:
            raise TokenRefusedError("audience", "the token is meant for another audience") from error
        except jwt.InvalidIssuerError as error:
            raise TokenRefusedError("issuer", "the token has another issuer") from error
        except jwt.InvalidSignatureError as error:
            raise TokenRefusedError("signature", "the token's signature is not its key's") from error
        except jwt.InvalidTokenError as error:
            raise TokenRefusedError("claims", "the token lacks a claim or has one that is not valid") from error
        return _caller(claims)


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TokenRefusedError("malformed", "the token is not a JSON web token") from error
    if header.get("alg") != "RS256":
        raise TokenRefusedError("algorithm", "the token is not signed with RS256")
    identity = header.get("kid")
    if not isinstance(identity, str) or not identity:
        raise TokenRefusedError("unknown-key", "the token does not name its key")
    return identity


def _caller(claims: dict[str, Any]) -> Caller:
    subject, scope, email = claims["sub"], claims.get("scope", ""), claims.get("email", "")
    if not (0 < len(subject) <= 64 and subject.isprintable() and isinstance(scope, str) and isinstance(email, str)):
        raise TokenRefusedError("claims", "the token lacks a claim or has one that is not valid")
    return Caller(subject, email, frozenset(scope.split()))


def _keys(document: Any) -> dict[str, Any]:
    """The RSA keys for RS256 of a key set, without those of other kinds or too short; ValueError when none is left."""
    found = {}
    for entry in document["keys"]:
        if entry.get("kty") == "RSA" and entry.get("alg", "RS256") == "RS256" and entry.get("use", "sig") == "sig":
            try:
                key = jwt.PyJWK(entry, algorithm="RS256").key
            except jwt.PyJWTError:
                continue
            if key.key_size >= LEAST_BITS:
                found[str(entry["kid"])] = key
    if not found:
        raise ValueError("the key set has no usable key")
    return found
