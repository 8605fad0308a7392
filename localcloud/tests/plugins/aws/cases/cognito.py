"""User pools, their clients, and the domains of their pages."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import Case, Parent

POOL = Parent("pool", "aws:cognito/userPool:UserPool", {"usernameAttributes": ["email"]})
OTHER_POOL = Parent("others", "aws:cognito/userPool:UserPool")
CERTIFICATE = Parent(
    "edge",
    "aws:acm/certificate:Certificate",
    {"domainName": "*.conformance.example", "validationMethod": "DNS", "region": "us-east-1"},
)
OTHER_CERTIFICATE = Parent(
    "newer",
    "aws:acm/certificate:Certificate",
    {"domainName": "*.conformance.example", "validationMethod": "DNS", "region": "us-east-1"},
)
FUNCTION = "arn:aws:lambda:eu-west-1:222222222222:function:sign-up"
IDENTITY = "arn:aws:ses:eu-west-1:222222222222:identity/example.com"


def strict(length: int = 12, **more: Any) -> dict[str, Any]:
    return {
        "minimumLength": length,
        "requireLowercase": True,
        "requireNumbers": True,
        "requireSymbols": False,
        "requireUppercase": True,
        "passwordHistorySize": 3,
        "temporaryPasswordValidityDays": 3,
        **more,
    }


def recovered(*names: str) -> dict[str, Any]:
    return {"recoveryMechanisms": [{"name": name, "priority": at} for at, name in enumerate(names, 1)]}


def attribute(name: str, **more: Any) -> dict[str, Any]:
    limits = {"stringAttributeConstraints": {"minLength": "0", "maxLength": "64"}}
    return {"name": name, "attributeDataType": "String", "mutable": True, **limits, **more}


def mailed(sender: str = "users@example.com", **more: str) -> dict[str, Any]:
    return {"emailSendingAccount": "DEVELOPER", "sourceArn": IDENTITY, "fromEmailAddress": sender, **more}


def written(subject: str) -> dict[str, str]:
    return {
        "defaultEmailOption": "CONFIRM_WITH_CODE",
        "emailMessage": "Your code is {####}",
        "emailSubject": subject,
    }


CASES = (
    Case(
        token="aws:cognito/userPool:UserPool",
        inputs={
            "name": "people",
            "usernameAttributes": ["email"],
            "usernameConfiguration": {"caseSensitive": False},
            "autoVerifiedAttributes": ["email"],
            "userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": ["email"]},
            "accountRecoverySetting": recovered("verified_email", "verified_phone_number"),
            "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
            "deletionProtection": "ACTIVE",
            "deviceConfiguration": {"challengeRequiredOnNewDevice": True, "deviceOnlyRememberedOnUserPrompt": False},
            "emailConfiguration": mailed(configurationSet="letters", replyToEmailAddress="help@example.com"),
            "lambdaConfig": {"postConfirmation": FUNCTION},
            "mfaConfiguration": "OPTIONAL",
            "softwareTokenMfaConfiguration": {"enabled": True},
            "passwordPolicy": strict(),
            "schemas": [
                attribute("nickname", required=True),
                attribute("plan"),
                {
                    "name": "age",
                    "attributeDataType": "Number",
                    "mutable": True,
                    "numberAttributeConstraints": {"minValue": "0", "maxValue": "150"},
                },
            ],
            "signInPolicy": {"allowedFirstAuthFactors": ["PASSWORD"]},
            "userPoolAddOns": {"advancedSecurityMode": "AUDIT"},
            "userPoolTier": "PLUS",
            "verificationMessageTemplate": written("Your code"),
            "tags": {"team": "x"},
        },
        updates=(
            {"passwordPolicy": strict(14, requireSymbols=True), "accountRecoverySetting": recovered("verified_email")},
            {"adminCreateUserConfig": {"allowAdminCreateUserOnly": False}},
            {"deviceConfiguration": {"challengeRequiredOnNewDevice": False, "deviceOnlyRememberedOnUserPrompt": True}},
            {"emailConfiguration": mailed("people@example.com")},
            {"lambdaConfig": {"postConfirmation": f"{FUNCTION}:live", "preSignUp": FUNCTION}},
            {"signInPolicy": {"allowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
            {"mfaConfiguration": "ON"},
            {"mfaConfiguration": "OFF", "softwareTokenMfaConfiguration": {"enabled": False}},
            {"verificationMessageTemplate": written("The code")},
            {"userPoolAddOns": {"advancedSecurityMode": "ENFORCED"}},
            {"userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": []}},
            {"userPoolTier": "ESSENTIALS", "userPoolAddOns": {"advancedSecurityMode": "OFF"}},
            {"lambdaConfig": None, "autoVerifiedAttributes": None, "deviceConfiguration": None},
            {"name": "all-people"},
            {
                "schemas": [
                    attribute("nickname", required=True),
                    attribute("plan"),
                    {
                        "name": "age",
                        "attributeDataType": "Number",
                        "mutable": True,
                        "numberAttributeConstraints": {"minValue": "0", "maxValue": "150"},
                    },
                    attribute("language"),
                ]
            },
            {"deletionProtection": "INACTIVE"},
            {"tags": {"team": "y"}},
        ),
        replaces=({"usernameAttributes": ["phone_number"]}, {"usernameConfiguration": {"caseSensitive": True}}),
        refused=(
            {"softwareTokenMfaConfiguration": {"enabled": False}},
            {"passwordPolicy": strict(5)},
            {"emailConfiguration": {"emailSendingAccount": "DEVELOPER"}},
            {"aliasAttributes": ["email"]},
            {"autoVerifiedAttributes": ["phone_number"]},
            {"smsConfiguration": {"externalId": "x", "snsCallerArn": FUNCTION}},
            {"lambdaConfig": {"postConfirmation": "sign-up"}},
        ),
    ),
    Case(
        token="aws:cognito/userPool:UserPool",
        label="with-aliases",
        inputs={"aliasAttributes": ["email", "preferred_username"]},
    ),
    Case(
        token="aws:cognito/userPoolClient:UserPoolClient",
        parents=(POOL, OTHER_POOL),
        inputs={
            "userPoolId": "${pool.id}",
            "name": "page",
            "generateSecret": False,
            "accessTokenValidity": 15,
            "idTokenValidity": 30,
            "refreshTokenValidity": 12,
            "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "hours"},
            "allowedOauthFlows": ["code"],
            "allowedOauthFlowsUserPoolClient": True,
            "allowedOauthScopes": ["openid", "email", "profile"],
            "authSessionValidity": 5,
            "callbackUrls": ["https://shop.example/in", "http://localhost:5173/in"],
            "defaultRedirectUri": "https://shop.example/in",
            "logoutUrls": ["https://shop.example/out"],
            "enableTokenRevocation": True,
            "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "preventUserExistenceErrors": "ENABLED",
            "readAttributes": ["email", "name"],
            "writeAttributes": ["email"],
            "supportedIdentityProviders": ["COGNITO"],
        },
        updates=(
            {"name": "pages", "accessTokenValidity": 20, "idTokenValidity": 20},
            {
                "refreshTokenValidity": 1,
                "tokenValidityUnits": {"refreshToken": "days", "accessToken": "minutes", "idToken": "minutes"},
            },
            {"allowedOauthFlows": ["code", "implicit"], "allowedOauthScopes": ["openid"]},
            {"authSessionValidity": 10, "enableTokenRevocation": False},
            {"callbackUrls": ["https://shop.example/in", "https://other.example/in"]},
            {
                "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
                "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 10},
            },
            {"readAttributes": ["email"], "writeAttributes": ["email", "name"]},
            {"preventUserExistenceErrors": "LEGACY", "logoutUrls": ["https://other.example/out"]},
            {"defaultRedirectUri": None, "logoutUrls": None, "authSessionValidity": None},
        ),
        replaces=({"userPoolId": "${others.id}"},),
        refused=(
            {"generateSecret": True},
            {"accessTokenValidity": 1},
            {"callbackUrls": ["http://shop.example"]},
            {"allowedOauthScopes": None},
            {"allowedOauthFlows": ["client_credentials"]},
            {"defaultRedirectUri": "https://elsewhere.example"},
            {"explicitAuthFlows": ["ALLOW_ANYTHING"]},
        ),
    ),
    Case(
        token="aws:cognito/userPoolClient:UserPoolClient",
        label="plain",
        parents=(POOL,),
        inputs={"userPoolId": "${pool.id}"},
    ),
    Case(
        token="aws:cognito/userPoolDomain:UserPoolDomain",
        parents=(POOL, OTHER_POOL),
        inputs={"userPoolId": "${pool.id}", "domain": "conformance-people", "managedLoginVersion": 1},
        updates=({"managedLoginVersion": 2},),
        replaces=({"domain": "other-people"}, {"userPoolId": "${others.id}"}),
        refused=({"domain": "People"}, {"domain": "people.example.com"}, {"domain": "my-cognito"}),
    ),
    Case(
        token="aws:cognito/userPoolDomain:UserPoolDomain",
        label="own",
        parents=(CERTIFICATE, OTHER_CERTIFICATE, POOL),
        inputs={
            "userPoolId": "${pool.id}",
            "domain": "sign-in.conformance.example",
            "certificateArn": "${edge.arn}",
        },
        updates=({"certificateArn": "${newer.arn}"},),
        refused=({"domain": "people"}, {"certificateArn": "arn:aws:acm:eu-west-1:222222222222:certificate/x"}),
    ),
)
