"""Deliveries of standard logs: which fields of a visit go where, in which form, as CloudWatch Logs was told."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs

from ..settings import CLOUDFRONT_REGION

LOG_TYPE = "ACCESS_LOGS"
FORMS = ("json", "w3c")
NO_PREFIX = "AWSLogs/{account-id}/CloudFront"
"""Where files lie in a bucket whose ARN was given without a prefix."""
HIVE = {"{account-id}": "aws-account-id", "{yyyy}": "year", "{MM}": "month", "{dd}": "day", "{HH}": "hour"}
"""What stands before a variable's value in paths that Hive reads."""
TIMES = {"{yyyy}": "%Y", "{MM}": "%m", "{dd}": "%d", "{HH}": "%H"}


@dataclass(frozen=True)
class Delivery:
    """One way of a distribution's logs into a bucket."""

    bucket: str
    folder: str
    """What stands before a file's name, with variables: `cloudfront/{DistributionId}/{yyyy}/`."""
    form: str
    fields: tuple[str, ...]
    """None: all that there are."""
    delimiter: str = ""
    hive: bool = False

    def place(self, account: str, distribution: str, moment: time.struct_time) -> str:
        """Return what stands before the name of a file."""
        values = {
            "{account-id}": account,
            "{DistributionId}": distribution,
            "{distributionid}": distribution,
            **{name: time.strftime(sign, moment) for name, sign in TIMES.items()},
        }
        folder = self.folder
        for name, value in values.items():
            folder = folder.replace(name, f"{HIVE.get(name, name.strip('{}'))}={value}" if self.hive else value)
        return folder

    def text(self, visits: Sequence[Mapping[str, str]]) -> str:
        """Return what stands in a file: of each visit the chosen fields, `-` for what nobody knows here."""
        fields = self.fields or tuple(visits[0])
        if self.form == "json":
            return "".join(f"{json.dumps({name: visit.get(name, '-') for name in fields})}\n" for visit in visits)
        lines = [(self.delimiter or "\t").join(visit.get(name, "-") for name in fields) for visit in visits]
        return "\n".join(["#Version: 1.0", f"#Fields: {' '.join(fields)}", *lines, ""])


def deliveries_of(account: str, distribution_arn: str) -> list[Delivery]:
    """Return how the logs of a distribution are delivered into buckets."""
    with request_scope(account, CLOUDFRONT_REGION):
        sources = {
            name
            for name, source in cloudwatch_logs._delivery_sources.items()
            if distribution_arn in source["resourceArns"] and source["logType"] == LOG_TYPE
        }
        destinations = {each["arn"]: each for each in cloudwatch_logs._delivery_destinations.values()}
        found = [each for each in cloudwatch_logs._deliveries.values() if each["deliverySourceName"] in sources]
    ways = []
    for each in found:
        destination = destinations.get(each["deliveryDestinationArn"])
        if destination is None or destination["outputFormat"] not in FORMS:
            continue
        arn = destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
        if not arn.startswith("arn:aws:s3:::"):
            continue
        bucket, _, prefix = arn.removeprefix("arn:aws:s3:::").partition("/")
        s3 = each["s3DeliveryConfiguration"]
        parts = (prefix or NO_PREFIX, s3.get("suffixPath", ""))
        ways.append(
            Delivery(
                bucket,
                "".join(f"{part.strip('/')}/" for part in parts if part.strip("/")),
                destination["outputFormat"],
                tuple(each["recordFields"]),
                each["fieldDelimiter"],
                bool(s3.get("enableHiveCompatiblePath")),
            )
        )
    return ways
