"""Cognito: what it refuses."""

from typing import Any

from localcloud.tests.plugins.aws.cases.cognito import FUNCTION, IDENTITY, attribute, mailed, recovered, strict, written
from localcloud.tests.plugins.aws.refusal import Refusals, api

POOL, CLIENT = api("cognito", "CreateUserPool"), api("cognito", "CreateUserPoolClient")
DOMAIN, PASSWORD = api("cognito", "CreateUserPoolDomain"), api("cognito", "PasswordPolicyType")
EDGE = "arn:aws:acm:us-east-1:222222222222:certificate/00000000-0000-0000-0000-000000000001"


def _lasting(seconds: int, unit: str = "seconds") -> dict[str, Any]:
    return {"accessTokenValidity": seconds, "tokenValidityUnits": {"accessToken": unit}}


TABLES = (
    Refusals(
        token="aws:cognito/userPool:UserPool",
        valid={"name": "people", "usernameAttributes": ["email"], "autoVerifiedAttributes": ["email"]},
        refused=(
            ({"name": "n" * 129}, "name", "at most 128 characters", POOL),
            ({"name": "people/all"}, "name", "must match", POOL),
            ({"aliasAttributes": ["email"]}, "usernameAttributes", "cannot be given together", POOL),
            ({"usernameAttributes": ["nickname"]}, "usernameAttributes[0]", "email, phone_number", POOL),
            ({"passwordPolicy": strict(5)}, "passwordPolicy.minimumLength", "at least 6", PASSWORD),
            ({"passwordPolicy": strict(100)}, "passwordPolicy.minimumLength", "at most 99", PASSWORD),
            (
                {"passwordPolicy": strict(passwordHistorySize=25)},
                "passwordPolicy.passwordHistorySize",
                "at most 24",
                PASSWORD,
            ),
            ({"mfaConfiguration": "ON"}, "softwareTokenMfaConfiguration", "must be enabled", POOL),
            ({"mfaConfiguration": "MAYBE"}, "mfaConfiguration", "OFF, ON, OPTIONAL", POOL),
            (
                {"emailConfiguration": {"emailSendingAccount": "DEVELOPER"}},
                "emailConfiguration.sourceArn",
                "is required",
                api("cognito", "EmailConfigurationType"),
            ),
            (
                {"emailConfiguration": mailed(sourceArn=FUNCTION)},
                "emailConfiguration.sourceArn",
                "must match",
                api("cognito", "EmailConfigurationType"),
            ),
            (
                {"lambdaConfig": {"preSignUp": "sign-up"}},
                "lambdaConfig.preSignUp",
                "must match",
                api("cognito", "LambdaConfigType"),
            ),
            (
                {
                    "autoVerifiedAttributes": None,
                    "userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": ["email"]},
                },
                "autoVerifiedAttributes",
                "must have email",
                api("cognito", "UserAttributeUpdateSettingsType"),
            ),
            (
                {"accountRecoverySetting": recovered("letter")},
                "accountRecoverySetting.recoveryMechanisms[0].name",
                "verified_email",
                api("cognito", "RecoveryOptionType"),
            ),
            (
                {"schemas": [attribute("n" * 21)]},
                "schemas[0].name",
                "must match",
                api("cognito", "SchemaAttributeType"),
            ),
            (
                {"verificationMessageTemplate": {**written("x"), "emailMessage": "no code"}},
                "verificationMessageTemplate.emailMessage",
                "must match",
                api("cognito", "VerificationMessageTemplateType"),
            ),
            ({"userPoolTier": "GOLD"}, "userPoolTier", "ESSENTIALS, LITE, PLUS", POOL),
        ),
        accepted=(
            {"passwordPolicy": strict(6)},
            {"passwordPolicy": strict(99)},
            {"mfaConfiguration": "ON", "softwareTokenMfaConfiguration": {"enabled": True}},
            {"emailConfiguration": mailed(sourceArn=IDENTITY)},
            {"schemas": [attribute("n" * 20)]},
            {"usernameAttributes": None, "aliasAttributes": ["email"]},
        ),
    ),
    Refusals(
        token="aws:cognito/userPoolClient:UserPoolClient",
        valid={"name": "page", "userPoolId": "eu-west-1_abcdefghi", "callbackUrls": ["https://shop.example"]},
        refused=(
            ({"userPoolId": None}, "userPoolId", "is required", CLIENT),
            ({"generateSecret": True}, "generateSecret", "must be false", CLIENT),
            (_lasting(299), "accessTokenValidity", "300 to 86400 seconds", CLIENT),
            (_lasting(25, "hours"), "accessTokenValidity", "300 to 86400 seconds", CLIENT),
            ({"refreshTokenValidity": 3651}, "refreshTokenValidity", "3600 to 315360000", CLIENT),
            ({"callbackUrls": ["http://shop.example"]}, "callbackUrls", "must be https", CLIENT),
            ({"callbackUrls": ["https://shop.example/#in"]}, "callbackUrls", "must be https", CLIENT),
            ({"allowedOauthFlows": ["code"]}, "allowedOauthScopes", "must be given", CLIENT),
            ({"allowedOauthFlows": ["client_credentials"]}, "allowedOauthFlows[0]", "code, implicit", CLIENT),
            ({"allowedOauthFlowsUserPoolClient": True}, "allowedOauthFlows", "must be given", CLIENT),
            ({"defaultRedirectUri": "https://other.example"}, "defaultRedirectUri", "one of callbackUrls", CLIENT),
            ({"explicitAuthFlows": ["PASSWORD"]}, "explicitAuthFlows[0]", "ALLOW_USER_SRP_AUTH", CLIENT),
            (
                {"explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "refreshTokenRotation": {"feature": "ENABLED"}},
                "explicitAuthFlows",
                "while refresh tokens are rotated",
                api("cognito", "RefreshTokenRotationType"),
            ),
            ({"authSessionValidity": 16}, "authSessionValidity", "at most 15", CLIENT),
        ),
        accepted=(
            _lasting(300),
            _lasting(24, "hours"),
            {"refreshTokenValidity": 3650},
            {"callbackUrls": ["http://localhost:5173/in", "http://127.0.0.1:8000/in", "shop://in"]},
            {"allowedOauthFlows": ["code"], "allowedOauthScopes": ["openid"]},
            {"defaultRedirectUri": "https://shop.example"},
        ),
    ),
    Refusals(
        token="aws:cognito/userPoolDomain:UserPoolDomain",
        valid={"domain": "people", "userPoolId": "eu-west-1_abcdefghi"},
        refused=(
            ({"domain": "People"}, "domain", "one word of small letters", DOMAIN),
            ({"domain": "people-"}, "domain", "one word of small letters", DOMAIN),
            ({"domain": "p" * 64}, "domain", "one word of small letters", DOMAIN),
            ({"domain": "my-aws-people"}, "domain", "the word aws", DOMAIN),
            ({"certificateArn": EDGE}, "domain", "a domain name", DOMAIN),
            (
                {"domain": "in.shop.example", "certificateArn": EDGE.replace("us-east-1", "eu-west-1")},
                "certificateArn",
                "must match",
                api("cognito", "CustomDomainConfigType"),
            ),
            ({"managedLoginVersion": 3}, "managedLoginVersion", "at most 2", DOMAIN),
        ),
        accepted=(
            {"domain": "p" * 63},
            {"domain": "in.shop.example", "certificateArn": EDGE},
            {"managedLoginVersion": 2},
        ),
    ),
)
