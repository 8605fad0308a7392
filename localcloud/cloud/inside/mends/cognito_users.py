"""Cognito for people: confirmations and their trigger, names, wrong passwords, refresh tokens."""

import json
import re
import time
from typing import Any

from .cognito_calls import CODES, LOCKS, attributes_of, refused, send_attribute_code, set_attribute
from .cognito_triggers import invoke
from .mend import Mend, replace

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NO_ADDRESS = "Cannot reset password for the user as there is no registered/verified email or phone_number"


def nonconforming(cognito: Any, pool: dict[str, Any], data: dict[str, Any]) -> Any:
    """Return the refusal of attributes that the pool does not know, that it asks for, or that are no address."""
    given = {each["Name"]: each.get("Value", "") for each in data.get("UserAttributes") or []}
    if "email" in given and not ADDRESS.fullmatch(given["email"]):
        return cognito.error_response_json("InvalidParameterException", "Invalid email address format.", 400)
    known = {each["Name"]: each for each in cognito._ensure_schema_attributes(pool)["SchemaAttributes"]}
    implied = {"sub", cognito._username_alias_attribute(pool, data["Username"])}
    wrong = [f"{name}: Attribute does not exist in the schema." for name in given if name not in known]
    for name, attribute in known.items():
        if attribute.get("Required") and name not in implied and not given.get(name):
            wrong.append(f"{name}: The attribute {name} is required")
    text = "Attributes did not conform to the schema: " + "".join(f"{each}\n" for each in wrong)
    return cognito.error_response_json("InvalidParameterException", text, 400) if wrong else None


def _accounts(cognito: Any) -> None:
    def user_of(data: dict[str, Any]) -> tuple[Any, Any]:
        pool, _ = cognito._pool_for_client(data.get("ClientId"))
        return pool, cognito._resolve_user(pool, data.get("Username"))[0] if pool else None

    def sign_up(data: dict[str, Any]) -> Any:
        pool, _ = cognito._pool_for_client(data["ClientId"])
        response = nonconforming(cognito, pool, data) or original_sign_up(data)
        if response[0] != 200:
            return response
        answer = json.loads(response[2])
        user = user_of(data)[1]
        if "email" not in pool.get("AutoVerifiedAttributes", []):
            answer.pop("CodeDeliveryDetails", None)
        elif "CodeDeliveryDetails" in answer:
            answer["CodeDeliveryDetails"]["Destination"] = cognito._masked_destination(attributes_of(user)["email"])
        failed = invoke(cognito, pool, data, user, "ConfirmSignUp") if answer["UserConfirmed"] else None
        return failed or cognito.json_response(answer)

    def confirm(data: dict[str, Any], purpose: str, source: str, original: Any) -> Any:
        pool, user = user_of(data)
        if user is None:
            return original(data)
        if purpose == "sign-up" and user["UserStatus"] != "UNCONFIRMED":
            text = f"User cannot be confirmed. Current status is {user['UserStatus']}"
            return cognito.error_response_json("NotAuthorizedException", text, 400)
        key = (pool["Id"], user["Username"], purpose)
        outcome = CODES.check(key, data.get("ConfirmationCode", ""))
        response = original(data) if outcome == "right" else refused(cognito, outcome)
        if response[0] != 200:
            return response
        CODES.used(key)
        if "email" in attributes_of(user) and (purpose == "reset" or "email" in pool["AutoVerifiedAttributes"]):
            set_attribute(user, "email_verified", "true")
        LOCKS.passed(pool["Id"], user["Username"])
        return invoke(cognito, pool, data, user, source) or response

    def confirm_for_admin(data: dict[str, Any]) -> Any:
        response = original_admin(data)
        pool = cognito._user_pools.get(data.get("UserPoolId", ""))
        if response[0] != 200:
            return response
        return (
            invoke(cognito, pool, data, cognito._resolve_user(pool, data["Username"])[0], "ConfirmSignUp") or response
        )

    def resend(data: dict[str, Any]) -> Any:
        pool, user = user_of(data)
        if user and user["UserStatus"] != "UNCONFIRMED":
            return cognito.error_response_json("InvalidParameterException", "User is already confirmed.", 400)
        if user and "email" not in pool.get("AutoVerifiedAttributes", []):
            text = "Cannot resend codes. Auto verification not turned on."
            return cognito.error_response_json("InvalidParameterException", text, 400)
        return original_resend(data)

    def forgot(data: dict[str, Any]) -> Any:
        _, user = user_of(data)
        if user and user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            text = "User password cannot be reset in the current state."
            return cognito.error_response_json("NotAuthorizedException", text, 400)
        if user and attributes_of(user).get("email_verified") != "true":
            return cognito.error_response_json("InvalidParameterException", NO_ADDRESS, 400)
        return original_forgot(data)

    original_sign_up = replace(cognito, "_sign_up", sign_up)
    original_resend = replace(cognito, "_resend_confirmation_code", resend)
    original_forgot = replace(cognito, "_forgot_password", forgot)
    original_admin = replace(cognito, "_admin_confirm_sign_up", confirm_for_admin)
    first = cognito._confirm_sign_up
    second = cognito._confirm_forgot_password
    replace(cognito, "_confirm_sign_up", lambda data: confirm(data, "sign-up", "ConfirmSignUp", first))
    replace(cognito, "_confirm_forgot_password", lambda data: confirm(data, "reset", "ConfirmForgotPassword", second))


