"""Cognito's own pages: a sign-in in the browser by a code with PKCE, and what comes after it."""

import base64
import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from localcloud import cloud
from localcloud.cloud.inside.mends.cognito_oauth import form_of, registered
from localcloud.tests.cloud import srp
from localcloud.tests.cloud.calls import name
from localcloud.tests.cloud.people import PASSWORD, Pool, claims, code_of, fetch, make

CALLBACK = "https://planner.dev.example.test/admin/callback"
DOOR = "http://planner.dev.example.test.localhost:8080/admin/callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_an_address_of_the_front_door_is_the_one_on_aws() -> None:
    assert registered(DOOR) == CALLBACK
    assert registered(f"{DOOR}?a=b#c") == f"{CALLBACK}?a=b#c"
    assert registered(CALLBACK) == CALLBACK
    assert registered("http://localhost:3000/back") == "http://localhost:3000/back"
    assert form_of(urlencode({"redirect_uri": DOOR, "state": DOOR}).encode()) == {
        "redirect_uri": [CALLBACK],
        "state": [DOOR],
    }


@pytest.fixture(scope="module")
def pool(plain: cloud.Cloud) -> Pool:
    return make(plain, "777777777782")


class Visit:
    """A browser that signs in by a code."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.asked = {
            "client_id": pool.client,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid email",
            "state": "s1",
            "nonce": "n1",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def page(self, **changes: str) -> tuple[int, dict[str, str], str]:
        return fetch(f"{self.pool.cloud.endpoint}/oauth2/authorize?{urlencode({**self.asked, **changes})}")

    def sign_in(self, username: str, password: str, **changes: str) -> tuple[int, dict[str, str], str]:
        status, _, text = self.page(**changes)
        assert status == 200
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
        [action] = re.findall(r'<form method="POST" action="([^"]+)">', text)
        form = urlencode({**fields, "username": username, "password": password}).encode()
        return fetch(f"{self.pool.cloud.endpoint}{action}", form, **FORM)

    def code(self, username: str, **changes: str) -> str:
        status, headers, _ = self.sign_in(username, PASSWORD, **changes)
        assert status == 302
        location = urlsplit(headers["location"])
        assert location._replace(query="").geturl() == CALLBACK
        query = parse_qs(location.query)
        assert query["state"] == ["s1"]
        return query["code"][0]

    def token(self, **form: str) -> tuple[int, dict[str, Any]]:
        body = urlencode({"client_id": self.pool.client, **form}).encode()
        status, _, text = fetch(f"{self.pool.cloud.endpoint}/oauth2/token", body, **FORM)
        return status, json.loads(text)

    def tokens(self, code: str, verifier: str | None = None, redirect: str = CALLBACK) -> tuple[int, dict[str, Any]]:
        given = {"code": code, "code_verifier": verifier or self.verifier, "redirect_uri": redirect}
        return self.token(grant_type="authorization_code", **given)


@pytest.mark.cloud
def test_a_code_becomes_tokens_once(pool: Pool) -> None:
    address, visit = pool.join(), Visit(pool)
    code = visit.code(address)
    assert visit.tokens(code, verifier="x" * 43) == (
        400,
        {"error": "invalid_grant", "error_description": "PKCE verification failed."},
    )
    status, tokens = visit.tokens(code)
    assert (status, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 3600)
    identity, access = claims(tokens["id_token"]), claims(tokens["access_token"])
    assert (identity["email"], identity["aud"], identity["nonce"]) == (address, pool.client, "n1")
    assert sorted(access["scope"].split()) == ["email", "openid"]
    assert visit.tokens(code)[1]["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    status, _, text = fetch(f"{pool.cloud.endpoint}/oauth2/userInfo", None, **bearer)
    assert (status, json.loads(text)["email"], json.loads(text)["sub"]) == (200, address, identity["sub"])
    forged = {"Authorization": f"Bearer {tokens['access_token'][:-8]}AAAAAAAA"}
    assert fetch(f"{pool.cloud.endpoint}/oauth2/userInfo", None, **forged)[0] == 401


@pytest.mark.cloud
def test_addresses_of_the_front_door_are_taken_for_the_ones_on_aws(pool: Pool) -> None:
    visit = Visit(pool)
    code = visit.code(pool.join(), redirect_uri=DOOR)
    assert visit.tokens(code, redirect=DOOR)[0] == 200


@pytest.mark.cloud
def test_a_refresh_token_works_until_it_is_revoked(pool: Pool) -> None:
    visit = Visit(pool)
    _, tokens = visit.tokens(visit.code(pool.join()))
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    status, renewed = visit.token(**refresh)
    assert (status, claims(renewed["id_token"])["sub"]) == (200, claims(tokens["id_token"])["sub"])
    forged = {**refresh, "refresh_token": f"{tokens['refresh_token'][:-8]}AAAAAAAA"}
    assert visit.token(**forged) == (400, {"error": "invalid_grant"})
    form = urlencode({"client_id": pool.client, "token": tokens["refresh_token"]}).encode()
    assert fetch(f"{pool.cloud.endpoint}/oauth2/revoke", form, **FORM)[0] == 200
    assert visit.token(**refresh) == (400, {"error": "invalid_grant"})


@pytest.mark.cloud
def test_a_wrong_password_stays_on_the_page(pool: Pool) -> None:
    status, _, text = Visit(pool).sign_in(pool.join(), "Wrong-horse-9")
    assert status == 200
    assert "Incorrect username or password." in text


@pytest.mark.cloud
def test_the_page_asks_for_the_code_of_a_second_factor(plain: cloud.Cloud) -> None:
    pool = make(plain, "777777777782")
    pool.admin.set_user_pool_mfa_config(
        UserPoolId=pool.identity, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    address, browser = pool.join(), pool.browser()
    token = srp.sign_in(browser, pool.client, pool.identity, address, PASSWORD)["AccessToken"]
    secret = browser.associate_software_token(AccessToken=token)["SecretCode"]
    browser.verify_software_token(AccessToken=token, UserCode=code_of(secret))
    text = Visit(pool).sign_in(address, PASSWORD)[2]
    [session] = re.findall(r'name="mfa_token" value="([^"]+)"', text)

    def answer(code: str) -> tuple[int, str]:
        form = urlencode({"mfa_token": session, "code": code}).encode()
        status, headers, _ = fetch(f"{pool.cloud.endpoint}/login", form, **FORM)
        return status, headers.get("location", "").partition("?")[0]

    assert answer("abcdef") == (200, "")
    assert answer(code_of(secret)) == (302, CALLBACK)
    assert answer(code_of(secret)) == (400, "")


@pytest.mark.cloud
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uri": "https://evil.example.test/"}, "invalid_request"),
        ({"client_id": "0" * 26}, "invalid_client"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_sign_in_that_is_not_registered_is_refused(pool: Pool, change: dict[str, str], error: str) -> None:
    status, _, text = Visit(pool).page(**change)
    assert (status, json.loads(text)["error"]) == (400, error)


@pytest.mark.cloud
def test_signing_out_leads_back_to_a_registered_address_alone(pool: Pool) -> None:
    def leave(address: str) -> tuple[int, str | None]:
        query = urlencode({"client_id": pool.client, "logout_uri": address})
        status, headers, _ = fetch(f"{pool.cloud.endpoint}/logout?{query}")
        return status, headers.get("location")

    home = "https://planner.dev.example.test/"
    assert leave(home) == leave("http://planner.dev.example.test.localhost:8080/") == (302, home)
    assert leave("https://evil.example.test/") == (400, None)


@pytest.mark.cloud
def test_the_pool_says_where_its_pages_are_and_the_door_hears_of_its_host(pool: Pool) -> None:
    _, _, text = fetch(f"{pool.cloud.endpoint}/{pool.identity}/.well-known/openid-configuration")
    found = json.loads(text)
    assert found["issuer"] == f"https://cognito-idp.eu-west-1.amazonaws.com/{pool.identity}"
    assert found["token_endpoint"].endswith("/oauth2/token")
    prefix = name()
    pool.admin.create_user_pool_domain(UserPoolId=pool.identity, Domain=prefix)
    _, _, text = fetch(f"{pool.cloud.endpoint}/_slipway/routing?accounts={pool.account}")
    assert json.loads(text)["accounts"][pool.account]["auth_domains"] == [f"{prefix}.auth.eu-west-1.amazoncognito.com"]
    pool.admin.delete_user_pool_domain(UserPoolId=pool.identity, Domain=prefix)
