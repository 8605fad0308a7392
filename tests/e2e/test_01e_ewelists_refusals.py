"""What ewelists does not take: tokens that are not its own, lists of others, bodies that make no sense."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from localcloud import home
from localcloud.tests.cloud import srp
from localcloud.tests.cloud.people import PASSWORD, claims
from tests.e2e.commands import ask, call
from tests.e2e.wishes import Ewelists, Person

FLOWS = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.fixture(scope="module")
def ada(ewelists: Ewelists) -> Person:
    return ewelists.person("Ada")


@pytest.fixture(scope="module")
def bob(ewelists: Ewelists) -> Person:
    return ewelists.person("Bob")


def coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(token: str, changes: dict[str, Any], **head: str) -> str:
    """Return the token's first two parts with changes: what a signature is made of."""
    first = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return f"{coded(json.dumps(first | head).encode())}.{coded(json.dumps(claims(token) | changes).encode())}"


def signed(content: str, key: rsa.RSAPrivateKey) -> str:
    return f"{content}.{coded(key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def key_of(user_pool: str) -> rsa.RSAPrivateKey:
    """Return the key with which the embedded cloud signs a pool's ID tokens."""
    path: Path = home.file("cloud", "scratch", "state", "cognito-pool-keys", f"{user_pool}-id.pem")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def id_token(ewelists: Ewelists, user_pool: str, client: str, email: str) -> str:
    given = {"USERNAME": email, "PASSWORD": PASSWORD}
    answer = ewelists.aws("cognito-idp").admin_initiate_auth(
        UserPoolId=user_pool, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=given
    )
    return str(answer["AuthenticationResult"]["IdToken"])


@pytest.fixture(scope="module")
def of_another_client(ewelists: Ewelists, ada: Person) -> Iterator[str]:
    """Ada's own token, given to another client of the same pool."""
    cognito, pool = ewelists.aws("cognito-idp"), ewelists.user_pool
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="another", ExplicitAuthFlows=FLOWS)
    client = made["UserPoolClient"]["ClientId"]
    yield id_token(ewelists, pool, client, ada.email)
    cognito.delete_user_pool_client(UserPoolId=pool, ClientId=client)


