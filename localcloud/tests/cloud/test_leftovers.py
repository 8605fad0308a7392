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


@pytest.mark.cloud
def test_what_serverless_systems_are_made_of_is_listed_until_it_is_deleted(plain: cloud.Cloud) -> None:
    account = "555555555556"
    client: Callable[[str], Any] = lambda service: cloud.client(service, account, plain)  # noqa: E731
    cognito, cloudfront, backup = (client(service) for service in ("cognito-idp", "cloudfront", "backup"))
    cloudwatch, scheduler, events = (client(service) for service in ("cloudwatch", "scheduler", "events"))
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    control = {"Name": "files", "SigningProtocol": "sigv4", "SigningBehavior": "always"}
    origin = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={**control, "OriginAccessControlOriginType": "s3"}
    )
    times = {"Name": "files", "MinTTL": 0, "DefaultTTL": 1, "MaxTTL": 2}
    cache = cloudfront.create_cache_policy(CachePolicyConfig=times)
    backup.create_backup_vault(BackupVaultName="main")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "main"}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})["BackupPlanId"]
    limit = {"BudgetName": "month", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budget = {**limit, "BudgetLimit": {"Amount": "9", "Unit": "USD"}}
    client("budgets").create_budget(AccountId=account, Budget=budget)
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="App",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_composite_alarm(AlarmName="down", AlarmRule='ALARM("errors")')
    cloudwatch.put_dashboard(DashboardName="lists", DashboardBody='{"widgets": []}')
    events.put_rule(Name="made", EventPattern='{"source": ["app"]}')
    target = {"Arn": f"arn:aws:lambda:eu-west-1:{account}:function:canary", "RoleArn": f"arn:aws:iam::{account}:role/x"}
    schedule = {"Name": "canary", "ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    scheduler.create_schedule(**schedule, Target=target)
    address = {"Type": "HTTPS", "FullyQualifiedDomainName": "lists.dev.example"}
    check = client("route53").create_health_check(CallerReference="1", HealthCheckConfig=address)["HealthCheck"]["Id"]
    edge = cloud.client("acm", account, plain, "us-east-1")
    certificate = edge.request_certificate(DomainName="lists.dev.example", ValidationMethod="DNS")["CertificateArn"]
    assert cloud.leftovers(plain.endpoint, plain.region, account) == [
        f"acm certificate {certificate}",
        f"route53 health check {check}",
        "cloudwatch alarm errors",
        "cloudwatch composite alarm down",
        "cloudwatch dashboard lists",
        "events rule made",
        "scheduler schedule canary",
        "backup vault main",
        "backup plan daily",
        "budgets budget month",
        "cloudfront origin access control files",
        f"cloudfront cache policy {cache['CachePolicy']['Id']}",
        "cognito-idp user pool people",
    ]
    cognito.delete_user_pool(UserPoolId=pool)
    cloudfront.delete_origin_access_control(Id=origin["OriginAccessControl"]["Id"], IfMatch=origin["ETag"])
    cloudfront.delete_cache_policy(Id=cache["CachePolicy"]["Id"], IfMatch=cache["ETag"])
    backup.delete_backup_plan(BackupPlanId=plan)
    backup.delete_backup_vault(BackupVaultName="main")
    client("budgets").delete_budget(AccountId=account, BudgetName="month")
    cloudwatch.delete_alarms(AlarmNames=["down"])
    cloudwatch.delete_alarms(AlarmNames=["errors"])
    cloudwatch.delete_dashboards(DashboardNames=["lists"])
    events.delete_rule(Name="made")
    scheduler.delete_schedule(Name="canary")
    client("route53").delete_health_check(HealthCheckId=check)
    edge.delete_certificate(CertificateArn=certificate)
    assert cloud.leftovers(plain.endpoint, plain.region, account) == []
