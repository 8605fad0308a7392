"""Cognito: user pools, where people of an application sign up and in."""

from collections.abc import Mapping

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, conflict, given
from localcloud.plugins.aws.services.cognito_schema import own_attributes, same_attributes, sent_attributes
from localcloud.plugins.aws.steps import pages, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_POLICIES = {"passwordPolicy": "PasswordPolicy", "signInPolicy": "SignInPolicy"}
_SETTINGS = (
    "accountRecoverySetting",
    "adminCreateUserConfig",
    "autoVerifiedAttributes",
    "deletionProtection",
    "deviceConfiguration",
    "emailConfiguration",
    "lambdaConfig",
    "userAttributeUpdateSettings",
    "userPoolAddOns",
    "userPoolTier",
    "verificationMessageTemplate",
)
"""What AWS takes at create and again, all of it, at every change: what is left out goes back to its default."""
_ONCE = ("aliasAttributes", "usernameAttributes", "usernameConfiguration")
_RENAME = {"fromEmailAddress": "From"}
_MFA = "mfaConfiguration"
_FACTOR = "softwareTokenMfaConfiguration"
_PAGE = 60


def _sent(call: Call, method: str, names: tuple[str, ...]) -> Properties:
    sent = {"PoolName": call.inputs["name"], **call.parameters(method, names, _RENAME)}
    policies = {name: call.inputs[name] for name in _POLICIES if call.inputs.get(name)}
    if policies:
        sent.update(call.parameters(method, ("policies",), values={"policies": policies}))
    return sent


def _create(call: Call) -> str:
    sent = _sent(call, "create_user_pool", (*_SETTINGS, *_ONCE))
    if call.inputs.get("schemas"):
        sent["Schema"] = sent_attributes(call, call.inputs["schemas"])
    answer = call.api("create_user_pool", **sent, **tag_parameters(call))
    return str(answer["UserPool"]["Id"])


def _factors(call: Call) -> Properties:
    return call.api("get_user_pool_mfa_config", UserPoolId=call.id)


