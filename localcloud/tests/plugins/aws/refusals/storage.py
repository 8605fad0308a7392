"""Buckets and their settings."""

from typing import Any

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.cases.s3_events import shared, told
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
LIFECYCLE, ENCRYPTION = api("s3", "LifecycleRule"), api("s3", "ServerSideEncryptionByDefault")
TRANSITION, EXPIRATION = api("s3", "Transition"), api("s3", "LifecycleExpiration")
SCAN = "arn:aws:lambda:eu-west-1:222222222222:function:scan"
KEY = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001"


def _rule(**more: Any) -> dict[str, Any]:
    rule = {"id": "old", "status": "Enabled", "expiration": {"days": 90}, **more}
    return {"rules": [{key: each for key, each in rule.items() if each is not None}]}


def _moved(days: int, to: str) -> dict[str, Any]:
    return _rule(transitions=[{"days": days, "storageClass": to}])


def _encrypted(algorithm: str, **more: Any) -> dict[str, Any]:
    return {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **more}}]}


def _of(bucket: str, **more: Any) -> dict[str, str]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}", **more}
    return {"policy": policy({key: each for key, each in statement.items() if each is not None})}


def _granted(permission: str, kind: str) -> dict[str, Any]:
    return {"targetGrants": [{"permission": permission, "grantee": {"type": kind, "id": "1"}}]}


