"""User pools, clients and domains: what is given comes back, what AWS refuses is refused."""

from typing import Any

import pytest

from localcloud import cloud
from localcloud.tests.cloud.calls import name, refusal
from localcloud.tests.cloud.conftest import OTHER

pytestmark = [pytest.mark.cloud]

SENDER = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:eu-west-1:222222222222:identity/dev.example.test",
    "From": "Lists <no-reply@dev.example.test>",
    "ConfigurationSet": "main",
}
RECOVERY = {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]}
TRIGGER = "arn:aws:lambda:eu-west-1:222222222222:function:joined"
SETTINGS: dict[str, Any] = {
    "Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}},
    "MfaConfiguration": "OPTIONAL",
    "AutoVerifiedAttributes": ["email"],
    "AccountRecoverySetting": RECOVERY,
    "EmailConfiguration": SENDER,
    "LambdaConfig": {"PostConfirmation": TRIGGER},
    "DeletionProtection": "ACTIVE",
    "UserPoolTier": "PLUS",
    "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
}


@pytest.fixture
def cognito(client: Any) -> Any:
    return client("cognito-idp")


@pytest.fixture
def pool(cognito: Any) -> str:
    return str(cognito.create_user_pool(PoolName=name())["UserPool"]["Id"])


def described(cognito: Any, pool: str) -> dict[str, Any]:
    return dict(cognito.describe_user_pool(UserPoolId=pool)["UserPool"])


def test_a_pool_gives_back_what_it_was_given(cognito: Any) -> None:
    schema = [{"Name": "plan", "AttributeDataType": "String", "Mutable": True}]
    made = cognito.create_user_pool(
        PoolName="lists", UsernameAttributes=["email"], Schema=schema, UserPoolTags={"team": "web"}, **SETTINGS
    )["UserPool"]
    found = described(cognito, made["Id"])
    assert {key: found[key] for key in SETTINGS if key != "Policies"} == {
        key: value for key, value in SETTINGS.items() if key != "Policies"
    }
    assert found["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 12,
        "RequireNumbers": True,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }
    assert (found["UserPoolTags"], found["UsernameAttributes"]) == ({"team": "web"}, ["email"])
    assert "custom:plan" in [each["Name"] for each in found["SchemaAttributes"]]
    assert [key for key in ("AliasAttributes", "SmsConfiguration", "SmsVerificationMessage") if key in found] == []


def test_an_update_sets_back_what_it_leaves_out(cognito: Any) -> None:
    pool = cognito.create_user_pool(PoolName=name(), **SETTINGS)["UserPool"]["Id"]
    cognito.update_user_pool(UserPoolId=pool, AutoVerifiedAttributes=["email"])
    found = described(cognito, pool)
    assert (found["DeletionProtection"], found["LambdaConfig"]) == ("INACTIVE", {})
    assert found["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert found["Policies"]["PasswordPolicy"]["RequireSymbols"] is True
    assert "AccountRecoverySetting" not in found


def test_a_protected_pool_and_one_with_a_domain_stay(cognito: Any, pool: str) -> None:
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="ACTIVE")
    assert refusal(cognito.delete_user_pool, UserPoolId=pool) == "InvalidParameterException"
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    prefix = name()
    cognito.create_user_pool_domain(UserPoolId=pool, Domain=prefix)
    assert refusal(cognito.delete_user_pool, UserPoolId=pool) == "InvalidParameterException"
    cognito.delete_user_pool_domain(UserPoolId=pool, Domain=prefix)
    cognito.delete_user_pool(UserPoolId=pool)
    assert refusal(cognito.describe_user_pool, UserPoolId=pool) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "given",
    [
        {"Policies": {"PasswordPolicy": {"MinimumLength": 100}}},
        {"MfaConfiguration": "SOMETIMES"},
        {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
    ],
)
def test_settings_that_aws_does_not_take_are_refused(cognito: Any, given: dict[str, Any]) -> None:
    assert refusal(cognito.create_user_pool, PoolName=name(), **given) == "InvalidParameterException"


CLIENT: dict[str, Any] = {
    "ClientName": "web",
    "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthScopes": ["openid", "email"],
    "CallbackURLs": ["https://web.example.test/back"],
    "LogoutURLs": ["https://web.example.test/"],
    "SupportedIdentityProviders": ["COGNITO"],
    "AccessTokenValidity": 30,
    "IdTokenValidity": 30,
    "RefreshTokenValidity": 14,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    "PreventUserExistenceErrors": "ENABLED",
    "EnableTokenRevocation": True,
}
DEFAULTS = {"AuthSessionValidity": 3, "EnablePropagateAdditionalUserContextData": False}
ALWAYS = ("ClientId", "UserPoolId", "CreationDate", "LastModifiedDate")


def test_a_client_has_what_was_given_and_no_secret(cognito: Any, pool: str) -> None:
    made = cognito.create_user_pool_client(UserPoolId=pool, **CLIENT)["UserPoolClient"]
    found = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert {key: value for key, value in found.items() if key not in ALWAYS} == {**CLIENT, **DEFAULTS}
    cognito.update_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"], ClientName="web", AccessTokenValidity=1)
    found = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert {key: value for key, value in found.items() if key not in ALWAYS} == {
        "ClientName": "web",
        "AccessTokenValidity": 1,
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True,
        **DEFAULTS,
    }


def test_a_client_without_an_address_to_return_to_is_refused(cognito: Any, pool: str) -> None:
    call = cognito.create_user_pool_client
    plain = {**CLIENT, "CallbackURLs": ["http://web.example.test/back"]}
    assert refusal(call, UserPoolId=pool, **plain) == "InvalidParameterException"
    assert refusal(call, UserPoolId=pool, **{**CLIENT, "CallbackURLs": []}) == "InvalidParameterException"


def test_a_domain_prefix_is_taken_once_and_has_no_reserved_word(cognito: Any, pool: str, plain: cloud.Cloud) -> None:
    prefix = name()
    cognito.create_user_pool_domain(UserPoolId=pool, Domain=prefix)
    found = cognito.describe_user_pool_domain(Domain=prefix)["DomainDescription"]
    assert (found["UserPoolId"], found["Status"]) == (pool, "ACTIVE")
    other = cloud.client("cognito-idp", OTHER, plain)
    second = other.create_user_pool(PoolName=name())["UserPool"]["Id"]
    assert refusal(other.create_user_pool_domain, UserPoolId=second, Domain=prefix) == "InvalidParameterException"
    assert refusal(other.create_user_pool_domain, UserPoolId=second, Domain="my-cognito") == "InvalidParameterException"
