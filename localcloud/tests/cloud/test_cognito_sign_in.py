"""People at a user pool: they sign in, are locked out, renew and revoke their tokens, change what they sign in by."""

import base64
import hashlib
import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.tests.cloud import srp
from localcloud.tests.cloud.calls import refusal
from localcloud.tests.cloud.people import PASSWORD, Pool, claims, code_of, make

pytestmark = [pytest.mark.cloud]

ACCOUNT = "777777777783"
NEW = "Another-horse-8"


@pytest.fixture(scope="module")
def pool(plain: cloud.Cloud) -> Pool:
    return make(plain, ACCOUNT)


@pytest.fixture(scope="module")
def browser(pool: Pool) -> Any:
    return pool.browser()


def test_a_sign_in_by_srp_gives_tokens_with_aws_claims(pool: Pool, browser: Any) -> None:
    address = pool.join()
    pool.admin.create_group(UserPoolId=pool.identity, GroupName="staff")
    pool.admin.admin_add_user_to_group(UserPoolId=pool.identity, GroupName="staff", Username=address)
    tokens = srp.sign_in(browser, pool.client, pool.identity, address.upper(), PASSWORD)
    access, identity = claims(tokens["AccessToken"]), claims(tokens["IdToken"])
    issuer = f"https://cognito-idp.eu-west-1.amazonaws.com/{pool.identity}"
    assert (access["iss"], access["client_id"], access["token_use"]) == (issuer, pool.client, "access")
    assert (identity["iss"], identity["aud"], identity["token_use"]) == (issuer, pool.client, "id")
    assert (identity["email"], identity["email_verified"]) == (address, True)
    assert access["cognito:groups"] == identity["cognito:groups"] == ["staff"]
    assert access["sub"] == identity["sub"] == identity["cognito:username"] == access["username"]
    assert access["exp"] - access["iat"] == tokens["ExpiresIn"] == 3600
    me = browser.get_user(AccessToken=tokens["AccessToken"])
    assert {each["Name"]: each["Value"] for each in me["UserAttributes"]}["email"] == address


def test_a_tokens_key_is_in_the_pools_key_set(pool: Pool, browser: Any) -> None:
    tokens = srp.sign_in(browser, pool.client, pool.identity, pool.join(), PASSWORD)
    with urllib.request.urlopen(f"{pool.cloud.endpoint}/{pool.identity}/.well-known/jwks.json", timeout=60) as answer:
        keys = {each["kid"]: each for each in json.load(answer)["keys"]}
    for token in (tokens["IdToken"], tokens["AccessToken"]):
        head = part(token.split(".")[0])
        assert json.loads(head)["alg"] == "RS256"
        assert is_signed(token, keys[json.loads(head)["kid"]])
        assert not is_signed(token.replace(".", "A.", 1), keys[json.loads(head)["kid"]])


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(token: str, key: dict[str, str]) -> bool:
    """Check a signature of PKCS 1 version 1.5 with SHA-256 by the arithmetic alone."""
    signed, _, signature = token.rpartition(".")
    modulus, exponent = (int.from_bytes(part(key[name]), "big") for name in ("n", "e"))
    found = pow(int.from_bytes(part(signature), "big"), exponent, modulus)
    return found & ((1 << 256) - 1) == int.from_bytes(hashlib.sha256(signed.encode()).digest(), "big")


def test_wrong_passwords_and_unknown_people_get_the_same_answer(pool: Pool, browser: Any) -> None:
    address = pool.join()
    for username in (address, "nobody@people.test"):
        with pytest.raises(ClientError, match="Incorrect username or password") as caught:
            srp.sign_in(browser, pool.client, pool.identity, username, "Wrong-horse-9")
        assert caught.value.response["Error"]["Code"] == "NotAuthorizedException"


def test_a_user_is_locked_after_five_wrong_passwords(pool: Pool, browser: Any) -> None:
    address = pool.join()

    def attempt() -> str:
        flow = {"USERNAME": address, "PASSWORD": "Wrong-horse-9"}
        with pytest.raises(ClientError) as caught:
            browser.initiate_auth(ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=flow)
        return str(caught.value.response["Error"]["Message"])

    said = [attempt() for _ in range(30)]
    assert said[:5] == ["Incorrect username or password."] * 5
    assert "Password attempts exceeded" in said[5:]


def test_tokens_are_refreshed_until_they_are_revoked(pool: Pool, browser: Any) -> None:
    tokens = srp.sign_in(browser, pool.client, pool.identity, pool.join(), PASSWORD)
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}}
    renewed = browser.initiate_auth(ClientId=pool.client, **refresh)["AuthenticationResult"]
    assert claims(renewed["AccessToken"])["sub"] == claims(tokens["AccessToken"])["sub"]
    forged = tokens["RefreshToken"][:-8] + "AAAAAAAA"
    asked = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": forged}}
    assert refusal(browser.initiate_auth, ClientId=pool.client, **asked) == "NotAuthorizedException"
    browser.revoke_token(ClientId=pool.client, Token=tokens["RefreshToken"])
    assert refusal(browser.initiate_auth, ClientId=pool.client, **refresh) == "NotAuthorizedException"
    assert refusal(browser.get_user, AccessToken=renewed["AccessToken"]) == "NotAuthorizedException"