@pytest.fixture(scope="module")
def of_another_pool(ewelists: Ewelists, ada: Person) -> Iterator[str]:
    """The token of somebody with Ada's address in another pool of the account."""
    cognito = ewelists.aws("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="page", ExplicitAuthFlows=FLOWS)
    address = [{"Name": "email", "Value": ada.email}]
    cognito.admin_create_user(UserPoolId=pool, Username="ada", UserAttributes=address, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="ada", Password=f"{PASSWORD}!", Permanent=True)
    given = {"USERNAME": "ada", "PASSWORD": f"{PASSWORD}!"}
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=made["UserPoolClient"]["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters=given,
    )
    yield str(answer["AuthenticationResult"]["IdToken"])
    cognito.delete_user_pool(UserPoolId=pool)


@pytest.fixture(scope="module")
def bad_tokens(
    ewelists: Ewelists, ada: Person, bob: Person, of_another_client: str, of_another_pool: str
) -> dict[str, str]:
    now, key, own = int(time.time()), key_of(ewelists.user_pool), ada.token
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    as_hmac = unsigned(own, {}, alg="HS256")
    tokens = srp.sign_in(ewelists.pool.browser(), ewelists.client_id, ewelists.user_pool, ada.email, PASSWORD)
    return {
        "of another client": of_another_client,
        "of another pool": of_another_pool,
        "an access token": tokens["AccessToken"],
        "a refresh token": tokens["RefreshToken"],
        "expired": signed(unsigned(own, {"iat": now - 7200, "auth_time": now - 7200, "exp": now - 3600}), key),
        "not valid yet": signed(unsigned(own, {"nbf": now + 3600}), key),
        "of another issuer": signed(unsigned(own, {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/other"}), key),
        "unsigned": f"{unsigned(own, {}, alg='none')}.",
        "signed by another key": signed(unsigned(own, {}), rsa.generate_private_key(65537, 2048)),
        "signed by the public key": f"{as_hmac}.{coded(hmac.digest(public, as_hmac.encode(), hashlib.sha256))}",
        "in another's name": f"{unsigned(own, {'sub': bob.id, 'email': bob.email})}.{own.split('.')[2]}",
        "cut off": own[:-10],
        "nonsense": "nonsense",
        "nothing": "",
    }


def test_a_token_signed_by_the_pools_key_is_taken_as_long_as_nothing_in_it_is_wrong(
    ewelists: Ewelists, ada: Person
) -> None:
    again = signed(unsigned(ada.token, {"exp": int(time.time()) + 600}), key_of(ewelists.user_pool))
    code, me = call(f"{ewelists.site}/api/me", token=again)
    assert (code, me["id"]) == (200, ada.id)


def test_tokens_that_are_not_the_pages_own_write_and_read_nothing(
    ewelists: Ewelists, bad_tokens: dict[str, str]
) -> None:
    mark = uuid.uuid4().hex
    host = ewelists.site.replace("//ewelists.", "//ewelists-api.")
    for what, token in bad_tokens.items():
        for base in (f"{ewelists.site}/api", host):
            found = [
                call(f"{base}/me", token=token),
                call(f"{base}/me", {"name": mark}, "PUT", token),
                call(f"{base}/lists", {"title": mark}, token=token),
                call(f"{base}/me", method="DELETE", token=token),
            ]
            assert [code for code, _ in found] == [401] * 4, (what, base, found)
            assert "Traceback" not in str(found)
    assert mark not in json.dumps(ewelists.items())


def test_a_list_of_somebody_else_is_as_one_that_does_not_exist(ewelists: Ewelists, ada: Person, bob: Person) -> None:
    made = ada.made("/lists", {"title": "Ada's alone"})["id"]
    cups = ada.made(f"/lists/{made}/products", {"name": "Cups", "quantity": 2})["id"]
    before = ada("GET", f"/lists/{made}")
    wish = {"name": "Cups", "quantity": 2}
    asked: list[tuple[str, str, object]] = [
        ("GET", "/lists/{}", None),
        ("PUT", "/lists/{}", {"title": "Bob's now"}),
        ("DELETE", "/lists/{}", None),
        ("POST", "/lists/{}/products", wish),
        ("PUT", "/lists/{}/products/" + cups, wish),
        ("DELETE", "/lists/{}/products/" + cups, None),
        ("POST", "/lists/{}/products/" + cups + "/reserve", {"quantity": 1}),
        ("DELETE", "/lists/{}/products/" + cups + "/reserve", None),
        ("POST", "/lists/{}/share", {"email": bob.email}),
        ("GET", "/lists/{}/guests", None),
        ("DELETE", "/lists/{}/guests/" + ada.id, None),
        ("GET", "/shared/{}", None),
        ("DELETE", "/shared/{}", None),
    ]
    for method, path, body in asked:
        theirs, none = bob(method, path.format(made), body), bob(method, path.format("0" * 26), body)
        for code, problem in (theirs, none):
            assert (code, problem["reason"], problem["detail"]) == (404, "not-found", "there is no such list"), path
    assert ada("GET", f"/lists/{made}") == before
    assert bob("GET", "/lists")[1]["items"] == []


BAD_BODIES = {
    "cut off": b"{",
    "no text": b"\xff\xfe",
    "nothing": b"",
    "no number": b'{"title": NaN}',
    "very deep": b"[" * 10_000,
    "a list": b"[]",
    "null": b"null",
    "a number": b'{"title": 5}',
    "an object": b'{"title": {"S": "x"}}',
    "empty": b'{"title": ""}',
    "a control character": b'{"title": "\\u0000"}',
    "unknown fields": b'{"title": "x", "owner": "somebody"}',
    "no date": b'{"title": "x", "date": "2027-02-30"}',
    "too long": b'{"title": "' + b"x" * 20_000 + b'"}',
    "far too long": b'{"title": "' + b"x" * 11_000_000 + b'"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies_are_refused_with_a_reason(ewelists: Ewelists, ada: Person, body: bytes) -> None:
    code, text = ask(f"{ewelists.site}/api/lists", "POST", body, {"Authorization": f"Bearer {ada.token}"})
    assert code in (400, 413, 422), text[:300]
    problem = json.loads(text)
    assert problem.get("detail") or problem["message"], problem  # what is too long for the gateway, it says itself
    assert ".py" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/lists?limit=0", None, 400),
        ("GET", "/lists?cursor=%25", None, 400),
        ("GET", f"/lists/{quote(chr(0), safe='')}", None, 404),
        ("GET", f"/lists/{quote('../me', safe='')}", None, 404),
        ("GET", f"/lists/{quote('LIST#x', safe='')}", None, 404),
        ("GET", f"/invitations/{'0' * 26}.{'x' * 43}", None, 404),
        ("PUT", "/me", {"name": 5}, 422),
        ("PATCH", "/me", {"name": "x"}, 404),
        ("GET", "/nothing", None, 404),
    ],
)
def test_addresses_and_methods_that_are_none_are_refused(
    ada: Person, method: str, path: str, body: object, code: int
) -> None:
    got, problem = ada(method, path, body)
    assert got == code, problem
    assert "Traceback" not in str(problem)


@pytest.mark.parametrize("quantity", [0, -1, 6, 1.5, "2", None, True, 10**30])
def test_a_quantity_that_makes_no_sense_reserves_nothing(ada: Person, quantity: object) -> None:
    made = ada.made("/lists", {"title": "Quantities"})["id"]
    cups = ada.made(f"/lists/{made}/products", {"name": "Cups", "quantity": 5})["id"]
    code, problem = ada("POST", f"/lists/{made}/products/{cups}/reserve", {"quantity": quantity})
    assert code == (409 if quantity == 6 else 422), problem
    assert ada("GET", f"/lists/{made}")[1]["items"][0]["available"] == 5
