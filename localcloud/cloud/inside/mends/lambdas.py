"""Lambda: code from any account's bucket or a refusal, and errors by their own names."""

import re
from typing import Any

from .mend import Mend, replace

GENERIC = "Runtime.HandlerError"
RAISED = re.compile(r"^(?:[\w.]+\.)?(?P<name>[A-Z]\w*)(?::|$)")


def _code(functions: Any) -> None:
    def fetch(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        from ministack.core.responses import request_scope
        from ministack.services import s3

        with request_scope(s3._bucket_owner_account(bucket) or functions.get_account_id(), functions.get_region()):
            found: bytes | None = original_fetch(bucket, key, version_id)
        return found

    def refusal(code: dict[str, Any]) -> Any:
        if "S3Bucket" not in code or fetch(code["S3Bucket"], code.get("S3Key", ""), code.get("S3ObjectVersion")):
            return None
        from ministack.services import s3

        there = s3._bucket_owner_account(code["S3Bucket"])
        name, text = ("NoSuchKey", "The specified key") if there else ("NoSuchBucket", "The specified bucket")
        message = f"Error occurred while GetObject. S3 Error Code: {name}. S3 Error Message: {text} does not exist."
        return functions.error_response_json("InvalidParameterValueException", message, 400)

    def create(data: dict[str, Any]) -> Any:
        return refusal(data.get("Code") or {}) or original_create(data)

    def update(name: str, data: dict[str, Any]) -> Any:
        return refusal(data) or original_update(name, data)

    original_fetch = replace(functions, "_fetch_code_from_s3", fetch)
    original_create = replace(functions, "_create_function", create)
    original_update = replace(functions, "_update_code", update)


def _errors(functions: Any) -> None:
    def execute(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = original(function, event, request_id)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == GENERIC:
            body["requestId"] = request_id
            lines = str(result.get("log", "")).splitlines()
            body["stackTrace"] = [line for line in lines if line.startswith("  File ") and "_worker.py" not in line]
            raised = next(
                (found for line in reversed(lines) if (found := RAISED.match(line)) and is_of(line, body)), None
            )
            if raised:
                body["errorType"] = raised["name"]
        return result

    def is_of(line: str, body: dict[str, Any]) -> bool:
        """Say whether a line of a traceback is the one with the error's message."""
        first = str(body["errorMessage"]).split("\n", 1)[0]
        return line.rstrip().endswith(first)

    original = replace(functions, "_execute_function_warm", execute)


MENDS = (
    Mend(
        "a function's code comes from a bucket of any account, and one without code is refused",
        "a bucket of another account is not found, and a function without code answers with success",
        "ministack.services.lambda_svc",
        {
            "_fetch_code_from_s3": "e05246c20b32",
            "_create_function": "e307eecdf0d8",
            "_update_code": "0998d118b422",
        },
        _code,
    ),
    Mend(
        "an error of a function has the name of its class",
        "each is a Runtime.HandlerError",
        "ministack.services.lambda_svc",
        {"_execute_function_warm": "62b9218bef5b"},
        _errors,
    ),
)
