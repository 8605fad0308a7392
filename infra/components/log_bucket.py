"""An S3 bucket for access logs; stateful: private, TLS only, and emptied by age."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.policies import Principal, Statement, deny_plain_http, document
from infra.core.resources import Component

OLD_VERSION_DAYS = 30
UNFINISHED_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class LogBucketArgs:
    """How long logs are kept, and who delivers them."""

    account: str
    """The account whose load balancers deliver into the bucket, 12 digits."""
    retention_days: int = 365
    deletion_protection: bool = True


class LogBucket(Component):
    """A stateful bucket that load balancers of the account write to under `alb/`, and nobody else.

    It is encrypted with S3's own keys: log delivery cannot use a customer's.
    """

    TYPE = "platform:edge:LogBucket"

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._bucket = aws.s3.Bucket(
            name,
            force_destroy=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self._close()
        self._encrypt()
        self._age(args)
        self._policy = self._allow_delivery(args)
        # Whoever switches logging on with this name has waited for the policy: AWS tests it with a file of its own.
        self.physical_name = pulumi.Output.all(self._bucket.bucket, self._policy.id).apply(lambda known: str(known[0]))
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

    def _encrypt(self) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self.name}-encryption",
            bucket=self._bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self.child(),
        )

    def _age(self, args: LogBucketArgs) -> None:
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
            "expiration": {"days": args.retention_days},
            "noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS},
            "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_UPLOAD_DAYS},
        }
        aws.s3.BucketLifecycleConfiguration(
            f"{self.name}-age", bucket=self._bucket.bucket, rules=[rule], opts=self.child(depends_on=versioning)
        )

    def _allow_delivery(self, args: LogBucketArgs) -> aws.s3.BucketPolicy:
        delivery = Statement(
            sid="LoadBalancerLogs",
            principal=Principal.service("logdelivery.elasticloadbalancing.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(pulumi.Output.concat(self._bucket.arn, f"/alb/AWSLogs/{args.account}/*"),),
            condition={"StringEquals": {"aws:SourceAccount": args.account}},
        )
        return aws.s3.BucketPolicy(
            f"{self.name}-policy",
            bucket=self._bucket.bucket,
            policy=document(delivery, deny_plain_http(self._bucket.arn)),
            opts=self.child(),
        )
