"""A bucket that browsers upload to, whose files are looked at before anybody sees them; stateful."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.function import Function
from infra.components.key import Key
from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs, cloudfront_reads
from infra.core.resources import Component

INCOMING = "incoming/"
"""Where uploads lie until they have been looked at."""
INCOMING_DAYS = 1
OLD_VERSION_DAYS = 30
PREFLIGHT_SECONDS = 3000


@dataclass(frozen=True, kw_only=True)
class MediaBucketArgs:
    """Whose pages may upload, and what encrypts what they do."""

    origins: tuple[str, ...]
    """Pages, such as `https://planner.dev.slipway.example`."""
    key: Key
    account: str
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse a bucket that every page of the web may upload to."""
        if not self.origins or any("*" in origin for origin in self.origins):
            raise ValueError(f"origins are named one by one, got {self.origins}")


class MediaBucket(Component):
    """A stateful bucket; an upload that nobody took over is gone after a day."""

    TYPE = "platform:data:MediaBucket"

    def __init__(self, name: str, args: MediaBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.bucket = PrivateBucket(name, _bucket(args), self.child())
        self.physical_name = self.bucket.physical_name
        aws.s3.BucketCorsConfiguration(
            f"{name}-uploads",
            bucket=self.physical_name,
            cors_rules=[
                {
                    "allowed_methods": ["POST"],
                    "allowed_origins": list(args.origins),
                    "allowed_headers": ["*"],
                    "expose_headers": ["ETag"],
                    "max_age_seconds": PREFLIGHT_SECONDS,
                }
            ],
            opts=self.child(),
        )
        self.publish({"physical_name": self.physical_name})

    def look_at_uploads(self, function: Function) -> aws.s3.BucketNotification:
        """Call a function for each upload; called once a bucket."""
        allowed = function.allow_call(self.name, service="s3.amazonaws.com", source_arn=self.bucket.arn)
        return aws.s3.BucketNotification(
            f"{self.name}-incoming",
            bucket=self.physical_name,
            lambda_functions=[
                {
                    "lambda_function_arn": function.arn,
                    "events": ["s3:ObjectCreated:*"],
                    "filter_prefix": INCOMING,
                }
            ],
            opts=self.child(depends_on=allowed),
        )


def _bucket(args: MediaBucketArgs) -> PrivateBucketArgs:
    return PrivateBucketArgs(
        statements=lambda arn: cloudfront_reads(args.account, arn),
        age={"noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS}},
        short_lived={INCOMING: INCOMING_DAYS},
        key=args.key,
        deletion_protection=args.deletion_protection,
    )
