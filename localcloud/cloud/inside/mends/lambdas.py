"""Lambda: code from any account's bucket, or a refusal."""

from typing import Any

from .mend import Mend, replace


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
)
