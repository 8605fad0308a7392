"""Which tokens are taken, and how the key set is kept."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator

import httpx
import jwt
import pytest
from src.services.tokens import KeySet, TokenRefusedError, Tokens
from src.utils import context
from src.utils.problems import UnavailableError
from support import AUDIENCE, ISSUER, USER, Issuer, another_key, new_key, public_jwk


@pytest.fixture
async def tokens(issuer: Issuer) -> AsyncIterator[Tokens]:
    async with httpx.AsyncClient() as client:
        yield Tokens(KeySet(issuer.url, client), ISSUER, AUDIENCE)


async def refused(tokens: Tokens, token: str) -> str:
    with pytest.raises(TokenRefusedError) as raised:
        await tokens.caller(token)
    return raised.value.reason


async def test_a_good_token_says_who_calls(tokens: Tokens, issuer: Issuer) -> None:
    caller = await tokens.caller(issuer.token())
    assert (caller.id, caller.email, caller.scopes) == (USER, "ada@example.com", {"tasks:write", "items:write"})


async def test_a_token_without_a_signature_is_refused_by_its_algorithm(tokens: Tokens, issuer: Issuer) -> None:
    parts = issuer.token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "one", "typ": "JWT"}).encode()).rstrip(b"=")
    assert await refused(tokens, f"{header.decode()}.{parts[1]}.") == "algorithm"


async def test_the_public_key_is_no_shared_secret(tokens: Tokens, issuer: Issuer) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, issuer.published[0]["n"], algorithm="HS256", headers={"kid": "one"})
    assert await refused(tokens, forged) == "algorithm"


async def test_another_key_under_a_known_name_is_refused(tokens: Tokens, issuer: Issuer) -> None:
    assert await refused(tokens, issuer.token(key=another_key())) == "signature"


async def test_a_key_in_the_token_itself_is_not_looked_at(tokens: Tokens, issuer: Issuer) -> None:
    own = another_key()
    headers = {"jwk": public_jwk(own, "own"), "jku": issuer.url, "kid": "own"}
    assert await refused(tokens, issuer.token(key=own, headers=headers)) == "unknown-key"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": int(time.time()) - 60}, "expired"),
        ({"aud": "another"}, "audience"),
        ({"iss": "http://another.test"}, "issuer"),
        ({"exp": None}, "claims"),
        ({"sub": None}, "claims"),
        ({"aud": None}, "claims"),
        ({"iss": None}, "claims"),
        ({"iat": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": "x" * 65}, "claims"),
        ({"sub": "a\nb"}, "claims"),
        ({"scope": ["tasks:write"]}, "claims"),
        ({"nbf": int(time.time()) + 600}, "claims"),
    ],
)
async def test_a_claim_that_is_wrong_is_refused(tokens: Tokens, issuer: Issuer, claims: dict, reason: str) -> None:
    assert await refused(tokens, issuer.token(**claims)) == reason


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é.é.é", "..", "x" * 9000])
async def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    assert await refused(tokens, token) == "malformed"


async def test_a_token_that_names_no_key_is_refused(tokens: Tokens, issuer: Issuer) -> None:
    assert await refused(tokens, issuer.token(headers={"kid": ""})) == "unknown-key"


async def test_the_key_set_is_fetched_once_for_many_tokens(tokens: Tokens, issuer: Issuer) -> None:
    for _ in range(5):
        await tokens.caller(issuer.token())
    assert len(issuer.requests) == 1


async def test_a_new_key_is_fetched_when_a_token_names_it(
    tokens: Tokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.services.tokens.LEAST_SECONDS", 0)
    await tokens.caller(issuer.token())
    issuer.keys["two"] = another_key()
    issuer.published = [public_jwk(issuer.keys["two"], "two")]
    assert (await tokens.caller(issuer.token(kid="two"))).id == USER
    assert await refused(tokens, issuer.token()) == "unknown-key"


async def test_unknown_keys_do_not_make_a_fetch_each(tokens: Tokens, issuer: Issuer) -> None:
    await tokens.caller(issuer.token())
    for number in range(5):
        assert await refused(tokens, issuer.token(headers={"kid": f"invented-{number}"})) == "unknown-key"
    assert len(issuer.requests) == 1


async def test_known_keys_are_kept_while_the_key_set_is_away(
    tokens: Tokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tokens.caller(issuer.token())
    monkeypatch.setattr("src.services.tokens.FRESH_SECONDS", 0)
    monkeypatch.setattr("src.services.tokens.LEAST_SECONDS", 0)
    issuer.status = 500
    assert (await tokens.caller(issuer.token())).id == USER
    assert len(issuer.requests) == 2


async def test_without_any_key_set_the_answer_is_that_it_is_away_and_not_that_the_token_is_bad(
    tokens: Tokens, issuer: Issuer
) -> None:
    issuer.status = 503
    with pytest.raises(UnavailableError, match="the key set of market-api does not answer"):
        await tokens.caller(issuer.token())


@pytest.mark.parametrize("broken", [{"keys": None}, {"keys": [{"kty": "RSA", "kid": "one", "n": "?", "e": "?"}]}, []])
async def test_a_key_set_that_is_none_counts_as_away(broken: object, issuer: Issuer) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=broken))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(UnavailableError):
            await Tokens(KeySet("http://keys.test", client), ISSUER, AUDIENCE).caller(issuer.token())


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits long")
async def test_a_short_key_and_keys_of_other_kinds_are_left_out(tokens: Tokens, issuer: Issuer) -> None:
    issuer.keys["short"] = new_key(1024)
    others = [{"kty": "EC", "kid": "curve"}, {**issuer.published[0], "kid": "sealing", "use": "enc"}]
    issuer.published += [public_jwk(issuer.keys["short"], "short"), *others]
    assert await refused(tokens, issuer.token(kid="short")) == "unknown-key"
    assert await refused(tokens, issuer.token(headers={"kid": "sealing"})) == "unknown-key"


async def test_the_fetch_carries_the_request_id(tokens: Tokens, issuer: Issuer) -> None:
    token = context.request_id.set("the-request")
    await tokens.caller(issuer.token())
    context.request_id.reset(token)
    assert issuer.requests[0]["x-request-id"] == "the-request"
