"""Cognito user pools, their clients and domains: settings checked, completed and given back as AWS does."""

import json
from typing import Any

from botocore.model import StructureShape

from .. import wire
from ..validation import problems
from .mend import Mend, replace

POLICY = {
    "MinimumLength": 8,
    "RequireUppercase": False,
    "RequireLowercase": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "TemporaryPasswordValidityDays": 7,
}
"""What a password policy has where it says nothing; a pool without a policy asks for all four."""
STRICT = {**POLICY, **{key: True for key in POLICY if key.startswith("Require")}}
FACTORS = {"AllowedFirstAuthFactors": ["PASSWORD"]}
KEPT_EMPTY = ("LambdaConfig", "EmailConfiguration", "AdminCreateUserConfig", "UserPoolTags", "EstimatedNumberOfUsers")
RESET = {
    "AutoVerifiedAttributes": [],
    "EmailConfiguration": {},
    "LambdaConfig": {},
    "AccountRecoverySetting": {},
    "UserPoolAddOns": {},
    "DeviceConfiguration": {},
    "UserAttributeUpdateSettings": {},
    "VerificationMessageTemplate": {},
    "AdminCreateUserConfig": {},
    "SmsConfiguration": {},
    "Policies": {},
    "EmailVerificationMessage": "",
    "EmailVerificationSubject": "",
    "SmsVerificationMessage": "",
    "SmsAuthenticationMessage": "",
    "DeletionProtection": "INACTIVE",
}
"""What an update leaves out goes back to this."""
CLIENT = {
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
}
CLIENT_IDENTITY = ("UserPoolId", "ClientId", "ClientSecret", "CreationDate")
RESERVED = ("aws", "amazon", "cognito")
MARK = "InvalidParameterException"


def _pools(cognito: Any) -> None:
    def refuse(message: str) -> Any:
        return cognito.error_response_json(MARK, message, 400)

    def checked(action: str, data: dict[str, Any]) -> Any:
        shape = wire.service("cognito-idp").operation_model(action).input_shape
        wrong = list(problems(shape, data)) if isinstance(shape, StructureShape) else []
        if wrong:
            count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected"
            return refuse(f"{count}: {'; '.join(wrong)}")
        mail = data.get("EmailConfiguration") or {}
        if mail.get("EmailSendingAccount") == "DEVELOPER" and not mail.get("SourceArn"):
            return refuse("SourceArn is required when EmailSendingAccount is DEVELOPER")
        return None

    def completed(data: dict[str, Any]) -> dict[str, Any]:
        given = data.get("Policies") or {}
        policy = {**POLICY, **given["PasswordPolicy"]} if given.get("PasswordPolicy") else dict(STRICT)
        policies = {"SignInPolicy": FACTORS, **given, "PasswordPolicy": policy}
        invitation = {"AllowAdminCreateUserOnly": False, **(data.get("AdminCreateUserConfig") or {})}
        invitation.setdefault("UnusedAccountValidityDays", policy["TemporaryPasswordValidityDays"])
        template = {"DefaultEmailOption": "CONFIRM_WITH_CODE", **(data.get("VerificationMessageTemplate") or {})}
        own = {"Policies": policies, "AdminCreateUserConfig": invitation, "VerificationMessageTemplate": template}
        return {**data, **own}

    def create(data: dict[str, Any]) -> Any:
        return checked("CreateUserPool", data) or original_create(completed(data))

    def update(data: dict[str, Any]) -> Any:
        wrong = checked("UpdateUserPool", data)
        pool = cognito._user_pools.get(data.get("UserPoolId", ""))
        if wrong or pool is None:
            return wrong or original_update(data)
        response = original_update(completed({**RESET, **data}))
        if response[0] == 200 and data.get("PoolName"):
            pool["Name"] = data["PoolName"]
        return response

    def delete(data: dict[str, Any]) -> Any:
        pool = cognito._user_pools.get(data.get("UserPoolId", "")) or {}
        if pool.get("DeletionProtection") == "ACTIVE":
            return refuse(
                "The user pool cannot be deleted because deletion protection is activated. "
                "Deletion protection must be inactivated first."
            )
        if pool.get("Domain") or pool.get("CustomDomain"):
            return refuse("User pool cannot be deleted. It has a domain configured that should be deleted first.")
        return original_delete(data)

    def shown(pool: dict[str, Any]) -> dict[str, Any]:
        out = original_shown(pool)
        return {key: value for key, value in out.items() if value not in (None, "", [], {}) or key in KEPT_EMPTY}

    original_create = replace(cognito, "_create_user_pool", create)
    original_update = replace(cognito, "_update_user_pool", update)
    original_delete = replace(cognito, "_delete_user_pool", delete)
    original_shown = replace(cognito, "_pool_out", shown)