def _set_factors(call: Call) -> None:
    """Say how people prove who they are a second time: AWS takes that in a call of its own."""
    live = _factors(call)
    wanted = bool((call.inputs.get(_FACTOR) or {}).get("enabled", False))
    kind = call.inputs.get(_MFA, "OFF")
    there = bool((live.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled", False))
    if (wanted, kind) != (there, live.get("MfaConfiguration", "OFF")):
        call.api(
            "set_user_pool_mfa_config",
            UserPoolId=call.id,
            SoftwareTokenMfaConfiguration={"Enabled": wanted},
            MfaConfiguration=kind,
        )


def _change(call: Call) -> None:
    _add_attributes(call)
    if call.changed("name", *_SETTINGS, *_POLICIES):
        sent = _sent(call, "update_user_pool", _SETTINGS)
        kind = _factors(call).get("MfaConfiguration", "OFF")
        call.api("update_user_pool", UserPoolId=call.id, MfaConfiguration=kind, UserPoolTags=call.tags, **sent)


def _add_attributes(call: Call) -> None:
    """Add what is new among a pool's own attributes; Trouble for one that is to change: no pool can do that."""
    wanted: list[Properties] = call.inputs.get("schemas") or []
    live = own_attributes(_pool(call)["SchemaAttributes"], wanted)
    there = {each["name"] for each in live}
    kept = [each for each in wanted if each["name"] in there]
    if len(kept) != len(live) or not same_attributes(kept, live):
        reason = f"the attributes of the user pool {call.id} cannot be changed or removed"
        raise Trouble(reason, "add another one, or make another pool")
    new = [each for each in wanted if each["name"] not in there]
    if new:
        call.api("add_custom_attributes", UserPoolId=call.id, CustomAttributes=sent_attributes(call, new))


def _pool(call: Call) -> Properties:
    live: Properties = call.api("describe_user_pool", UserPoolId=call.id)["UserPool"]
    return live


def _read(call: Call) -> Properties:
    live = _pool(call)
    factors = _factors(call)
    found = call.properties({**live, **(live.get("Policies") or {})}, _RENAME)
    enabled = bool((factors.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled", False))
    return {
        **found,
        "creationDate": str(live.get("CreationDate", "")),
        "domain": live.get("Domain", ""),
        "endpoint": f"cognito-idp.{call.region}.amazonaws.com/{call.id}",
        "lambdaConfig": {name: each for name, each in (found.get("lambdaConfig") or {}).items() if each} or None,
        "lastModifiedDate": str(live.get("LastModifiedDate", "")),
        _MFA: factors.get("MfaConfiguration", "OFF"),
        _FACTOR: {"enabled": enabled},
        "schemas": own_attributes(live.get("SchemaAttributes") or (), call.inputs.get("schemas") or ()),
        "tags": live.get("UserPoolTags") or {},
    }


def _find(call: Call) -> str | None:
    for live in pages(call, "list_user_pools", "UserPools", MaxResults=_PAGE):
        if live["Name"] == call.inputs["name"] and live["Id"] not in call.known:
            tags = call.api("describe_user_pool", UserPoolId=live["Id"])["UserPool"].get("UserPoolTags")
            if call.mine(tags):
                return str(live["Id"])
    return None


def _second_factor(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a second factor which people must give is one that the pool has."""
    kind, token = inputs.get(_MFA, "OFF"), inputs.get(_FACTOR)
    if kind in ("OFF", UNKNOWN) or token is UNKNOWN:
        return None
    enabled = token.get("enabled") if isinstance(token, Mapping) else False
    if enabled in (True, UNKNOWN):
        return None
    return _FACTOR, f"must be enabled for the {_MFA} {kind}: other factors are not in the embedded cloud's table"


def _mailed(inputs: Properties) -> tuple[str, str] | None:
    """Judge that mail from an account's own SES says whose identity it uses."""
    mail = inputs.get("emailConfiguration")
    if not isinstance(mail, Mapping) or mail.get("emailSendingAccount") != "DEVELOPER":
        return None
    return None if given(mail, "sourceArn") else ("emailConfiguration.sourceArn", "is required for DEVELOPER")


def _verified(inputs: Properties) -> tuple[str, str] | None:
    """Judge that what must be verified before a change is verified at all."""
    first = inputs.get("userAttributeUpdateSettings")
    wanted = first.get("attributesRequireVerificationBeforeUpdates") if isinstance(first, Mapping) else None
    verified = inputs.get("autoVerifiedAttributes", [])
    if not isinstance(wanted, list) or not isinstance(verified, list) or UNKNOWN in (*wanted, *verified):
        return None
    missing = next((name for name in wanted if name not in verified), None)
    return (
        ("autoVerifiedAttributes", f"must have {missing}, which userAttributeUpdateSettings names") if missing else None
    )


_TRIGGERS = (
    "createAuthChallenge",
    "customMessage",
    "defineAuthChallenge",
    "postAuthentication",
    "postConfirmation",
    "preAuthentication",
    "preSignUp",
    "preTokenGeneration",
    "userMigration",
    "verifyAuthChallengeResponse",
)

ENTRIES = (
    Entry(
        token="aws:cognito/userPool:UserPool",
        service="cognito-idp",
        inputs=("name", "schemas", _MFA, _FACTOR, *_POLICIES, *_SETTINGS, *_ONCE),
        name=Name(longest=128, pattern=r"[\w\s+=,.@-]+"),
        create=_create,
        settle=_set_factors,
        read=_read,
        update=_change,
        delete=lambda call: call.api("delete_user_pool", UserPoolId=call.id),
        find=_find,
        sought=("name",),
        tags=Tags(
            owner=lambda call: {"ResourceArn": call.arn(f"userpool/{call.id}", "cognito-idp")},
            key="",
            create=lambda call, tags: {"UserPoolTags": tags},
        ),
        replace=dict.fromkeys(_ONCE, "a pool keeps what its users are known by"),
        defaults={
            "autoVerifiedAttributes": [],
            "deletionProtection": "INACTIVE",
            "deviceConfiguration": None,
            "lambdaConfig": None,
            _MFA: "OFF",
            _FACTOR: {"enabled": False},
            "schemas": [],
            "userPoolTier": "ESSENTIALS",
        },
        same={"schemas": same_attributes},
        sets=(
            "accountRecoverySetting.recoveryMechanisms",
            "aliasAttributes",
            "autoVerifiedAttributes",
            "schemas",
            "signInPolicy.allowedFirstAuthFactors",
            "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates",
            "usernameAttributes",
        ),
        limits={
            "accountRecoverySetting.recoveryMechanisms[*].name": {
                "enum": ["admin_only", "verified_email", "verified_phone_number"]
            },
            "accountRecoverySetting.recoveryMechanisms[*].priority": {"minimum": 1, "maximum": 2},
            "aliasAttributes[*]": {"enum": ["email", "phone_number", "preferred_username"]},
            "autoVerifiedAttributes[*]": {"enum": ["email"]},
            "deletionProtection": {"enum": ["ACTIVE", "INACTIVE"]},
            "emailConfiguration.emailSendingAccount": {"enum": ["COGNITO_DEFAULT", "DEVELOPER"]},
            "emailConfiguration.sourceArn": {"pattern": r"^arn:aws:ses:[a-z0-9-]+:\d{12}:identity/.+"},
            **{f"lambdaConfig.{name}": ARN for name in _TRIGGERS},
            _MFA: {"enum": ["OFF", "ON", "OPTIONAL"]},
            "passwordPolicy.minimumLength": {"minimum": 6, "maximum": 99},
            "passwordPolicy.passwordHistorySize": {"minimum": 0, "maximum": 24},
            "passwordPolicy.temporaryPasswordValidityDays": {"minimum": 0, "maximum": 365},
            "schemas": {"maxItems": 50},
            "schemas[*].attributeDataType": {"enum": ["Boolean", "DateTime", "Number", "String"]},
            "schemas[*].name": {"pattern": r"^[\w-]{1,20}$"},
            "signInPolicy.allowedFirstAuthFactors[*]": {"enum": ["EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN"]},
            "userPoolAddOns.advancedSecurityMode": {"enum": ["AUDIT", "ENFORCED", "OFF"]},
            "userPoolTier": {"enum": ["ESSENTIALS", "LITE", "PLUS"]},
            "usernameAttributes[*]": {"enum": ["email", "phone_number"]},
            "verificationMessageTemplate.defaultEmailOption": {"enum": ["CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK"]},
            "verificationMessageTemplate.emailMessage": {"pattern": r"\{####\}", "maxLength": 20000},
            "verificationMessageTemplate.emailSubject": {"maxLength": 140},
        },
        refused={
            "adminCreateUserConfig.inviteMessageTemplate.smsMessage": "no text messages are sent",
            "lambdaConfig.customEmailSender": "mail goes by SES on the embedded cloud",
            "lambdaConfig.customSmsSender": "no text messages are sent",
            "lambdaConfig.kmsKeyId": "mail goes by SES on the embedded cloud",
            "lambdaConfig.preTokenGenerationConfig": "use preTokenGeneration",
            "verificationMessageTemplate.smsMessage": "no text messages are sent",
        },
        rules=(conflict("aliasAttributes", "usernameAttributes"), _second_factor, _mailed, _verified),
        unlike=("advanced security is kept and judges nobody",),
    ),
)
