"""Cognito's calls without a signature, and the letters that carry its codes."""

import re
from typing import Any

from botocore.model import StructureShape

from .. import wire
from ..codes import Codes, Locks
from ..validation import problems
from . import sesv2
from .mend import Mend, replace

CODES = Codes()
LOCKS = Locks()
TAG = re.compile(r"<[^>]+>")
PURPOSES = {"password": "reset", "email": "sign-up"}
REFUSALS = {
    "wrong": ("CodeMismatchException", "Invalid verification code provided, please try again."),
    "expired": ("ExpiredCodeException", "Invalid code provided, please request a code again."),
    "limit": ("LimitExceededException", "Attempt limit exceeded, please try after some time."),
}


class TooMany(Exception):
    """A user was sent as many codes as Cognito sends within an hour."""


def refused(cognito: Any, outcome: str) -> Any:
    """Return the answer to a code that is not right."""
    code, message = REFUSALS[outcome]
    return cognito.error_response_json(code, message, 400)


def attributes_of(user: dict[str, Any]) -> dict[str, str]:
    """Return a user's attributes by name."""
    return {each["Name"]: each["Value"] for each in user.get("Attributes", [])}


def set_attribute(user: dict[str, Any], name: str, value: str) -> None:
    """Give a user's attribute a value."""
    others = [each for each in user.get("Attributes", []) if each["Name"] != name]
    user["Attributes"] = [*others, {"Name": name, "Value": value}]


def owner(cognito: Any, data: dict[str, Any]) -> tuple[str, str] | None:
    """Return account and region of the pool that a call without a signature is meant for."""
    client = data.get("ClientId")
    tokens = [data.get(name) for name in ("AccessToken", "RefreshToken", "Token")]
    pools = {data.get("UserPoolId"), *(cognito._pool_id_from_token(token) for token in tokens if token)}
    for (account, region, identity), pool in cognito._user_pools.all_items():
        if client in pool["_clients"] if client else identity in pools:
            return account, region
    return None


def refusal_of(cognito: Any, action: str, data: Any) -> Any:
    """Return the answer to a request that is not of the form of its action, as a browser may send one."""
    shape = wire.service("cognito-idp").operation_model(action).input_shape
    wrong = list(problems(shape, data)) if isinstance(shape, StructureShape) else []
    if not wrong:
        return None
    count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected"
    return cognito.error_response_json("InvalidParameterException", f"{count}: {'; '.join(wrong)}", 400)


def _calls(cognito: Any) -> None:
    def run(handler: Any, action: str, data: dict[str, Any]) -> Any:
        if action in cognito._UNSIGNED_IDP_ACTIONS or action in OWN:
            wrong = refusal_of(cognito, action, data)
            if wrong:
                return wrong
            found = owner(cognito, data)
            if found:
                cognito.set_request_account_id(found[0])
                cognito.set_request_region(found[1])
            elif data.get("ClientId"):
                text = f"User pool client {data['ClientId']} does not exist."
                return cognito.error_response_json("ResourceNotFoundException", text, 400)
        error = (
            cognito._validate_client_secret_hash(action, data)
            or cognito._auth_flow_error(action, data)
            or cognito._access_token_error(data)
        )
        try:
            return error or handler(data)
        except TooMany:
            return refused(cognito, "limit")

    async def dispatch(action: str, data: dict[str, Any]) -> Any:
        if action in OWN:
            return await cognito.run_reentrant(run, lambda asked: OWN[action](cognito, asked), action, data)
        return await original_dispatch(action, data)

    replace(cognito, "_run_idp_handler", run)
    original_dispatch = replace(cognito, "_dispatch_idp", dispatch)


