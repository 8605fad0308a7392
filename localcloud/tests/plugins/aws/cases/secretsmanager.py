"""Secrets without values."""

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.conformance import Case, Parent

SECRET = Parent("secret", "aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0})


def reading(account: str) -> str:
    who = {"AWS": f"arn:aws:iam::{account}:root"}
    return policy({"Effect": "Allow", "Principal": who, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})


CASES = (
    Case(
        token="aws:secretsmanager/secret:Secret",
        inputs={
            "name": "slipway/dev/database",
            "description": "login of the service",
            "kmsKeyId": "alias/slipway",
            "policy": reading("333333333333"),
            "recoveryWindowInDays": 0,
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "login"},
            {"kmsKeyId": "alias/other"},
            {"policy": reading("444444444444")},
            {"policy": None, "description": None},
            {"recoveryWindowInDays": 7},
            {"recoveryWindowInDays": 0, "tags": {"team": "y"}},
        ),
        replaces=({"name": "slipway/dev/other"},),
        refused=({"name": "two words"}, {"recoveryWindowInDays": 6}, {"policy": "[]"}, {"replicas": []}),
    ),
    Case(
        token="aws:secretsmanager/secret:Secret",
        label="recoverable",
        inputs={},
        updates=({"description": "kept for 30 days"},),
    ),
)
