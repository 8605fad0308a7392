"""Resource policies of functions: whether a service may invoke one for a source."""

from collections.abc import Iterable
from typing import Any

from ministack.core.iam_evaluator import fnmatch_iam
from ministack.services import lambda_svc

INVOKE = "lambda:InvokeFunction"


def may_invoke(reference: str, principal: str, source: str, account: str) -> bool:
    """Say whether the policy of a function (of its alias, when the reference names one) lets a service invoke it.

    `principal` is a service such as `s3.amazonaws.com`, `source` the ARN and `account` the account it acts for.
    """
    function, _configuration, name = lambda_svc._get_base_func_record_for_ref(reference)
    if function is None:
        return False
    parts = reference.split(":function:", 1)[-1].split(":") if ":" in reference else [name]
    suffix = f":{name}" + (f":{parts[1]}" if len(parts) > 1 else "")
    return any(
        str(each.get("Resource", "")).endswith(suffix) and _allows(each, principal, source, account)
        for each in (function.get("policy") or {}).get("Statement", ())
    )


def _allows(statement: dict[str, Any], principal: str, source: str, account: str) -> bool:
    named = statement.get("Principal")
    service = named.get("Service") if isinstance(named, dict) else named
    if service not in (principal, "*") or statement.get("Action") not in (INVOKE, "lambda:*", "*"):
        return False
    known = {"aws:sourcearn": source, "aws:sourceaccount": account}
    for conditions in (statement.get("Condition") or {}).values():
        for key, wanted in conditions.items():
            values = [wanted] if isinstance(wanted, str) else wanted
            if key.lower() in known and not _any_like(known[key.lower()], values):
                return False
    return True


def _any_like(value: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch_iam(value, pattern) for pattern in patterns)