def send_attribute_code(cognito: Any, data: dict[str, Any]) -> Any:
    """Send the code that verifies an attribute of the token's user."""
    user, pool = cognito._user_pool_for_access_token(data["AccessToken"])
    if data.get("AttributeName") != "email":
        return cognito.error_response_json("InvalidParameterException", "Only email can be verified here.", 400)
    cognito._send_verification_email(pool, user["Username"], attributes_of(user), "", attribute_name="attribute")
    return cognito._code_delivery_response(cognito._masked_destination(attributes_of(user).get("email", "")))


def verify_attribute(cognito: Any, data: dict[str, Any]) -> Any:
    """Take the code that verifies an attribute of the token's user."""
    user, pool = cognito._user_pool_for_access_token(data["AccessToken"])
    key = (pool["Id"], user["Username"], "attribute")
    outcome = CODES.check(key, data.get("Code", ""))
    if outcome != "right":
        return refused(cognito, outcome)
    CODES.used(key)
    set_attribute(user, f"{data['AttributeName']}_verified", "true")
    return cognito.json_response({})


OWN = {"GetUserAttributeVerificationCode": send_attribute_code, "VerifyUserAttribute": verify_attribute}
"""Actions that MiniStack does not know."""


def _letters(cognito: Any) -> None:
    def sender(pool: dict[str, Any]) -> tuple[str, str, str]:
        mail = pool.get("EmailConfiguration") or {}
        if mail.get("EmailSendingAccount") != "DEVELOPER":
            return cognito._COGNITO_DEFAULT_FROM, mail.get("ReplyToEmailAddress") or "", ""
        identity = str(mail.get("SourceArn", "")).rpartition("identity/")[2]
        address = mail.get("From") or (identity if "@" in identity else f"no-reply@{identity}")
        return address, mail.get("ReplyToEmailAddress") or "", mail.get("ConfigurationSet") or ""

    def deliver(pool: Any, to: str, subject: str, body: str, type_name: str, extra: Any = None) -> Any:
        from ministack.services import ses, ses_v2

        identity = original_deliver(pool, to, subject, body, type_name, extra)
        if identity is None:
            return None
        record = ses._sent_emails_list()[-1]
        answer_to = record.get("ReplyToAddresses") or []
        record |= {"Headers": {}, "Tags": {}, "ReplyTo": answer_to, "BodyText": TAG.sub("", body)}
        configuration = sender(pool)[2]
        if configuration in ses_v2._config_sets:
            sesv2.publish(ses_v2, configuration, record)
        return identity

    def send(pool: Any, username: str, attributes: Any, _code: str, attribute_name: str = "email") -> Any:
        purpose = PURPOSES.get(attribute_name, attribute_name)
        if purpose == "sign-up" and "email" not in pool.get("AutoVerifiedAttributes", []):
            return None
        user = cognito._resolve_user(pool, username)[0]
        code = CODES.issue((pool["Id"], user["Username"], purpose))
        if code is None:
            raise TooMany
        return original_send(pool, username, attributes, code, attribute_name)

    replace(cognito, "_resolve_email_sender", sender)
    original_deliver = replace(cognito, "_deliver_cognito_email", deliver)
    original_send = replace(cognito, "_send_verification_email", send)


MENDS = (
    Mend(
        "a call without a signature finds its pool by client or token in any account; tokens and flows are checked",
        "it is looked for in one account; signatures, ends and flows are looked at only when all calls are signed",
        "ministack.services.cognito",
        {
            "_run_idp_handler": "85681acebd62",
            "_dispatch_idp": "eff61c61ce4d",
            "_validate_client_secret_hash": "1c4c80271afc",
            "_auth_flow_error": "5c2c55678924",
            "_access_token_error": "e5293903b714",
        },
        _calls,
    ),
    Mend(
        "Cognito's letters come from the pool's address by its configuration set, each code a new one",
        "every code is 123456, a letter has no headers and tells no topic",
        "ministack.services.cognito",
        {
            "_resolve_email_sender": "e5059fb49e09",
            "_deliver_cognito_email": "ab26c35cdb68",
            "_send_verification_email": "bceed599b45c",
        },
        _letters,
    ),
)
