"""Access logs of a distribution, in the bucket of access logs: what was asked of it, and nothing of who asked."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.log_bucket import CLOUDFRONT_REGION, LogBucket
from infra.core.resources import Component

# No file of logs is searched for the lines of a person whose account is deleted, so that no line may tell of a person:
# no address, port, country or network of a visitor, no cookie, agent or referrer. Paths and queries are left out as
# well, for they carry invitations, tokens and the ids of people's lists: the pattern that took the path says which
# part of the site was asked. The id of a request is what CloudFront's own pages of errors show to whoever complains.
RECORD_FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "x-host-header",
    "cache-behavior-path-pattern",
    "cs-method",
    "cs-protocol",
    "cs-protocol-version",
    "cs-bytes",
    "sc-status",
    "sc-bytes",
    "sc-content-type",
    "sc-content-len",
    "time-taken",
    "time-to-first-byte",
    "ssl-protocol",
    "x-edge-result-type",
    "x-edge-response-result-type",
    "x-edge-detailed-result-type",
    "x-edge-request-id",
)
FOLDERS = "{DistributionId}/{yyyy}/{MM}/{dd}"


@dataclass(frozen=True, kw_only=True)
class AccessLogArgs:
    """Whose visits are written down, and where."""

    distribution_arn: pulumi.Input[str]
    logs: LogBucket


class AccessLog(Component):
    """Standard logs (v2) of one distribution as JSON, delivered by CloudWatch Logs from the region of CloudFront."""

    TYPE = "platform:edge:AccessLog"

    def __init__(self, name: str, args: AccessLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-source",
            log_type="ACCESS_LOGS",
            resource_arn=args.distribution_arn,
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-destination",
            # With a prefix in the ARN, paths are what the delivery says; without one AWS puts its own before them.
            delivery_destination_configuration={"destination_resource_arn": args.logs.cloudfront_arn},
            output_format="json",
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        aws.cloudwatch.LogDelivery(
            name,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=list(RECORD_FIELDS),
            s3_delivery_configurations=[{"suffix_path": FOLDERS, "enable_hive_compatible_path": False}],
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        self.publish({})
