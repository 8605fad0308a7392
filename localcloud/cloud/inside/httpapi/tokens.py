"""The JWT authorizer: what a token must be to pass, and what is answered otherwise."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import apigateway, cognito

COGNITO = "https://cognito-idp."


@dataclass(frozen=True)
class Refusal:
    """An answer instead of the integration's."""

    status: int
    message: str
    challenge: str = ""
    """Value of `www-authenticate`, which says what is wrong with the token."""


@dataclass(frozen=True)
class Passed:
    """What the integration learns of the caller."""

    claims: Mapping[str, Any]
    scopes: tuple[str, ...]


def _invalid(reason: str) -> Refusal:
    return Refusal(401, "Unauthorized", f'Bearer scope="" error="invalid_token" error_description="{reason}"')


MISSING = Refusal(401, "Unauthorized", "Bearer")


async def check(
    authorizer: Mapping[str, Any], wanted: list[str], headers: Mapping[str, str], query: Mapping[str, list[str]]
) -> Passed | Refusal:
    """Check the token of a request against an authorizer and the scopes that its route wants, one of which suffices.

    Issuer, audience (`aud` or `client_id`), times and the RS256 signature by a key of the issuer must be right.
    """
    token = apigateway._extract_token_from_identity_source(authorizer.get("identitySource", []), headers, query)
    if not token:
        return MISSING
    try:
        head, claims = (json.loads(_decoded(part)) for part in token.split(".")[:2])
    except ValueError:
        return _invalid("the token is malformed")
    if not isinstance(head, dict) or not isinstance(claims, dict) or token.count(".") != 2:
        return _invalid("the token is malformed")
    configuration = authorizer.get("jwtConfiguration") or {}
    reason = await _reason(token, head, claims, configuration)
    if reason:
        return _invalid(reason)
    scopes = _scopes(claims)
    if wanted and not set(wanted) & set(scopes):
        return Refusal(403, "Forbidden", 'Bearer scope="" error="insufficient_scope"')
    return Passed(claims, scopes)


async def _reason(token: str, head: dict[str, Any], claims: dict[str, Any], configuration: Mapping[str, Any]) -> str:
    """Return why a token is refused, or an empty text."""
    issuer = str(configuration.get("issuer") or "")
    if head.get("alg") != "RS256":
        return "the signing method is invalid"
    if claims.get("iss") != issuer:
        return "the token has an invalid issuer"
    key = next((each for each in await _keys(issuer) if each.get("kid") == head.get("kid")), None)
    if key is None or not apigateway._verify_rs256_signature(token, key):
        return "the token has an invalid signature"
    given = claims.get("aud", claims.get("client_id"))
    audiences = [str(each) for each in (given if isinstance(given, list) else [given])]
    if not set(audiences) & {str(each) for each in configuration.get("audience") or ()}:
        return "the token does not have a valid audience"
    return _too_late_or_soon(claims)


def _too_late_or_soon(claims: Mapping[str, Any]) -> str:
    now = time.time()
    expires, not_before, issued = (claims.get(name) for name in ("exp", "nbf", "iat"))
    if not isinstance(expires, int | float) or expires <= now:
        return "the token has expired"
    if isinstance(not_before, int | float) and not_before > now:
        return "the token is not valid yet"
    if isinstance(issued, int | float) and issued > now + 1:  # issued in this second, rounded up
        return "the token is used before issued"
    return ""


async def _keys(issuer: str) -> list[dict[str, Any]]:
    """Return the issuer's keys: of a user pool from this cloud, of others as they publish them."""
    if issuer.startswith(COGNITO):
        pool = issuer.rpartition("/")[2]
        if not any(key[-1] == pool for key, _ in cognito._user_pools.all_items()):
            return []
        return list(json.loads(cognito.well_known_jwks(pool)[2])["keys"])
    try:
        address = await apigateway._resolve_jwks_url({"jwtConfiguration": {"issuer": issuer}})
        return list((await apigateway._fetch_jwks(address)).get("keys") or [])
    except (OSError, ValueError):
        return []


def _scopes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("scope", "scp"):
        value = claims.get(name)
        found += value.split() if isinstance(value, str) else [str(each) for each in value or ()]
    return tuple(sorted(set(found)))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
