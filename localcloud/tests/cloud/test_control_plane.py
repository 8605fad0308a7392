"""What MiniStack does otherwise than AWS, asked of the running cloud by boto3."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.tests.cloud.calls import name, refusal

pytestmark = pytest.mark.cloud


def test_an_alarm_is_given_back_as_it_was_put(client: Callable[[str], Any]) -> None:
    alarm = {
        "AlarmName": name(),
        "AlarmDescription": "a & b",
        "ActionsEnabled": False,
        "OKActions": ["arn:aws:sns:eu-west-1:222222222222:t"],
        "AlarmActions": [],
        "InsufficientDataActions": ["arn:aws:sns:eu-west-1:222222222222:t"],
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/ECS",
        "Statistic": "Maximum",
        "Dimensions": [{"Name": "ClusterName", "Value": "main"}],
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 80.5,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    client("cloudwatch").put_metric_alarm(**alarm, Tags=[{"Key": "k", "Value": "v"}])
    [found] = client("cloudwatch").describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
    assert {key: found[key] for key in alarm} == alarm
    assert found["StateValue"] == "INSUFFICIENT_DATA"


def test_an_alarm_on_an_expression_has_no_period_of_its_own(client: Callable[[str], Any]) -> None:
    metric = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    metrics = [
        {"Id": "e1", "Expression": "m1 / 2", "Label": "half", "ReturnData": True},
        {"Id": "m1", "MetricStat": metric, "ReturnData": False},
    ]
    alarm = name()
    client("cloudwatch").put_metric_alarm(
        AlarmName=alarm, EvaluationPeriods=1, Threshold=1, ComparisonOperator="LessThanThreshold", Metrics=metrics
    )
    [found] = client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert found["Metrics"] == metrics
    assert not {"Period", "Statistic", "MetricName"} & found.keys()


def test_a_certificate_asked_for_twice_is_one(client: Callable[[str], Any]) -> None:
    acm = client("acm")
    asked = {"DomainName": f"{name()}.example", "IdempotencyToken": "token", "KeyAlgorithm": "EC_prime256v1"}
    first = acm.request_certificate(**asked)["CertificateArn"]
    assert acm.request_certificate(**asked)["CertificateArn"] == first
    assert acm.request_certificate(**{**asked, "IdempotencyToken": "other"})["CertificateArn"] != first
    found = acm.describe_certificate(CertificateArn=first)["Certificate"]
    assert found["KeyAlgorithm"] == "EC_prime256v1"
    assert found["Options"] == {"CertificateTransparencyLoggingPreference": "ENABLED"}


def test_an_identity_provider_changes(client: Callable[[str], Any]) -> None:
    iam = client("iam")
    made = iam.create_open_id_connect_provider(
        Url=f"https://{name()}.example", ClientIDList=["a"], ThumbprintList=["f" * 40]
    )
    arn = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    iam.update_open_id_connect_provider_thumbprint(**arn, ThumbprintList=["e" * 40])
    iam.add_client_id_to_open_id_connect_provider(**arn, ClientID="b")
    iam.remove_client_id_from_open_id_connect_provider(**arn, ClientID="a")
    iam.tag_open_id_connect_provider(**arn, Tags=[{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}])
    iam.untag_open_id_connect_provider(**arn, TagKeys=["k"])
    found = iam.get_open_id_connect_provider(**arn)
    assert (found["ClientIDList"], found["ThumbprintList"]) == (["b"], ["e" * 40])
    assert iam.list_open_id_connect_provider_tags(**arn)["Tags"] == [{"Key": "l", "Value": ""}]


def test_an_empty_description_clears_a_roles(client: Callable[[str], Any]) -> None:
    iam, role = client("iam"), name()
    policy = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy, Description="old")
    iam.update_role(RoleName=role, Description="")
    assert iam.get_role(RoleName=role)["Role"].get("Description", "") == ""


def test_small_things_are_given_back(client: Callable[[str], Any]) -> None:
    logs, s3, dynamodb, bucket = client("logs"), client("s3"), client("dynamodb"), name()
    logs.create_log_group(logGroupName=bucket)
    logs.associate_kms_key(logGroupName=bucket, kmsKeyId="arn:key")
    [group] = logs.describe_log_groups(logGroupNamePrefix=bucket)["logGroups"]
    assert group["kmsKeyId"] == "arn:key"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    rules = {"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]}
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration=rules, TransitionDefaultMinimumObjectSize="varies_by_storage_class"
    )
    size = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["TransitionDefaultMinimumObjectSize"]
    assert size == "varies_by_storage_class"
    dynamodb.create_table(
        TableName=bucket,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_continuous_backups(
        TableName=bucket,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    )
    backups = dynamodb.describe_continuous_backups(TableName=bucket)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7


def test_an_autoscaling_target_needs_its_service_and_moves_it_into_the_range(client: Callable[[str], Any]) -> None:
    ecs, scaling, cluster = client("ecs"), client("application-autoscaling"), name()
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 2,
        "MaxCapacity": 4,
    }
    assert refusal(scaling.register_scalable_target, **target) == "ValidationException"
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(family=cluster, containerDefinitions=[{"name": "web", "image": "web"}])
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition=cluster, desiredCount=1)
    scaling.register_scalable_target(**target)
    [service] = ecs.describe_services(cluster=cluster, services=["web"])["services"]
    assert service["desiredCount"] == 2
    with pytest.raises(ClientError, match="PutScheduledAction is not part of the embedded cloud"):
        scaling.put_scheduled_action(
            **{key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
            ScheduledActionName="x",
        )


def test_an_ecs_service_gives_back_what_it_was_given(client: Callable[[str], Any]) -> None:
    ecs, cluster = client("ecs"), name()
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(family=cluster, containerDefinitions=[{"name": "web", "image": "web"}])
    given = {
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 150,
            "minimumHealthyPercent": 50,
            "strategy": "ROLLING",
        },
        "availabilityZoneRebalancing": "ENABLED",
        "propagateTags": "SERVICE",
    }
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition=cluster, desiredCount=1, **given)
    [found] = ecs.describe_services(cluster=cluster, services=["web"])["services"]
    assert {key: found[key] for key in given} == given
    changed = {"availabilityZoneRebalancing": "DISABLED", "deploymentConfiguration": {"maximumPercent": 200}}
    ecs.update_service(cluster=cluster, service="web", **changed)
    [found] = ecs.describe_services(cluster=cluster, services=["web"])["services"]
    assert {key: found[key] for key in changed} == changed


def test_two_accounts_have_the_same_names(plain: cloud.Cloud) -> None:
    shared = name()
    for account in ("333333333333", "444444444444"):
        cloud.client("dynamodb", account, plain).create_table(
            TableName=shared,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        cloud.client("ecr", account, plain).create_repository(repositoryName=shared)
        cloud.client("iam", account, plain).create_role(RoleName=shared, AssumeRolePolicyDocument="{}")
        cloud.client("elbv2", account, plain).create_target_group(Name=shared, Protocol="HTTP", Port=80, VpcId="vpc-1")
    cloud.client("dynamodb", "333333333333", plain).delete_table(TableName=shared)
    assert cloud.client("dynamodb", "333333333333", plain).list_tables()["TableNames"] == []
    assert cloud.client("dynamodb", "444444444444", plain).list_tables()["TableNames"] == [shared]
