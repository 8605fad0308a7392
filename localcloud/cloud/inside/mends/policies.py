"""Conditions of policies: what is so by itself on this machine."""

from typing import Any

from .mend import Mend, replace


def _secure_transport(evaluator: Any) -> None:
    def resolve(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else original(key, context)

    original = replace(evaluator, "_resolve_condition_key", resolve)


MENDS = (
    Mend(
        "a request counts as secure: a bucket that refuses plain HTTP can be read from another account",
        "this cloud is spoken to in plain HTTP, over loopback only",
        "ministack.core.iam_evaluator",
        {"_resolve_condition_key": "15e26964cd38"},
        _secure_transport,
    ),
)
