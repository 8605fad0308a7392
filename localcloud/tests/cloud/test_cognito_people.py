"""People at a user pool: they join by a code from their mail, forget, and leave."""

import io
import json
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.cloud import mail
from localcloud.tests.cloud import srp
from localcloud.tests.cloud.calls import refusal
from localcloud.tests.cloud.people import PASSWORD, SENDER, Pool, fetch, make

pytestmark = [pytest.mark.cloud]

ACCOUNT = "777777777781"
NEW = "Another-horse-8"
HEARD = """
import json, os, boto3


def handle(event, context):
    if event["request"].get("clientMetadata", {}).get("fail"):
        raise ValueError("no room")
    boto3.client("ssm").put_parameter(Name="/heard", Value=json.dumps(event), Type="String", Overwrite=True)
    return event
"""


@pytest.fixture(scope="module")
def pool(plain: cloud.Cloud) -> Pool:
    return make(plain, ACCOUNT)


@pytest.fixture(scope="module")
def browser(pool: Pool) -> Any:
    return pool.browser()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_from_the_pools_address_confirms_whoever_signs_up(pool: Pool, browser: Any) -> None:
    given = [{"Name": "email", "Value": "ada@people.test"}]
    begun = browser.sign_up(ClientId=pool.client, Username="ada@people.test", Password=PASSWORD, UserAttributes=given)
    assert begun["UserConfirmed"] is False
    assert begun["CodeDeliveryDetails"] == {
        "Destination": "a****@p****",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    [letter] = [each for each in mail.inbox(pool.cloud, ACCOUNT) if each.to == ("ada@people.test",)]
    assert (letter.sender, letter.configuration_set) == (SENDER, "main")
    code = pool.code("ada@people.test")
    asked = {"ClientId": pool.client, "Username": "ada@people.test"}
    flow = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ada@people.test", "PASSWORD": PASSWORD}}
    assert refusal(browser.initiate_auth, ClientId=pool.client, **flow) == "UserNotConfirmedException"
    assert refusal(browser.confirm_sign_up, **asked, ConfirmationCode=wrong(code)) == "CodeMismatchException"
    browser.resend_confirmation_code(**asked)
    browser.confirm_sign_up(**asked, ConfirmationCode=pool.code("ada@people.test"))
    assert refusal(browser.confirm_sign_up, **asked, ConfirmationCode=code) == "NotAuthorizedException"
    assert refusal(browser.resend_confirmation_code, **asked) == "InvalidParameterException"
    found = pool.admin.admin_get_user(UserPoolId=pool.identity, Username="ada@people.test")
    known = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert (found["UserStatus"], found["Username"]) == ("CONFIRMED", begun["UserSub"])
    assert known == {"sub": begun["UserSub"], "email": "ada@people.test", "email_verified": "true"}
    [listed] = pool.admin.list_users(UserPoolId=pool.identity, Filter='email = "ada@people.test"')["Users"]
    assert listed["Username"] == begun["UserSub"]


@pytest.mark.parametrize(
    "password", ["Sh0rt-", "no-upper-case-1", "NO-LOWER-CASE-1", "No-number-at-all", "NoSymbol1234"]
)
def test_a_password_against_the_policy_is_refused(pool: Pool, browser: Any, password: str) -> None:
    asked = {"ClientId": pool.client, "Username": "weak@people.test", "Password": password}
    assert refusal(browser.sign_up, **asked) in ("InvalidPasswordException", "InvalidParameterException")


def test_somebody_who_joined_cannot_join_again(pool: Pool, browser: Any) -> None:
    address = pool.join()
    for username in (address, address.upper()):
        asked = {"ClientId": pool.client, "Username": username, "Password": PASSWORD}
        assert refusal(browser.sign_up, **asked) == "UsernameExistsException"


def test_a_forgotten_password_is_set_anew_by_a_code(pool: Pool, browser: Any) -> None:
    address = pool.join()
    asked = {"ClientId": pool.client, "Username": address}
    assert (
        refusal(browser.confirm_forgot_password, **asked, ConfirmationCode="123456", Password=NEW)
        == "ExpiredCodeException"
    )
    browser.forgot_password(**asked)
    code = pool.code(address)
    confirm = browser.confirm_forgot_password
    assert refusal(confirm, **asked, ConfirmationCode=wrong(code), Password=NEW) == "CodeMismatchException"
    assert refusal(confirm, **asked, ConfirmationCode=code, Password="weak") in (
        "InvalidPasswordException",
        "InvalidParameterException",
    )
    confirm(**asked, ConfirmationCode=code, Password=NEW)
    assert refusal(confirm, **asked, ConfirmationCode=code, Password=NEW) == "ExpiredCodeException"
    assert srp.sign_in(browser, pool.client, pool.identity, address, NEW)["TokenType"] == "Bearer"


def test_codes_are_not_sent_without_end_nor_guessed(pool: Pool, browser: Any) -> None:
    address = pool.join()
    asked = {"ClientId": pool.client, "Username": address}
    browser.forgot_password(**asked)
    code = pool.code(address)
    guess = {**asked, "ConfirmationCode": wrong(code), "Password": NEW}
    assert [refusal(browser.confirm_forgot_password, **guess) for _ in range(6)] == [
        *["CodeMismatchException"] * 5,
        "LimitExceededException",
    ]
    for _ in range(4):
        browser.forgot_password(**asked)
    assert refusal(browser.forgot_password, **asked) == "LimitExceededException"


def test_nobody_learns_who_is_known_by_asking_for_codes(pool: Pool, browser: Any) -> None:
    asked = {"ClientId": pool.client, "Username": "nobody@people.test"}
    before = len(mail.inbox(pool.cloud, ACCOUNT))
    assert browser.forgot_password(**asked)["CodeDeliveryDetails"]["Destination"] == "n****@p****"
    assert refusal(browser.confirm_sign_up, **asked, ConfirmationCode="123456") == "CodeMismatchException"
    assert len(mail.inbox(pool.cloud, ACCOUNT)) == before


def test_whoever_leaves_is_gone(pool: Pool, browser: Any) -> None:
    own, by_admin = pool.join(), pool.join()
    token = srp.sign_in(browser, pool.client, pool.identity, own, PASSWORD)["AccessToken"]
    browser.delete_user(AccessToken=token)
    pool.admin.admin_delete_user(UserPoolId=pool.identity, Username=by_admin)
    assert refusal(browser.get_user, AccessToken=token) == "UserNotFoundException"
    for address in (own, by_admin):
        found = pool.admin.list_users(UserPoolId=pool.identity, Filter=f'email = "{address}"')["Users"]
        assert found == []
        assert refusal(pool.admin.admin_get_user, UserPoolId=pool.identity, Username=address) == "UserNotFoundException"


def test_the_people_of_a_deleted_pool_are_gone(plain: cloud.Cloud) -> None:
    pool = make(plain, ACCOUNT)
    browser = pool.browser()
    token = srp.sign_in(browser, pool.client, pool.identity, pool.join(), PASSWORD)["AccessToken"]
    pool.admin.delete_user_pool(UserPoolId=pool.identity)
    assert refusal(browser.get_user, AccessToken=token) == "NotAuthorizedException"
    asked = {"ClientId": pool.client, "Username": "a@people.test", "Password": PASSWORD}
    assert refusal(browser.sign_up, **asked) == "ResourceNotFoundException"


def test_a_page_of_any_origin_may_call(pool: Pool) -> None:
    asked = {
        "Origin": "http://lists.dev.example.test.localhost:8080",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-amz-target,content-type,x-amz-user-agent",
    }
    request = urllib.request.Request(pool.cloud.endpoint, method="OPTIONS", headers=asked)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser", "Origin": asked["Origin"]}
    status, headers, _ = fetch(pool.cloud.endpoint, b'{"AccessToken":"a.b.c"}', **target)
    assert (status, headers["access-control-allow-origin"]) == (400, "*")


@pytest.fixture(scope="module")
def joined(plain: cloud.Cloud) -> Iterator[Pool]:
    """A pool with a function that hears of everybody who joins."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("joined.py", HEARD)
    functions = cloud.client("lambda", ACCOUNT, plain)
    functions.create_function(
        FunctionName="joined",
        Runtime="python3.13",
        Handler="joined.handle",
        Role=f"arn:aws:iam::{ACCOUNT}:role/joined",
        Code={"ZipFile": packed.getvalue()},
        Timeout=60,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="joined")
    version = functions.publish_version(FunctionName="joined")["Version"]
    live = functions.create_alias(FunctionName="joined", Name="live", FunctionVersion=version)["AliasArn"]
    pool = make(plain, ACCOUNT, LambdaConfig={"PostConfirmation": live})
    functions.add_permission(
        FunctionName="joined",
        Qualifier="live",
        StatementId="pool",
        Action="lambda:InvokeFunction",
        Principal="cognito-idp.amazonaws.com",
        SourceArn=pool.admin.describe_user_pool(UserPoolId=pool.identity)["UserPool"]["Arn"],
    )
    yield pool
    pool.admin.delete_user_pool(UserPoolId=pool.identity)
    functions.delete_function(FunctionName="joined")


def test_a_pool_that_a_function_does_not_permit_cannot_call_it(joined: Pool) -> None:
    live = joined.admin.describe_user_pool(UserPoolId=joined.identity)["UserPool"]["LambdaConfig"]
    with pytest.raises(ClientError, match="AccessDeniedException") as caught:
        make(joined.cloud, ACCOUNT, LambdaConfig=live).join()
    assert caught.value.response["Error"]["Code"] == "UnexpectedLambdaException"


def test_the_trigger_runs_after_a_confirmation(joined: Pool) -> None:
    browser = joined.browser()
    address = joined.join()
    ssm = cloud.client("ssm", ACCOUNT, joined.cloud)
    event = json.loads(ssm.get_parameter(Name="/heard")["Parameter"]["Value"])
    user = joined.admin.admin_get_user(UserPoolId=joined.identity, Username=address)["Username"]
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert (event["userPoolId"], event["userName"], event["region"]) == (joined.identity, user, "eu-west-1")
    assert event["callerContext"]["clientId"] == joined.client
    assert event["request"]["userAttributes"] == {
        "sub": user,
        "email": address,
        "email_verified": "true",
        "cognito:user_status": "CONFIRMED",
    }
    asked = {"ClientId": joined.client, "Username": address}
    browser.forgot_password(**asked)
    browser.confirm_forgot_password(**asked, ConfirmationCode=joined.code(address), Password=NEW)
    event = json.loads(ssm.get_parameter(Name="/heard")["Parameter"]["Value"])
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"


def test_a_trigger_that_fails_is_told_of_and_the_user_stays_confirmed(joined: Pool) -> None:
    browser = joined.browser()
    given = [{"Name": "email", "Value": "late@people.test"}]
    browser.sign_up(ClientId=joined.client, Username="late@people.test", Password=PASSWORD, UserAttributes=given)
    with pytest.raises(ClientError) as caught:
        browser.confirm_sign_up(
            ClientId=joined.client,
            Username="late@people.test",
            ConfirmationCode=joined.code("late@people.test"),
            ClientMetadata={"fail": "yes"},
        )
    assert caught.value.response["Error"]["Code"] == "UserLambdaValidationException"
    assert caught.value.response["Error"]["Message"] == "PostConfirmation failed with error no room."
    found = joined.admin.admin_get_user(UserPoolId=joined.identity, Username="late@people.test")
    assert found["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ([], "name: The attribute name is required"),
        ([("name", "Ada"), ("custom:hat", "x")], "custom:hat: Attribute does not exist in the schema."),
        ([("name", "Ada"), ("email", "ada at home")], "Invalid email address format."),
    ],
)
def test_attributes_against_the_schema_are_refused(
    plain: cloud.Cloud, attributes: list[tuple[str, str]], said: str
) -> None:
    schema = [{"Name": "name", "AttributeDataType": "String", "Required": True, "Mutable": True}]
    pool = make(plain, ACCOUNT, Schema=schema)
    given = [{"Name": key, "Value": value} for key, value in attributes]
    asked = {"ClientId": pool.client, "Username": "ada@people.test", "Password": PASSWORD}
    with pytest.raises(ClientError) as caught:
        pool.browser().sign_up(**asked, UserAttributes=given)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    assert said in caught.value.response["Error"]["Message"]
    assert pool.admin.list_users(UserPoolId=pool.identity)["Users"] == []


@pytest.mark.parametrize("body", [b"{}", b'{"ClientId": 7}', b'{"ClientId": "a b", "Username": "", "Password": ["x"]}'])
def test_a_call_of_the_wrong_form_is_refused_with_a_reason(pool: Pool, body: bytes) -> None:
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp"}
    status, _, text = fetch(pool.cloud.endpoint, body, **target)
    assert (status, json.loads(text)["__type"]) == (400, "InvalidParameterException")
    assert "validation error" in json.loads(text)["message"]
