"""What AWS and the official provider refuse before anything is made, type by type, as data.

A table holds a valid base of a type's inputs, rows that change it in one way and must be refused, and near-misses
just inside a limit that must be accepted:

    Refusals(
        token="aws:ec2/vpc:Vpc",
        valid={"cidrBlock": "10.0.0.0/16"},
        refused=(({"cidrBlock": "10.0.0.0/15"}, "cidrBlock", "/16 to /28", api("ec2", "CreateVpc")),),
        accepted=({"cidrBlock": "10.0.0.0/28"},),
    )

A row says the change (None takes an input away), the property that must be named, a part of the reason and the
address of the documentation that says so.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Mapping[str, Any], str, str, str]
_DOCUMENTATION = {
    "acm": "https://docs.aws.amazon.com/acm/latest/APIReference",
    "application-autoscaling": "https://docs.aws.amazon.com/autoscaling/application/APIReference",
    "backup": "https://docs.aws.amazon.com/aws-backup/latest/devguide",
    "budgets": "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference",
    "cloudfront": "https://docs.aws.amazon.com/cloudfront/latest/APIReference",
    "cognito": "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference",
    "events": "https://docs.aws.amazon.com/eventbridge/latest/APIReference",
    "scheduler": "https://docs.aws.amazon.com/scheduler/latest/APIReference",
    "cloudwatch": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference",
    "dynamodb": "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference",
    "ec2": "https://docs.aws.amazon.com/AWSEC2/latest/APIReference",
    "ecr": "https://docs.aws.amazon.com/AmazonECR/latest/APIReference",
    "ecs": "https://docs.aws.amazon.com/AmazonECS/latest/APIReference",
    "elbv2": "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference",
    "iam": "https://docs.aws.amazon.com/IAM/latest/APIReference",
    "kms": "https://docs.aws.amazon.com/kms/latest/APIReference",
    "elasticache": "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference",
    "lambda": "https://docs.aws.amazon.com/lambda/latest/api",
    "logs": "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference",
    "rds": "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference",
    "route53": "https://docs.aws.amazon.com/Route53/latest/APIReference",
    "s3": "https://docs.aws.amazon.com/AmazonS3/latest/API",
    "secretsmanager": "https://docs.aws.amazon.com/secretsmanager/latest/apireference",
    "servicediscovery": "https://docs.aws.amazon.com/cloud-map/latest/api",
    "sesv2": "https://docs.aws.amazon.com/ses/latest/APIReference-V2",
    "sns": "https://docs.aws.amazon.com/sns/latest/api",
    "sqs": "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference",
    "ssm": "https://docs.aws.amazon.com/systems-manager/latest/APIReference",
}


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """The table of one type, or of one shape of it; `label` tells two tables of a token apart."""

    token: str
    valid: Mapping[str, Any]
    refused: Sequence[Row]
    accepted: Sequence[Mapping[str, Any]] = ()
    label: str = ""

    def __str__(self) -> str:
        return f"{self.token.rpartition(':')[2]}{f'-{self.label}' if self.label else ''}"


def api(service: str, page: str) -> str:
    """Return the address of an action or a data type in a service's API reference."""
    return f"{_DOCUMENTATION[service]}/API_{page}.html"


def gateway(page: str) -> str:
    """Return the address of a page in API Gateway's reference for HTTP APIs: `apis-apiid-routes`."""
    return f"https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/{page}.html"


def terraform(resource: str) -> str:
    """Return the address of a resource in the reference of the provider that Pulumi's is made from."""
    return f"https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/{resource}"


def tables() -> list[Refusals]:
    """Return the tables of all files in `refusals/`."""
    package = importlib.import_module("localcloud.tests.plugins.aws.refusals")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [each for name in names for each in importlib.import_module(f"{package.__name__}.{name}").TABLES]
