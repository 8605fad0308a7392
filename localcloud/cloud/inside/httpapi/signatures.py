"""Routes with IAM authorization: the signature of a caller of the API's own account."""

import hashlib
from collections.abc import Mapping
from typing import Any

from ministack.core import sigv4
from ministack.core.iam_evaluator import ResolvedCredential, resolve_credential

SERVICE = "execute-api"
UNSIGNED = "UNSIGNED-PAYLOAD"


def identity(
    method: str,
    raw_path: str,
    query: Mapping[str, list[str]],
    headers: Mapping[str, str],
    body: bytes,
    scope: tuple[str, str],
) -> dict[str, Any] | None:
    """Return who signed a request, as `requestContext.authorizer.iam`; nothing when it must be refused.

    `scope` is account and region of the API: keys of another account are refused, as HTTP APIs have no policy that
    could let them in. Which actions a role may do is not looked at.
    """
    presigned = "X-Amz-Signature" in query
    parsed = sigv4.parse_query_signature(query) if presigned else _of_header(headers)
    if parsed is None or isinstance(parsed, tuple):
        return None
    if (parsed.service, parsed.region) != (SERVICE, scope[1]) or sigv4.request_time_failure(parsed):
        return None
    named = headers.get("x-amz-content-sha256", UNSIGNED)
    if named not in (UNSIGNED, hashlib.sha256(body).hexdigest()):
        return None
    token = query["X-Amz-Security-Token"][0] if "X-Amz-Security-Token" in query else headers.get("x-amz-security-token")
    known = resolve_credential(parsed.access_key_id, scope[0], token)
    if not isinstance(known, ResolvedCredential):
        return None
    failure = sigv4.header_signature_failure(
        parsed, known.secret_access_key, method, raw_path, query, headers, body, presigned=presigned
    )
    return None if failure else _shown(known)


def _of_header(headers: Mapping[str, str]) -> Any:
    if not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        return None
    return sigv4.parse_header_signature(headers)


def _shown(known: ResolvedCredential) -> dict[str, Any]:
    return {
        "accessKey": known.access_key_id,
        "accountId": known.account_id,
        "callerId": known.principal_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": known.principal_arn,
        "userId": known.principal_id,
    }
