"""An S3 bucket for access logs; stateful: private, TLS only, and emptied by age."""

from dataclasses import dataclass

import pulumi

from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.core.policies import Principal, Statement
from infra.core.resources import Component

OLD_VERSION_DAYS = 30
CLOUDFRONT_REGION = "us-east-1"
"""Where AWS wants certificates of distributions, and delivers their logs from, wherever the bucket is."""
CLOUDFRONT_PREFIX = "cloudfront"


@dataclass(frozen=True, kw_only=True)
class LogBucketArgs:
    """How long logs are kept, and who delivers them."""

    account: str
    """The account whose load balancers and distributions deliver into the bucket, 12 digits."""
    retention_days: int = 365
    deletion_protection: bool = True


class LogBucket(Component):
    """A stateful bucket: load balancers of the account write under `alb/`, its distributions under `cloudfront/`.

    It is encrypted with S3's own keys: log delivery cannot use a customer's.
    """

    TYPE = "platform:edge:LogBucket"

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        bucket = PrivateBucket(name, _bucket(args), self.child())
        self.physical_name = bucket.physical_name
        self.cloudfront_arn = pulumi.Output.concat("arn:aws:s3:::", bucket.physical_name, f"/{CLOUDFRONT_PREFIX}")
        self.publish({"physical_name": self.physical_name})


def _bucket(args: LogBucketArgs) -> PrivateBucketArgs:
    def delivery(arn: pulumi.Output[str]) -> tuple[Statement, ...]:
        return (
            Statement(
                sid="LoadBalancerLogs",
                principal=Principal.service("logdelivery.elasticloadbalancing.amazonaws.com"),
                actions=("s3:PutObject",),
                resources=(pulumi.Output.concat(arn, f"/alb/AWSLogs/{args.account}/*"),),
                condition={"StringEquals": {"aws:SourceAccount": args.account}},
            ),
            # As AWS would write it by itself where it is missing, which the next run would take away again.
            Statement(
                sid="DistributionLogs",
                principal=Principal.service("delivery.logs.amazonaws.com"),
                actions=("s3:PutObject",),
                resources=(pulumi.Output.concat(arn, f"/{CLOUDFRONT_PREFIX}/*"),),
                condition={
                    "StringEquals": {
                        "aws:SourceAccount": args.account,
                        "s3:x-amz-acl": "bucket-owner-full-control",
                    },
                    "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{CLOUDFRONT_REGION}:{args.account}:delivery-source:*"},
                },
            ),
        )

    return PrivateBucketArgs(
        statements=delivery,
        age={
            "expiration": {"days": args.retention_days},
            "noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS},
        },
        deletion_protection=args.deletion_protection,
    )
