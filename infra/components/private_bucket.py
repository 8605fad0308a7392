"""An S3 bucket that only those whom its policy names can reach; stateful: private, encrypted, versioned, TLS only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Principal, Statement, deny_plain_http, document
from infra.core.resources import Component

UNFINISHED_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Who may use it, what encrypts it, and what is deleted by age."""

    statements: Callable[[pulumi.Output[str]], tuple[Statement, ...]]
    """What its policy allows, given the bucket's ARN."""
    age: Mapping[str, Any]
    """Lifecycle of its objects, as S3 writes it: `{"expiration": {"days": 90}}`."""
    short_lived: Mapping[str, int] = field(default_factory=dict)
    """Prefixes whose objects are gone after some days."""
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
        self._key = args.key
        self._bucket = aws.s3.Bucket(
            name,
            bucket=args.physical_name,
            force_destroy=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self._close()
        self._encrypt(args.key)
        self._age(args)
        policy = self._write_policy(args)
        self.arn = self._bucket.arn
        # Whoever uses this name has waited for the policy: AWS tests log delivery with a file of its own.
        self.physical_name = pulumi.Output.all(self._bucket.bucket, policy.id).apply(lambda known: str(known[0]))
        # CloudFront is told where the bucket is before the bucket is told of CloudFront.
        self.regional_domain_name = self._bucket.bucket_regional_domain_name
        self.publish({"physical_name": self.physical_name})

    def grant(
        self,
        role: Role,
        *,
        read: tuple[str, ...] = (),
        write: tuple[str, ...] = (),
        delete: tuple[str, ...] = (),
        find: bool = False,
    ) -> aws.iam.RolePolicy:
        """Let a role use objects by patterns of their keys (`incoming/*`); `find`: see which there are at all."""
        wanted: dict[tuple[str, ...], list[str]] = {}
        for action, patterns in (("DeleteObject", delete), ("GetObject", read), ("PutObject", write)):
            wanted.setdefault(patterns, []).append(action)
        statements = [
            Statement(
                sid="".join(actions),
                actions=tuple(f"s3:{action}" for action in actions),
                resources=tuple(pulumi.Output.concat(self.arn, "/", pattern) for pattern in patterns),
            )
            for patterns, actions in wanted.items()
            if patterns
        ]
        if find:
            statements.append(Statement(sid="ListBucket", actions=("s3:ListBucket",), resources=(self.arn,)))
        if self._key is not None:
            statements.append(self._key.use_through("s3"))
        return role.allow(f"{self.name}-objects", *statements)

    def rewrite(self) -> tuple[Statement, ...]:
        """Return the permission to read, write and delete everything, for a role that may use the key already."""
        actions = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
        return (
            Statement(sid="Rewrite", actions=actions, resources=(pulumi.Output.concat(self.arn, "/*"),)),
            Statement(sid="ListBucket", actions=("s3:ListBucket",), resources=(self.arn,)),
        )

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

    def _age(self, args: PrivateBucketArgs) -> None:
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
            **args.age,
        }
        short = [
            {"id": prefix.strip("/"), "status": "Enabled", "filter": {"prefix": prefix}, "expiration": {"days": days}}
            for prefix, days in sorted(args.short_lived.items())
        ]
        aws.s3.BucketLifecycleConfiguration(
            f"{self.name}-age", bucket=self._bucket.bucket, rules=[rule, *short], opts=self.child(depends_on=versioning)
        )

    def _write_policy(self, args: PrivateBucketArgs) -> aws.s3.BucketPolicy:
        statements = (*args.statements(self._bucket.arn), deny_plain_http(self._bucket.arn))
        return aws.s3.BucketPolicy(
            f"{self.name}-policy", bucket=self._bucket.bucket, policy=document(*statements), opts=self.child()
        )


def cloudfront_reads(account: str, bucket_arn: pulumi.Output[str]) -> tuple[Statement, ...]:
    """Return what lets distributions of an account read a bucket.

    No single one is named: a distribution is made of its buckets, and cannot come before their policies.
    """
    cloudfront = Principal.service("cloudfront.amazonaws.com")
    # The account stands in the ARN; CloudFront does not promise to send it by itself as well.
    own = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{account}:distribution/*"}}
    objects = pulumi.Output.concat(bucket_arn, "/*")
    return (
        Statement(sid="Read", principal=cloudfront, actions=("s3:GetObject",), resources=(objects,), condition=own),
        # Whoever may not list is told "forbidden" of a file that is not there.
        Statement(sid="Find", principal=cloudfront, actions=("s3:ListBucket",), resources=(bucket_arn,), condition=own),
    )
