"""S3: forms that browsers upload with must be signed by somebody who may."""

from typing import Any

from .mend import Mend, replace

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)

OLD = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
"""What buckets since 2020 answer to signatures of version 2."""


def _signatures(s3: Any) -> None:
    def enforce(fields: dict[str, str], bucket: str, region: str, size: int, sigv4: bool) -> Any:
        if not sigv4:
            return s3._error("InvalidRequest", OLD, 400)
        refusal = _refusal(s3, fields) if _is_complete(fields) else None
        return refusal or original(fields, bucket, region, size, sigv4)

    def unsigned(_policy: str, _size: int) -> Any:
        """A form without a signature is sent by nobody, and no bucket of ours lets nobody write."""
        return s3._error("AccessDenied", "Access Denied", 403)

    original = replace(s3, "_enforce_signed_post_policy", enforce)
    replace(s3, "_enforce_post_policy_size", unsigned)


def _is_complete(fields: dict[str, str]) -> bool:
    """Say whether a form has what its signature is checked by; the rest is refused by its own words."""
    names = ("policy", "x-amz-credential", "x-amz-signature")
    return all(fields.get(name) for name in names) and fields["x-amz-credential"].count("/") == 4


def _refusal(s3: Any, fields: dict[str, str]) -> Any:
    from ministack.core.iam_evaluator import (
        CredentialResolutionError,
        find_iam_access_key_account,
        is_root_access_key,
        resolve_credential,
    )

    key, date, region, service, _end = fields["x-amz-credential"].split("/")
    account = key if is_root_access_key(key) else find_iam_access_key_account(key)
    token = fields.get("x-amz-security-token") or None
    credential = resolve_credential(key, account, token)
    if isinstance(credential, CredentialResolutionError):
        text = "The AWS Access Key Id you provided does not exist in our records."
        return s3._error("InvalidAccessKeyId", text, 403)
    computed = s3.calculate_signature(credential.secret_access_key, date, region, service, fields["policy"])
    if not s3.signatures_match(computed, fields["x-amz-signature"]):
        return s3._error("SignatureDoesNotMatch", MISMATCH, 403)
    return None


MENDS = (
    Mend(
        "a form that a browser uploads with is checked by its signature, and refused without one",
        "any signature will do, and none as well",
        "ministack.services.s3",
        {
            "_enforce_signed_post_policy": "315bcda3b920",
            "_enforce_post_policy_size": "cd0ef225367a",
            "_post_object": "8d1de1398ac7",
        },
        _signatures,
    ),
)
