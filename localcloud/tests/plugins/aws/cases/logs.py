"""Log groups, and deliveries of a distribution's logs into a bucket."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import Case, Parent

KEY = "arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-00000000000"
DISTRIBUTION = "arn:aws:cloudfront::${account}:distribution/E0"
GLOBAL = {"region": "us-east-1"}


def source(name: str, distribution: str) -> Parent:
    inputs = {**GLOBAL, "name": name, "logType": "ACCESS_LOGS", "resourceArn": f"{DISTRIBUTION}{distribution}"}
    return Parent(name, "aws:cloudwatch/logDeliverySource:LogDeliverySource", inputs)


def destination(name: str, arn: str = "arn:aws:s3:::logs/cloudfront") -> Parent:
    inputs = {**GLOBAL, "name": name, "outputFormat": "json", "deliveryDestinationConfiguration": to(arn)}
    return Parent(name, "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", inputs)


def to(arn: str) -> dict[str, str]:
    return {"destinationResourceArn": arn}


def path(suffix: str, hive: bool = False) -> list[dict[str, Any]]:
    return [{"suffixPath": suffix, "enableHiveCompatiblePath": hive}]


CASES = (
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        inputs={"name": "/slipway/dev/counter", "retentionInDays": 14, "kmsKeyId": f"{KEY}1", "tags": {"team": "x"}},
        updates=(
            {"retentionInDays": 30},
            {"retentionInDays": None},
            {"kmsKeyId": f"{KEY}2"},
            {"kmsKeyId": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "/slipway/dev/other"}, {"logGroupClass": "INFREQUENT_ACCESS"}),
        refused=(
            {"retentionInDays": 8},
            {"name": "with space"},
            {"name": "aws/mine"},
            {"kmsKeyId": "alias/slipway"},
            {"logGroupClass": "GOLD"},
            {"deletionProtectionEnabled": True},
        ),
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        label="infrequent",
        inputs={"logGroupClass": "INFREQUENT_ACCESS", "retentionInDays": 0},
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        label="kept",
        inputs={"name": "/slipway/kept", "skipDestroy": True},
        stays="skipDestroy says so",
    ),
    Case(
        token="aws:cloudwatch/logDeliverySource:LogDeliverySource",
        inputs={
            **GLOBAL,
            "name": "planner-web",
            "logType": "ACCESS_LOGS",
            "resourceArn": f"{DISTRIBUTION}1",
            "tags": {"team": "x"},
        },
        updates=({"tags": {"team": "y"}}, {"tags": None}),
        replaces=(
            {"name": "other"},
            {"resourceArn": f"{DISTRIBUTION}2"},
            {"logType": "CONNECTION_LOGS"},
        ),
        refused=({"name": "a.b"}, {"logType": "access logs"}, {"resourceArn": "E01"}, {"region": "eu-west-1"}),
    ),
    Case(
        token="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        inputs={
            **GLOBAL,
            "name": "planner-web",
            "outputFormat": "w3c",
            "deliveryDestinationConfiguration": to("arn:aws:s3:::logs/cloudfront"),
            "tags": {"team": "x"},
        },
        updates=(
            {"deliveryDestinationConfiguration": to("arn:aws:s3:::logs/sites")},
            {"deliveryDestinationConfiguration": to("arn:aws:s3:::others/sites"), "tags": {"team": "y"}},
        ),
        replaces=(
            {"name": "other"},
            {"outputFormat": "json"},
            {"deliveryDestinationConfiguration": to("arn:aws:logs:us-east-1:${account}:log-group:sites")},
        ),
        refused=(
            {"name": "a b"},
            {"outputFormat": "csv"},
            {"deliveryDestinationConfiguration": to("logs/cloudfront")},
            {"deliveryDestinationType": "XRAY"},
        ),
    ),
    Case(
        token="aws:cloudwatch/logDelivery:LogDelivery",
        parents=(source("shop", "3"), source("planner", "4"), destination("files"), destination("others")),
        inputs={
            **GLOBAL,
            "deliverySourceName": "${shop.name}",
            "deliveryDestinationArn": "${files.arn}",
            "fieldDelimiter": ";",
            "recordFields": ["date", "time", "sc-status"],
            "s3DeliveryConfigurations": path("{DistributionId}/{yyyy}"),
            "tags": {"team": "x"},
        },
        updates=(
            {"recordFields": ["date", "sc-status"]},
            {"s3DeliveryConfigurations": path("{DistributionId}/{yyyy}/{MM}", hive=True)},
            {"fieldDelimiter": ",", "tags": {"team": "y"}},
        ),
        replaces=({"deliverySourceName": "${planner.name}"}, {"deliveryDestinationArn": "${others.arn}"}),
        refused=(
            {"fieldDelimiter": "::::::"},
            {"recordFields": [""]},
            {"s3DeliveryConfigurations": path("p" * 257)},
            {"deliveryDestinationArn": "arn:aws:s3:::logs"},
        ),
    ),
)
