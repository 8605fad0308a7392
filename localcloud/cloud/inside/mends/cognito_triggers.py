"""The Lambda function that a user pool calls after somebody was confirmed, with AWS's event."""

import json
from typing import Any

SERVICE = "cognito-idp.amazonaws.com"


def user_attributes(user: dict[str, Any]) -> dict[str, str]:
    """Return what a trigger is told of a user."""
    known = {each["Name"]: each["Value"] for each in user.get("Attributes", [])}
    return {**known, "cognito:user_status": user["UserStatus"]}


def invoke(cognito: Any, pool: dict[str, Any], asked: dict[str, Any], user: dict[str, Any], source: str) -> Any:
    """Run the pool's post-confirmation trigger, if it has one; return the refusal when it fails.

    `source` is `ConfirmSignUp` or `ConfirmForgotPassword`. As on AWS the user stays confirmed when the trigger fails.
    """
    from ministack.services import lambda_svc

    from ..permissions import may_invoke

    arn = (pool.get("LambdaConfig") or {}).get("PostConfirmation")
    if not arn:
        return None
    record, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if record is None or config is None or not may_invoke(arn, SERVICE, pool["Arn"], cognito.get_account_id()):
        kind = "ResourceNotFoundException" if record is None else "AccessDeniedException"
        text = f"PostConfirmation invocation failed due to error {kind}."
        return cognito.error_response_json("UnexpectedLambdaException", text, 400)
    event = _event(pool, asked, user, f"PostConfirmation_{source}")
    execution = lambda_svc._execution_record_for_config(record, config)
    result = lambda_svc._execute_function_with_config_scope(execution, event)
    if not result.get("error"):
        return None
    body = result.get("body")
    body = json.loads(body) if isinstance(body, str | bytes) and body[:1] in ("{", b"{") else body
    message = body.get("errorMessage") if isinstance(body, dict) else body
    text = f"PostConfirmation failed with error {message}."
    return cognito.error_response_json("UserLambdaValidationException", text, 400)


def _event(pool: dict[str, Any], asked: dict[str, Any], user: dict[str, Any], source: str) -> dict[str, Any]:
    request: dict[str, Any] = {"userAttributes": user_attributes(user)}
    if asked.get("ClientMetadata"):
        request["clientMetadata"] = asked["ClientMetadata"]
    return {
        "version": "1",
        "region": pool["Id"].partition("_")[0],
        "userPoolId": pool["Id"],
        "userName": user["Username"],
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": asked.get("ClientId") or "CLIENT_ID_NOT_APPLICABLE",
        },
        "triggerSource": source,
        "request": request,
        "response": {},
    }
