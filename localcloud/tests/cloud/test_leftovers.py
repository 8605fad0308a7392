"""An account is listed with everything in it, and is empty again when all of that is deleted."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud import cloud
from localcloud.cloud.leftovers import LISTINGS

ACCOUNT = "555555555555"


def test_no_kind_is_listed_twice() -> None:
    kinds = [(listing.service, listing.kind, listing.arguments) for listing in LISTINGS]
    assert len(kinds) == len(set(kinds))


@pytest.mark.cloud
def test_an_account_that_nobody_used_is_empty(plain: cloud.Cloud) -> None:
    assert cloud.leftovers(plain.endpoint, plain.region, "666666666666") == []


@pytest.mark.cloud
def test_what_was_made_is_listed_until_it_is_deleted(plain: cloud.Cloud) -> None:
    client: Callable[[str], Any] = lambda service: cloud.client(service, ACCOUNT, plain)  # noqa: E731
    ec2, ecs, iam, kms = (client(service) for service in ("ec2", "ecs", "iam", "kms"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web"}])
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=0)
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    client("sns").create_topic(Name="alerts")
    client("ssm").put_parameter(Name="/a/b", Value="c", Type="String")
    client("route53").create_hosted_zone(Name="dev.example", CallerReference="1")
    client("dynamodb").create_table(
        TableName="counter",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    found = cloud.leftovers(plain.endpoint, plain.region, ACCOUNT)
    assert f"ec2 vpc {vpc}" in found
    assert [line for line in found if not line.startswith("ec2 ")] == [
        f"ecs cluster arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main",
        f"ecs service arn:aws:ecs:eu-west-1:{ACCOUNT}:service/main/web",
        f"ecs task definition arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/web:1",
        "iam role deploy",
        "route53 zone dev.example.",
        "dynamodb table counter",
        "ssm parameter /a/b",
        f"sns topic arn:aws:sns:eu-west-1:{ACCOUNT}:alerts",
        f"kms key {key}",
    ]
    zone = client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    ec2.delete_vpc(VpcId=vpc)
    ecs.delete_service(cluster="main", service="web", force=True)
    ecs.deregister_task_definition(taskDefinition="web:1")
    ecs.delete_cluster(cluster="main")
    iam.delete_role(RoleName="deploy")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    client("sns").delete_topic(TopicArn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts")
    client("ssm").delete_parameter(Name="/a/b")
    client("route53").delete_hosted_zone(Id=zone)
    client("dynamodb").delete_table(TableName="counter")
    assert cloud.leftovers(plain.endpoint, plain.region, ACCOUNT) == []
