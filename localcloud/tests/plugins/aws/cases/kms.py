"""Keys and aliases."""

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.conformance import Case, Parent

KEY = Parent("key", "aws:kms/key:Key", {"description": "of a parent", "deletionWindowInDays": 7})
OTHER_KEY = Parent("other", "aws:kms/key:Key", {"deletionWindowInDays": 7})
ROOT = {"AWS": "arn:aws:iam::${account}:root"}


def key_policy(sid: str, action: str = "kms:*") -> str:
    return policy({"Sid": sid, "Effect": "Allow", "Principal": ROOT, "Action": action, "Resource": "*"})


CASES = (
    Case(
        token="aws:kms/key:Key",
        inputs={
            "description": "for tables",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "rotationPeriodInDays": 180,
            "policy": key_policy("all"),
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "for buckets"},
            {"policy": key_policy("everything")},
            {"rotationPeriodInDays": 90},
            {"rotationPeriodInDays": None, "enableKeyRotation": False},
            {"isEnabled": False},
            {"isEnabled": True},
            {"enableKeyRotation": True},
            {"deletionWindowInDays": 30},
            {"tags": {"team": "y"}},
        ),
        replaces=(
            {"multiRegion": True},
            {"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY", "enableKeyRotation": None},
        ),
        refused=(
            {"deletionWindowInDays": 6},
            {"rotationPeriodInDays": 30},
            {"enableKeyRotation": None, "rotationPeriodInDays": 180},
            {"keyUsage": "GENERATE_VERIFY_MAC"},
            {"policy": key_policy("blind", "kms:Encrypt")},
            {"policy": policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*"})},
            {"customerMasterKeySpec": "RSA_2048"},
            {"customKeyStoreId": "cks-1"},
        ),
    ),
    Case(
        token="aws:kms/key:Key",
        label="asymmetric",
        inputs={
            "customerMasterKeySpec": "ECC_NIST_P256",
            "keyUsage": "SIGN_VERIFY",
            "multiRegion": True,
            "bypassPolicyLockoutSafetyCheck": True,
            "policy": key_policy("signs", "kms:Sign"),
        },
    ),
    Case(
        token="aws:kms/alias:Alias",
        parents=(KEY, OTHER_KEY),
        inputs={"targetKeyId": "${key.keyId}", "name": "alias/slipway/table"},
        updates=({"targetKeyId": "${other.keyId}"}, {"targetKeyId": "${key.arn}"}),
        replaces=({"name": "alias/slipway/bucket"},),
        refused=({"name": "slipway"}, {"name": "alias/aws/s3"}, {"targetKeyId": "alias/other"}),
        unread=("targetKeyId",),
    ),
    Case(
        token="aws:kms/alias:Alias",
        label="unnamed",
        parents=(KEY,),
        inputs={"targetKeyId": "${key.keyId}"},
    ),
)
