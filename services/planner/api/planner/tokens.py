"""Cognito's tokens: RS256, signed with a key of the user pool, meant for one client and not expired."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.request
from typing import Any

import jwt

from planner import environment
from planner.problems import UnavailableError

LOG = logging.getLogger(__name__)
FRESH_SECONDS = 600
"""A key set is fetched again after so long, so that a withdrawn key ends."""
LEAST_SECONDS = 5
"""Tokens with unknown keys make no more fetches than one in so long."""
FETCH_SECONDS = 3
LEEWAY_SECONDS = 10
LONGEST_TOKEN = 8192


class TokenRefusedError(Exception):
    """The token is not good; the text says why without repeating it."""


class KeySet:
    """A user pool's public keys by their id, kept, and fetched again for an id that is not among them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, Any] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = threading.Lock()

    def key(self, identity: str) -> Any:
        """The key, None when the set has none of that id; UnavailableError when no set could ever be fetched."""
        with self._lock:
            now = time.monotonic()
            stale = identity not in self._keys or now - self._fetched_at > FRESH_SECONDS
            if stale and now - self._tried_at > (LEAST_SECONDS if self._keys else 1):
                self._fetch(now)
            return self._keys.get(identity)

    def _fetch(self, now: float) -> None:
        """Replace the keys; those at hand are kept when the pool is away."""
        self._tried_at = now
        try:
            with urllib.request.urlopen(self._url, timeout=FETCH_SECONDS) as answer:  # noqa: S310 # the pool's own address
                document = json.load(answer)
            self._keys = {entry["kid"]: jwt.PyJWK(entry, algorithm="RS256").key for entry in document["keys"]}
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            LOG.error("the key set cannot be fetched: %s", type(error).__name__)
            if not self._keys:
                raise UnavailableError("the key set") from error
            return
        self._fetched_at = now


_SETS: dict[str, KeySet] = {}


def pool_keys() -> KeySet:
    """The key set of the user pool that the environment names."""
    url = f"{environment.cognito_endpoint()}/{environment.text('USER_POOL_ID')}/.well-known/jwks.json"
    return _SETS.setdefault(url, KeySet(url))


def claims(token: str, client_id: str) -> dict[str, Any]:
    """What a token of the user pool for this client says; TokenRefusedError, UnavailableError.

    An id token names its client as `aud`, an access token as `client_id`.
    """
    if len(token) > LONGEST_TOKEN:
        raise TokenRefusedError("the token is longer than any that is issued")
    key = pool_keys().key(_key_id(token))
    if key is None:
        raise TokenRefusedError("the token's key is not in the issuer's key set")
    options: Any = {"require": ["exp", "iss", "sub", "token_use"], "verify_aud": False}
    try:
        found: dict[str, Any] = jwt.decode(
            token, key, algorithms=["RS256"], issuer=environment.issuer(), leeway=LEEWAY_SECONDS, options=options
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefusedError("the token has expired") from error
    except jwt.InvalidTokenError as error:
        raise TokenRefusedError("the token is not one of this issuer's") from error
    names_client = {"id": "aud", "access": "client_id"}.get(str(found["token_use"]))
    if not client_id or names_client is None or found.get(names_client) != client_id:
        raise TokenRefusedError("the token is meant for another client")
    return found


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TokenRefusedError("the token is not a JSON web token") from error
    if header.get("alg") != "RS256":
        raise TokenRefusedError("the token is not signed with RS256")
    identity = header.get("kid")
    if not isinstance(identity, str) or not identity:
        raise TokenRefusedError("the token does not name its key")
    return identity