def test_signing_out_everywhere_ends_every_token(pool: Pool, browser: Any) -> None:
    address = pool.join()
    first, second = (srp.sign_in(browser, pool.client, pool.identity, address, PASSWORD) for _ in range(2))
    browser.global_sign_out(AccessToken=first["AccessToken"])
    assert refusal(browser.get_user, AccessToken=second["AccessToken"]) == "NotAuthorizedException"


def test_a_password_is_changed_by_its_owner_alone(pool: Pool, browser: Any) -> None:
    address = pool.join()
    token = srp.sign_in(browser, pool.client, pool.identity, address, PASSWORD)["AccessToken"]
    change = browser.change_password
    assert refusal(change, AccessToken=token, PreviousPassword=NEW, ProposedPassword=NEW) == "NotAuthorizedException"
    change(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    assert srp.sign_in(browser, pool.client, pool.identity, address, NEW)["TokenType"] == "Bearer"
    forged = token[:-8] + "AAAAAAAA"
    assert refusal(browser.get_user, AccessToken=forged) == "NotAuthorizedException"


def test_a_new_address_is_verified_by_a_code_sent_to_it(pool: Pool, browser: Any) -> None:
    token = srp.sign_in(browser, pool.client, pool.identity, pool.join(), PASSWORD)["AccessToken"]
    changed = [{"Name": "email", "Value": "moved@people.test"}]
    sent = browser.update_user_attributes(AccessToken=token, UserAttributes=changed)["CodeDeliveryDetailsList"]
    assert [each["Destination"] for each in sent] == ["m****@p****"]

    def verified() -> str:
        found = browser.get_user(AccessToken=token)["UserAttributes"]
        return str({each["Name"]: each["Value"] for each in found}["email_verified"])

    assert verified() == "false"
    browser.verify_user_attribute(AccessToken=token, AttributeName="email", Code=pool.code("moved@people.test"))
    assert verified() == "true"


def test_a_second_factor_counts_only_in_the_session_that_asked_for_it(plain: cloud.Cloud) -> None:
    pool = make(plain, ACCOUNT)
    pool.admin.set_user_pool_mfa_config(
        UserPoolId=pool.identity, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    browser, address = pool.browser(), pool.join()
    token = srp.sign_in(browser, pool.client, pool.identity, address, PASSWORD)["AccessToken"]
    secret = browser.associate_software_token(AccessToken=token)["SecretCode"]
    assert browser.verify_software_token(AccessToken=token, UserCode=code_of(secret))["Status"] == "SUCCESS"
    flow = {"USERNAME": address, "PASSWORD": PASSWORD}
    begun = browser.initiate_auth(ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=flow)
    assert begun["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    respond = browser.respond_to_auth_challenge
    asked = {"ClientId": pool.client, "ChallengeName": "SOFTWARE_TOKEN_MFA"}
    given = {"USERNAME": address, "SOFTWARE_TOKEN_MFA_CODE": code_of(secret)}
    assert refusal(respond, **asked, ChallengeResponses=given, Session="x" * 20) == "NotAuthorizedException"
    bad = {**given, "SOFTWARE_TOKEN_MFA_CODE": "abcdef"}
    assert refusal(respond, **asked, ChallengeResponses=bad, Session=begun["Session"]) == "CodeMismatchException"
    given["SOFTWARE_TOKEN_MFA_CODE"] = code_of(secret)
    done = respond(**asked, ChallengeResponses=given, Session=begun["Session"])
    assert claims(done["AuthenticationResult"]["IdToken"])["email"] == address
    assert refusal(respond, **asked, ChallengeResponses=given, Session=begun["Session"]) == "NotAuthorizedException"


def test_an_invited_user_chooses_a_password_of_the_policy(pool: Pool, browser: Any) -> None:
    address = "invited@people.test"
    pool.admin.admin_create_user(UserPoolId=pool.identity, Username=address, TemporaryPassword=PASSWORD)
    flow = {"USERNAME": address, "PASSWORD": PASSWORD}
    begun = browser.initiate_auth(ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=flow)
    asked = {"ClientId": pool.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": begun["Session"]}
    weak = {"USERNAME": address, "NEW_PASSWORD": "weak"}
    respond = browser.respond_to_auth_challenge
    assert refusal(respond, **asked, ChallengeResponses=weak) == "InvalidPasswordException"
    done = respond(**asked, ChallengeResponses={"USERNAME": address, "NEW_PASSWORD": NEW})
    assert done["AuthenticationResult"]["TokenType"] == "Bearer"
    assert srp.sign_in(browser, pool.client, pool.identity, address, NEW)["TokenType"] == "Bearer"
