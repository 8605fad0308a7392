"""Buckets and their settings."""

from typing import Any

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.conformance import Case, Parent

BUCKET = Parent("bucket", "aws:s3/bucket:Bucket", {"forceDestroy": True})
OTHER_BUCKET = Parent("other", "aws:s3/bucket:Bucket", {"forceDestroy": True})
BOTH = (BUCKET, OTHER_BUCKET)
KEY = "arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000001"


def encrypted(algorithm: str, key: str = "", bucket_key: bool = False) -> list[dict[str, Any]]:
    default = {"sseAlgorithm": algorithm, **({"kmsMasterKeyId": key} if key else {})}
    return [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}]


def only_tls(effect: str, bucket: str = "${bucket.bucket}") -> str:
    return policy(
        {
            "Sid": "tls",
            "Effect": effect,
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def rule(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": "Enabled", **more}


LOGS = rule("logs", filter={"prefix": "logs/"}, expiration={"days": 90})
ALL_KINDS = [
    LOGS,
    rule(
        "old",
        transitions=[{"days": 30, "storageClass": "STANDARD_IA"}, {"days": 90, "storageClass": "GLACIER"}],
        noncurrentVersionTransitions=[{"noncurrentDays": 30, "storageClass": "GLACIER", "newerNoncurrentVersions": 2}],
        noncurrentVersionExpiration={"noncurrentDays": 60, "newerNoncurrentVersions": 3},
        abortIncompleteMultipartUpload={"daysAfterInitiation": 7},
    ),
    rule(
        "big",
        filter={"and": {"prefix": "media/", "tags": {"kind": "raw"}, "objectSizeGreaterThan": 1024}},
        expiration={"expiredObjectDeleteMarker": True},
    ),
    rule("tagged", filter={"tag": {"key": "kind", "value": "temporary"}}, expiration={"date": "2040-01-01T00:00:00Z"}),
    {**rule("small", filter={"objectSizeLessThan": 64}, expiration={"days": 1}), "status": "Disabled"},
]

CASES = (
    Case(
        token="aws:s3/bucket:Bucket",
        inputs={"bucket": "slipway-conformance-media", "tags": {"team": "x"}},
        updates=({"tags": {"team": "y", "cost": "1"}}, {"forceDestroy": True}, {"tags": None}),
        replaces=({"bucket": "slipway-conformance-other"}, {"objectLockEnabled": True}),
        refused=(
            {"bucket": "Upper_Case"},
            {"bucket": "ab"},
            {"bucket": "192.168.0.1"},
            {"bucket": "a..b"},
            {"versioning": {"enabled": True}},
            {"acl": "private"},
            {"lifecycleRules": [{"enabled": True}]},
        ),
    ),
    Case(token="aws:s3/bucket:Bucket", label="locked", inputs={"objectLockEnabled": True}),
    Case(
        token="aws:s3/bucketVersioning:BucketVersioning",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "versioningConfiguration": {"status": "Enabled"}},
        updates=(
            {"versioningConfiguration": {"status": "Suspended"}},
            {"versioningConfiguration": {"status": "Enabled", "mfaDelete": "Disabled"}},
        ),
        replaces=({"bucket": "${other.bucket}"}, {"versioningConfiguration": {"status": "Disabled"}}),
        refused=(
            {"bucket": ""},
            {"versioningConfiguration": {"status": "On"}},
            {"versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}},
            {"mfa": "1 2"},
        ),
        stays="a bucket that had versions can only suspend them",
    ),
    Case(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "rules": encrypted("aws:kms", KEY, bucket_key=True)},
        updates=({"rules": encrypted("aws:kms", KEY)}, {"rules": encrypted("AES256")}),
        replaces=({"bucket": "${other.bucket}"},),
        refused=({"rules": []}, {"rules": encrypted("ROT13")}, {"rules": encrypted("AES256", KEY)}),
        stays="AWS encrypts every bucket, with AES256 by default",
    ),
    Case(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        parents=BOTH,
        inputs={
            "bucket": "${bucket.bucket}",
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
            "skipDestroy": False,
        },
        updates=(
            {"blockPublicAcls": False},
            {"blockPublicPolicy": False},
            {"ignorePublicAcls": None},
            {"restrictPublicBuckets": False},
        ),
        replaces=({"bucket": "${other.bucket}"},),
        refused=({"bucket": None}, {"bucket": "arn:aws:s3:::media"}),
    ),
    Case(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "rule": {"objectOwnership": "BucketOwnerPreferred"}},
        updates=({"rule": {"objectOwnership": "BucketOwnerEnforced"}},),
        replaces=({"bucket": "${other.bucket}"},),
        refused=({"rule": {"objectOwnership": "Nobody"}},),
    ),
    Case(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "rules": ALL_KINDS},
        updates=(
            {"rules": [LOGS]},
            {"rules": [{**LOGS, "expiration": {"days": 30}}]},
            {"transitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        ),
        replaces=({"bucket": "${other.bucket}"},),
        refused=(
            {"rules": []},
            {"rules": [LOGS, LOGS]},
            {"rules": [rule("idle")]},
            {"rules": [{**LOGS, "status": "On"}]},
            {"rules": [{**LOGS, "prefix": "old/"}]},
            {"rules": [{**LOGS, "filter": {"prefix": "a", "tag": {"key": "a", "value": "b"}}}]},
            {"rules": [{**LOGS, "expiration": {"days": 1, "date": "2040-01-01T00:00:00Z"}}]},
            {"rules": [{**LOGS, "expiration": {"date": "2040-01-01T12:00:00Z"}}]},
            {"rules": [{**LOGS, "transitions": [{"days": 1, "storageClass": "STANDARD_IA"}]}]},
            {"rules": [{**LOGS, "transitions": [{"days": 99, "storageClass": "GLACIER"}]}]},
            {"rules": [{**LOGS, "transitions": [{"days": 1, "storageClass": "CELLAR"}]}]},
            {"transitionDefaultMinimumObjectSize": "big"},
        ),
    ),
    Case(
        token="aws:s3/bucketPolicy:BucketPolicy",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "policy": only_tls("Deny")},
        updates=({"policy": only_tls("Allow")},),
        replaces=({"bucket": "${other.bucket}", "policy": only_tls("Deny", "${other.bucket}")},),
        refused=(
            {"policy": only_tls("Deny", "not-this-one")},
            {"policy": policy({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::${bucket.bucket}"})},
            {"policy": "no JSON"},
        ),
    ),
    Case(
        token="aws:s3/bucketLogging:BucketLogging",
        parents=(*BOTH, Parent("logs", "aws:s3/bucket:Bucket")),
        inputs={
            "bucket": "${bucket.bucket}",
            "targetBucket": "${logs.bucket}",
            "targetPrefix": "media/",
            "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
            "targetGrants": [
                {
                    "grantee": {"type": "Group", "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"},
                    "permission": "READ",
                }
            ],
        },
        updates=(
            {"targetPrefix": "all/"},
            {"targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "DeliveryTime"}}},
            {"targetBucket": "${other.bucket}"},
            {"targetGrants": None},
        ),
        replaces=({"bucket": "${other.bucket}"},),
        refused=({"targetBucket": None},),
    ),
)