def _users(cognito: Any) -> None:
    def resolve(pool: dict[str, Any], username: str) -> Any:
        user, error = original_resolve(pool, username)
        if user or not username or (pool.get("UsernameConfiguration") or {}).get("CaseSensitive", True):
            return user, error
        names = {*(pool.get("UsernameAttributes") or []), *(pool.get("AliasAttributes") or [])}
        for each in pool["_users"].values():
            known = attributes_of(each)
            own = [each["Username"], *(known.get(name, "") for name in names)]
            if username.casefold() in [text.casefold() for text in own]:
                return original_resolve(pool, next(text for text in own if text.casefold() == username.casefold()))
        return user, error

    def change(data: dict[str, Any]) -> Any:
        user, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
        before = attributes_of(user) if user else {}
        response = original_change(data)
        if response[0] != 200 or not user or before.get("email") == attributes_of(user).get("email"):
            return response
        set_attribute(user, "email_verified", "false")
        if "email" not in pool.get("AutoVerifiedAttributes", []):
            return response
        sent = json.loads(send_attribute_code(cognito, {**data, "AttributeName": "email"})[2])
        return cognito.json_response({"CodeDeliveryDetailsList": [sent["CodeDeliveryDetails"]]})

    def delete(data: dict[str, Any]) -> Any:
        user, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
        return forgetting(original_delete(data), pool, user)

    def delete_for_admin(data: dict[str, Any]) -> Any:
        pool = cognito._user_pools.get(data.get("UserPoolId", ""))
        user = cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
        return forgetting(original_admin(data), pool, user)

    def forgetting(response: Any, pool: Any, user: Any) -> Any:
        if response[0] == 200 and pool and user:
            CODES.forget(pool["Id"], user["Username"])
            LOCKS.passed(pool["Id"], user["Username"])
        return response

    original_resolve = replace(cognito, "_resolve_user", resolve)
    original_change = replace(cognito, "_update_user_attributes", change)
    original_delete = replace(cognito, "_delete_user", delete)
    original_admin = replace(cognito, "_admin_delete_user", delete_for_admin)


def _sign_ins(cognito: Any) -> None:
    def watched(original: Any) -> Any:
        def call(data: dict[str, Any]) -> Any:
            given = {**(data.get("AuthParameters") or {}), **(data.get("ChallengeResponses") or {})}
            pool = (
                cognito._user_pools.get(data.get("UserPoolId", "")) or cognito._pool_for_client(data.get("ClientId"))[0]
            )
            user = cognito._resolve_user(pool, given["USERNAME"])[0] if pool and given.get("USERNAME") else None
            if user is None:
                return original(data)
            name = user["Username"]
            if LOCKS.locked(pool["Id"], name):
                return cognito.error_response_json("NotAuthorizedException", "Password attempts exceeded", 400)
            response = original(data)
            answer = json.loads(response[2])
            if answer.get("message") == "Incorrect username or password.":
                LOCKS.failed(pool["Id"], name)
            elif answer.get("AuthenticationResult"):
                LOCKS.passed(pool["Id"], name)
            return response

        return call

    def on_page(pool: dict[str, Any], username: str, password: str) -> Any:
        user = cognito._resolve_user(pool, username)[0]
        if user and LOCKS.locked(pool["Id"], user["Username"]):
            return None, "Password attempts exceeded"
        found = original_page(pool, username, password)
        if user:
            (LOCKS.passed if found[0] else LOCKS.failed)(pool["Id"], user["Username"])
        return found

    def refresh(pool: Any, pid: str, cid: str, token: str) -> Any:
        claims = cognito._token_claims(token)
        user, error = original_refresh(pool, pid, cid, token)
        if error:
            return user, error
        text = None
        if not cognito._signature_valid(token):
            text = "Invalid Refresh Token"
        elif claims.get("exp", 0) <= time.time():
            text = "Refresh Token has expired"
        elif claims.get("origin_jti") in cognito._revoked_tokens:
            text = "Refresh Token has been revoked"
        elif not user.get("Enabled", True):
            text = "User is disabled."
        return (None, cognito.error_response_json("NotAuthorizedException", text, 400)) if text else (user, None)

    for name in (
        "_initiate_auth",
        "_admin_initiate_auth",
        "_respond_to_auth_challenge",
        "_admin_respond_to_auth_challenge",
    ):
        replace(cognito, name, watched(getattr(cognito, name)))
    original_page = replace(cognito, "_authenticate_hosted_ui_user", on_page)
    original_refresh = replace(cognito, "_refresh_auth_user", refresh)


MENDS = (
    Mend(
        "codes are looked at, addresses become verified, the trigger after a confirmation runs",
        "any code will do, no address is ever verified, no function hears of it",
        "ministack.services.cognito",
        {
            "_sign_up": "7c18b40cc080",
            "_resend_confirmation_code": "4a657342dd8d",
            "_forgot_password": "2c3b97e277d5",
            "_confirm_sign_up": "e9557b08401a",
            "_confirm_forgot_password": "7f65a9b7d622",
            "_admin_confirm_sign_up": "e466a78787df",
        },
        _accounts,
    ),
    Mend(
        "names are found whatever their case where the pool says so; a changed address is verified again",
        "case always counts, a new address is as good as the old one",
        "ministack.services.cognito",
        {
            "_resolve_user": "005b45b0326d",
            "_update_user_attributes": "f2dcbe6711fd",
            "_delete_user": "d75712530e06",
            "_admin_delete_user": "425d5d47c34a",
        },
        _users,
    ),
    Mend(
        "wrong passwords lock a user for a while; a refresh token is looked at",
        "passwords can be tried without end, a refresh token of any signature and age is taken",
        "ministack.services.cognito",
        {
            "_initiate_auth": "df32da882d66",
            "_admin_initiate_auth": "fe990340921c",
            "_respond_to_auth_challenge": "9dae007b5620",
            "_admin_respond_to_auth_challenge": "0ed094bdaeb9",
            "_authenticate_hosted_ui_user": "e812fdac95e2",
            "_refresh_auth_user": "d5b6dbd246a8",
        },
        _sign_ins,
    ),
)
