"""An S3 bucket that only those whom its policy names can reach; stateful: private, encrypted, versioned, TLS only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.core.policies import Statement, deny_plain_http, document
from infra.core.resources import Component

UNFINISHED_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Who may use it, what encrypts it, and what is deleted by age."""

    statements: Callable[[pulumi.Output[str]], tuple[Statement, ...]]
    """What its policy allows, given the bucket's ARN."""
    age: Mapping[str, Any]
    """Lifecycle of its objects, as S3 writes it: `{"expiration": {"days": 90}}`."""
    key: Key | None = None
    """Without one S3's own keys encrypt: log delivery cannot use a customer's."""
    physical_name: str | None = None
    """A name that others know before the bucket exists; made up by Pulumi where nobody needs one."""
    deletion_protection: bool = True


class PrivateBucket(Component):
    """A stateful bucket; `physical_name` is known when its policy stands."""

    TYPE = "platform:data:PrivateBucket"

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._bucket = aws.s3.Bucket(
            name,
            bucket=args.physical_name,
            force_destroy=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self._close()
        self._encrypt(args.key)
        self._age(args.age)
        policy = self._write_policy(args)
        self.arn = self._bucket.arn
        # Whoever uses this name has waited for the policy: AWS tests log delivery with a file of its own.
        self.physical_name = pulumi.Output.all(self._bucket.bucket, policy.id).apply(lambda known: str(known[0]))
        self.publish({"physical_name": self.physical_name})

    def _close(self) -> None:
        aws.s3.BucketPublicAccessBlock(
            f"{self.name}-private",
            bucket=self._bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{self.name}-ownership",
            bucket=self._bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child(),
        )

    def _encrypt(self, key: Key | None) -> None:
        rule: dict[str, Any] = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
        if key is not None:
            default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
            # A key of the bucket's own under the key: one call of KMS for many objects.
            rule = {"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self.name}-encryption", bucket=self._bucket.bucket, rules=[rule], opts=self.child()
        )

    def _age(self, age: Mapping[str, Any]) -> None:
        versioning = aws.s3.BucketVersioning(
            f"{self.name}-versions",
            bucket=self._bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self.child(),
        )
        rule = {
            "id": "age",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_UPLOAD_DAYS},
            **age,
        }
        aws.s3.BucketLifecycleConfiguration(
            f"{self.name}-age", bucket=self._bucket.bucket, rules=[rule], opts=self.child(depends_on=versioning)
        )

    def _write_policy(self, args: PrivateBucketArgs) -> aws.s3.BucketPolicy:
        statements = (*args.statements(self._bucket.arn), deny_plain_http(self._bucket.arn))
        return aws.s3.BucketPolicy(
            f"{self.name}-policy", bucket=self._bucket.bucket, policy=document(*statements), opts=self.child()
        )
