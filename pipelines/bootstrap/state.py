"""Where the states of all stacks lie: a bucket that forgets nothing and a key for what is secret in it."""

import json
from dataclasses import dataclass
from typing import Any

from pipelines.bootstrap.steps import Finding, absent_is_nothing, compare

ALIAS = "alias/slipway-state"
# Versions of a state are its history and its way back; a quarter is longer than any mistake stayed unseen.
OLD_VERSIONS_DAYS = 90


@dataclass(frozen=True)
class StateKey:
    """The KMS key behind `alias/slipway-state`, rotated once a year."""

    kms: Any
    name: str = f"key {ALIAS}"

    def _found(self) -> dict[str, Any] | None:
        with absent_is_nothing():
            key = self.kms.describe_key(KeyId=ALIAS)["KeyMetadata"]
            rotated = self.kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
            return {"id": key["KeyId"], "arn": key["Arn"], "enabled": key["KeyState"] == "Enabled", "rotation": rotated}
        return None

    def look(self) -> Finding:
        """Say whether the key is there, enabled and rotated."""
        return compare(self.name, {"enabled": True, "rotation": True}, self._found())

    def make(self) -> None:
        """Make key and alias; switch on what is off."""
        found = self._found()
        if found is None:
            identity = self.kms.create_key(Description="States of Slipway's stacks")["KeyMetadata"]["KeyId"]
            self.kms.create_alias(AliasName=ALIAS, TargetKeyId=identity)
        else:
            identity = found["id"]
            if not found["enabled"]:
                self.kms.enable_key(KeyId=identity)
        self.kms.enable_key_rotation(KeyId=identity)

    def arn(self) -> str:
        """Return the key's ARN, empty before it is made."""
        found = self._found()
        return str(found["arn"]) if found else ""


@dataclass(frozen=True)
class StateBucket:
    """The bucket: versioned, encrypted with the key, closed to the public, refused without TLS."""

    s3: Any
    bucket: str
    region: str
    key: StateKey
    object_lock: bool = False

    @property
    def name(self) -> str:
        """What the plan calls it."""
        return f"bucket {self.bucket}"

    def _policy(self) -> dict[str, Any]:
        arn = f"arn:aws:s3:::{self.bucket}"
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }

    def _wanted(self) -> dict[str, Any]:
        return {
            "versioning": "Enabled",
            "encryption key": self.key.arn(),
            "public access": "blocked",
            "policy": self._policy(),
            "old versions": OLD_VERSIONS_DAYS,
        }

    def _found(self) -> dict[str, Any] | None:
        bucket = {"Bucket": self.bucket}
        found: dict[str, Any] | None = None
        with absent_is_nothing():
            self.s3.head_bucket(**bucket)
            found = {}
        if found is None:
            return None
        found["versioning"] = self.s3.get_bucket_versioning(**bucket).get("Status")
        with absent_is_nothing():
            rules = self.s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
            found["encryption key"] = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        with absent_is_nothing():
            blocks = self.s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
            found["public access"] = "blocked" if all(blocks.values()) else "open"
        with absent_is_nothing():
            found["policy"] = json.loads(self.s3.get_bucket_policy(**bucket)["Policy"])
        with absent_is_nothing():
            rules = self.s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
            found["old versions"] = rules[0].get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        return found

    def look(self) -> Finding:
        """Say whether the bucket is there and which of its settings differ."""
        return compare(self.name, self._wanted(), self._found())

    def make(self) -> None:
        """Make the bucket, then write every setting; none of them loses a state."""
        if self._found() is None:
            place = {} if self.region == "us-east-1" else {"LocationConstraint": self.region}
            self.s3.create_bucket(
                Bucket=self.bucket,
                ObjectLockEnabledForBucket=self.object_lock,
                **({"CreateBucketConfiguration": place} if place else {}),
            )
        bucket = {"Bucket": self.bucket}
        self.s3.put_public_access_block(
            **bucket,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )
        self.s3.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Enabled"})
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key.arn()}
        self.s3.put_bucket_encryption(
            **bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}]
            },
        )
        self.s3.put_bucket_policy(**bucket, Policy=json.dumps(self._policy()))
        self.s3.put_bucket_lifecycle_configuration(
            **bucket,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old-versions",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSIONS_DAYS},
                    }
                ]
            },
        )