def _clients(cognito: Any) -> None:
    def refusal(action: str, data: dict[str, Any]) -> Any:
        shape = wire.service("cognito-idp").operation_model(action).input_shape
        wrong = list(problems(shape, data)) if isinstance(shape, StructureShape) else []
        message = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: {'; '.join(wrong)}"
        flows, callbacks = data.get("AllowedOAuthFlows") or [], data.get("CallbackURLs") or []
        if not wrong and flows and flows != ["client_credentials"] and not callbacks:
            wrong, message = ["callbacks"], "CallbackURLs are required for the code and implicit flows"
        insecure = [
            each for each in callbacks if each.startswith("http://") and not each.startswith("http://localhost")
        ]
        if not wrong and insecure:
            wrong, message = insecure, f"{insecure[0]} cannot use the HTTP protocol."
        return cognito.error_response_json(MARK, message, 400) if wrong else None

    def settled(record: dict[str, Any], data: dict[str, Any]) -> Any:
        """Let a record have what was given and AWS's defaults, nothing else."""
        given = {key: value for key, value in data.items() if key != "GenerateSecret" and value is not None}
        identity = {key: record[key] for key in CLIENT_IDENTITY if record.get(key) is not None}
        name = {"ClientName": record["ClientName"], "LastModifiedDate": record["LastModifiedDate"]}
        record.clear()
        record.update({**CLIENT, **name, **given, **identity})
        return cognito.json_response({"UserPoolClient": record})

    def record_of(response: Any) -> dict[str, Any]:
        answer = json.loads(response[2])["UserPoolClient"]
        record: dict[str, Any] = cognito._user_pools[answer["UserPoolId"]]["_clients"][answer["ClientId"]]
        return record

    def create(data: dict[str, Any]) -> Any:
        response = refusal("CreateUserPoolClient", data) or original_create(data)
        return settled(record_of(response), data) if response[0] == 200 else response

    def update(data: dict[str, Any]) -> Any:
        response = refusal("UpdateUserPoolClient", data) or original_update(data)
        return settled(record_of(response), data) if response[0] == 200 else response

    def create_domain(data: dict[str, Any]) -> Any:
        prefix = data.get("Domain") or ""
        reserved = [word for word in RESERVED if word in prefix and not data.get("CustomDomainConfig")]
        if reserved:
            return cognito.error_response_json(MARK, f"Domain cannot contain reserved word: {reserved[0]}", 400)
        if any(key[2] == prefix for key, _ in cognito._pool_domain_map.all_items()):
            return cognito.error_response_json(MARK, "Domain already associated with another user pool.", 400)
        return original_domain(data)

    original_create = replace(cognito, "_create_user_pool_client", create)
    original_update = replace(cognito, "_update_user_pool_client", update)
    original_domain = replace(cognito, "_create_user_pool_domain", create_domain)


MENDS = (
    Mend(
        "a user pool is checked, completed with AWS's defaults, reset by an update, kept while protected or in use",
        "nothing is checked, empty fields come back, an update keeps what it leaves out, every pool can be deleted",
        "ministack.services.cognito",
        {
            "_create_user_pool": "ad2842af0444",
            "_update_user_pool": "0b087dc81f4c",
            "_delete_user_pool": "4a78aff687ef",
            "_pool_out": "3710351c0e3c",
        },
        _pools,
    ),
    Mend(
        "a user pool's client has what was given to it; a domain's prefix is unique and without a reserved word",
        "fields that nobody gave come back empty, an update keeps what it leaves out, any prefix is taken",
        "ministack.services.cognito",
        {
            "_create_user_pool_client": "1caaecf2354b",
            "_update_user_pool_client": "530fe95f2cec",
            "_create_user_pool_domain": "17715d498a2f",
        },
        _clients,
    ),
)