TABLES = (
    Refusals(
        token="aws:s3/bucket:Bucket",
        valid={"bucket": "slipway-media"},
        refused=(
            ({"bucket": "ab"}, "bucket", "3 to 63", NAMES),
            ({"bucket": "b" * 64}, "bucket", "at most 63 characters", NAMES),
            ({"bucket": "Media"}, "bucket", "lower-case", NAMES),
            ({"bucket": "media_1"}, "bucket", "lower-case", NAMES),
            ({"bucket": "-media"}, "bucket", "at both ends", NAMES),
            ({"bucket": "me..dia"}, "bucket", "single dots", NAMES),
            ({"bucket": "192.168.5.4"}, "bucket", "an IP address", NAMES),
            ({"bucket": "xn--media"}, "bucket", "must not begin with", NAMES),
            ({"bucket": "media-s3alias"}, "bucket", "end with", NAMES),
        ),
        accepted=({"bucket": "abc"}, {"bucket": "b" * 63}, {"bucket": "me.dia-1"}),
    ),
    Refusals(
        token="aws:s3/bucketVersioning:BucketVersioning",
        valid={"bucket": "media", "versioningConfiguration": {"status": "Enabled"}},
        refused=(
            ({"bucket": None}, "bucket", "is required", api("s3", "PutBucketVersioning")),
            (
                {"versioningConfiguration": {"status": "On"}},
                "versioningConfiguration.status",
                "Enabled, Suspended or Disabled",
                terraform("s3_bucket_versioning"),
            ),
            (
                {"versioningConfiguration": {}},
                "versioningConfiguration.status",
                "is required",
                terraform("s3_bucket_versioning"),
            ),
        ),
        accepted=({"versioningConfiguration": {"status": "Suspended", "mfaDelete": "Disabled"}},),
    ),
    Refusals(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        valid={"bucket": "media", **_encrypted("aws:kms", kmsMasterKeyId=KEY)},
        refused=(
            ({"rules": None}, "rules", "is required", api("s3", "PutBucketEncryption")),
            ({"rules": []}, "rules", "exactly one", api("s3", "ServerSideEncryptionConfiguration")),
            (_encrypted("ROT13"), "rules", "AES256, aws:kms", ENCRYPTION),
            (_encrypted("AES256", kmsMasterKeyId=KEY), "rules", "for aws:kms only", ENCRYPTION),
        ),
        accepted=(_encrypted("AES256"), _encrypted("aws:kms:dsse", kmsMasterKeyId=KEY)),
    ),
    Refusals(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        valid={"bucket": "media", "blockPublicAcls": True},
        refused=(
            ({"bucket": None}, "bucket", "is required", api("s3", "PutPublicAccessBlock")),
            ({"bucket": ""}, "bucket", "a bucket's name", api("s3", "PutPublicAccessBlock")),
            (
                {"blockPublicAcls": "all"},
                "blockPublicAcls",
                "true or false",
                terraform("s3_bucket_public_access_block"),
            ),
        ),
    ),
    Refusals(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        valid={"bucket": "media", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        refused=(
            ({"rule": None}, "rule", "is required", api("s3", "PutBucketOwnershipControls")),
            (
                {"rule": {"objectOwnership": "Nobody"}},
                "rule.objectOwnership",
                "ObjectWriter",
                api("s3", "OwnershipControlsRule"),
            ),
        ),
        accepted=({"rule": {"objectOwnership": "ObjectWriter"}},),
    ),
    Refusals(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        valid={"bucket": "media", **_rule()},
        refused=(
            ({"rules": []}, "rules", "1 to 1000", api("s3", "PutBucketLifecycleConfiguration")),
            ({"rules": _rule()["rules"] * 2}, "rules", "an id of its own", LIFECYCLE),
            (_rule(id="i" * 256), "rules[0].id", "at most 255 characters", LIFECYCLE),
            (_rule(status="On"), "rules[0]", "Enabled or Disabled", LIFECYCLE),
            (_rule(expiration=None), "rules[0]", "at least one of", LIFECYCLE),
            (_rule(filter={"prefix": "a", "objectSizeLessThan": 5}), "rules[0]", "one condition", LIFECYCLE),
            (_rule(expiration={"days": 1, "date": "2040-01-01T00:00:00Z"}), "rules[0]", "exactly one of", EXPIRATION),
            (_rule(expiration={"date": "2040-01-01T12:00:00Z"}), "rules[0]", "must be midnight", EXPIRATION),
            (_rule(expiration={"days": -1}), "rules[0]", "at least 1", EXPIRATION),
            (_moved(29, "STANDARD_IA"), "rules[0]", "after 30 days", TRANSITION),
            (_moved(90, "GLACIER"), "rules[0]", "too late", TRANSITION),
            (_moved(1, "CELLAR"), "rules[0]", "storageClass must be", TRANSITION),
            (
                {"transitionDefaultMinimumObjectSize": "small"},
                "transitionDefaultMinimumObjectSize",
                "must be one of",
                api("s3", "PutBucketLifecycleConfiguration"),
            ),
        ),
        accepted=(
            _rule(id="i" * 255),
            _moved(30, "STANDARD_IA"),
            _moved(89, "GLACIER"),
            _rule(expiration={"days": 1}),
        ),
    ),
    Refusals(
        token="aws:s3/bucketPolicy:BucketPolicy",
        valid={"bucket": "media", **_of("media")},
        refused=(
            ({"policy": "no JSON"}, "policy", "must be JSON", terraform("s3_bucket_policy")),
            (_of("other"), "policy", "every resource must be", api("s3", "PutBucketPolicy")),
            (_of("media", Principal=None), "policy", "Principal", api("s3", "PutBucketPolicy")),
            (
                _of("media/" + "p" * 20480),
                "policy",
                "at most 20480 characters",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
            ),
        ),
        accepted=(_of("media/*"),),
    ),
    Refusals(
        token="aws:s3/bucketLogging:BucketLogging",
        valid={"bucket": "media", "targetBucket": "logs", "targetPrefix": "media/"},
        refused=(
            ({"targetBucket": None}, "targetBucket", "is required", api("s3", "LoggingEnabled")),
            ({"targetPrefix": None}, "targetPrefix", "is required", api("s3", "LoggingEnabled")),
            (_granted("OWN", "CanonicalUser"), "targetGrants[0].permission", "FULL_CONTROL", api("s3", "TargetGrant")),
            (_granted("READ", "Person"), "targetGrants[0].grantee.type", "CanonicalUser", api("s3", "Grantee")),
            (
                {"targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "Now"}}},
                "targetObjectKeyFormat.partitionedPrefix.partitionDateSource",
                "EventTime, DeliveryTime",
                api("s3", "PartitionedPrefix"),
            ),
            (
                {
                    "targetObjectKeyFormat": {
                        "partitionedPrefix": {"partitionDateSource": "EventTime"},
                        "simplePrefix": {},
                    }
                },
                "targetObjectKeyFormat",
                "exactly one of",
                api("s3", "TargetObjectKeyFormat"),
            ),
        ),
        accepted=(
            _granted("FULL_CONTROL", "CanonicalUser"),
            {"targetPrefix": ""},
            {"targetObjectKeyFormat": {"simplePrefix": {}}},
        ),
    ),
    Refusals(
        token="aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        valid={"bucket": "pages", "corsRules": [shared("https://shop.example")]},
        refused=(
            ({"corsRules": []}, "corsRules", "at least 1 items", api("s3", "PutBucketCors")),
            ({"corsRules": [shared("*")] * 101}, "corsRules", "at most 100 items", api("s3", "PutBucketCors")),
            (
                {"corsRules": [shared("*", "PATCH")]},
                "corsRules[0].allowedMethods[0]",
                "DELETE, GET, HEAD, POST, PUT",
                api("s3", "CORSRule"),
            ),
            ({"corsRules": [shared("*.*")]}, "corsRules[0].allowedOrigins[0]", "must match", api("s3", "CORSRule")),
            (
                {"corsRules": [{**shared("*"), "id": "i" * 256}]},
                "corsRules[0].id",
                "at most 255",
                api("s3", "CORSRule"),
            ),
        ),
        accepted=({"corsRules": [shared("https://*.example")]}, {"corsRules": [shared("*")] * 100}),
    ),
    Refusals(
        token="aws:s3/bucketNotification:BucketNotification",
        valid={"bucket": "pages", "lambdaFunctions": [told("lambdaFunctionArn", SCAN)]},
        refused=(
            ({"lambdaFunctions": None}, "lambdaFunctions", "must be given", terraform("s3_bucket_notification")),
            (
                {"lambdaFunctions": [told("lambdaFunctionArn", SCAN, "s3:ObjectRead")]},
                "lambdaFunctions[0].events[0]",
                "must match",
                api("s3", "LambdaFunctionConfiguration"),
            ),
            (
                {"lambdaFunctions": [told("lambdaFunctionArn", "scan")]},
                "lambdaFunctions[0].lambdaFunctionArn",
                "must match",
                api("s3", "LambdaFunctionConfiguration"),
            ),
            (
                {"lambdaFunctions": [told("lambdaFunctionArn", SCAN, id="a")] * 2},
                "lambdaFunctions",
                "ids of their own",
                api("s3", "LambdaFunctionConfiguration"),
            ),
            (
                {"queues": [told("queueArn", "arn:aws:sqs:eu-west-1:222222222222:events.fifo")]},
                "queues[0].queueArn",
                "must match",
                api("s3", "QueueConfiguration"),
            ),
        ),
        accepted=(
            {"lambdaFunctions": None, "eventbridge": True},
            {"lambdaFunctions": [told("lambdaFunctionArn", SCAN, "s3:ObjectRemoved:*")]},
        ),
    ),
)
