"""What MiniStack does otherwise than AWS, asked of the running cloud by boto3."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud

pytestmark = pytest.mark.cloud

ACCOUNT = "222222222222"


@pytest.fixture
def client(plain: cloud.Cloud) -> Callable[[str], Any]:
    """Return a client of a service."""
    return lambda service: cloud.client(service, ACCOUNT, plain)


@pytest.fixture
def vpc(client: Callable[[str], Any]) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def subnets(client: Callable[[str], Any], vpc: str) -> list[str]:
    ec2 = client("ec2")
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{letter}")["Subnet"][
            "SubnetId"
        ]
        for number, letter in enumerate("ab")
    ]


@pytest.fixture
def balancer(client: Callable[[str], Any], subnets: list[str]) -> str:
    made = client("elbv2").create_load_balancer(Name=name(), Subnets=subnets)["LoadBalancers"][0]
    return str(made["LoadBalancerArn"])


def name() -> str:
    """Return a name that no other test uses."""
    return f"n{uuid4().hex[:12]}"


def refusal(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the code of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


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


def test_a_filter_that_the_emulator_does_not_know_is_applied(client: Callable[[str], Any], vpc: str) -> None:
    found = client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert [each["IsDefault"] for each in found] == [True]
    assert vpc not in [each["VpcId"] for each in found]


def test_a_flow_log_is_given_back_whole(client: Callable[[str], Any], vpc: str) -> None:
    ec2 = client("ec2")
    tags = [{"Key": "k", "Value": "v"}]
    [made] = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="REJECT",
        LogGroupName="/flow",
        DeliverLogsPermissionArn="arn:aws:iam::222222222222:role/flow",
        MaxAggregationInterval=60,
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}],
    )["FlowLogIds"]
    [found] = ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
    assert found["DeliverLogsPermissionArn"] == "arn:aws:iam::222222222222:role/flow"
    assert found["LogDestination"] == "arn:aws:logs:eu-west-1:222222222222:log-group:/flow"
    assert (found["LogGroupName"], found["MaxAggregationInterval"], found["Tags"]) == ("/flow", 60, tags)
    assert found["LogFormat"].startswith("${version} ${account-id} ")
    assert refusal(ec2.describe_flow_logs, FlowLogIds=["fl-0"]) == "InvalidFlowLogId.NotFound"


def test_a_vpc_endpoint_is_given_back_whole_and_changes(
    client: Callable[[str], Any], vpc: str, subnets: list[str]
) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName=name(), Description="d", VpcId=vpc)["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-west-1.logs",
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    assert made["SubnetIds"] == subnets
    assert [each["GroupId"] for each in made["Groups"]] == [group]
    assert made["PrivateDnsEnabled"] is True
    assert '"Allow"' in made["PolicyDocument"]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=made["VpcEndpointId"],
        RemoveSubnetIds=subnets[:1],
        PrivateDnsEnabled=False,
        PolicyDocument='{"Statement": []}',
    )
    [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
    assert (found["SubnetIds"], found["PrivateDnsEnabled"]) == (subnets[1:], False)
    assert found["PolicyDocument"] == '{"Statement": []}'
    assert len(found["NetworkInterfaceIds"]) == 1
    assert refusal(ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-0"]) == "InvalidVpcEndpointId.NotFound"


def test_rules_keep_prefix_lists_and_tags(client: Callable[[str], Any], vpc: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName=name(), Description="d", VpcId=vpc)["GroupId"]
    tags = [{"Key": "k", "Value": "v"}]
    tagged = {"TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": tags}]}
    listed = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    for permission in (listed, everything):  # the second is a new group's own rule
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission], **tagged)
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert sorted(rule.get("PrefixListId", rule.get("CidrIpv4")) for rule in rules) == ["0.0.0.0/0", "pl-1"]
    assert [rule["Tags"] for rule in rules] == [tags, tags]


def test_a_description_that_is_left_out_is_removed(client: Callable[[str], Any], vpc: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName=name(), Description="d", VpcId=vpc)["GroupId"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "old"}],
    }
    [rule] = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]
    assert rule["Description"] == "old"
    changed = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "CidrIpv4": "10.0.0.0/8"}
    update = {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": changed}
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[update])
    [found] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])[
        "SecurityGroupRules"
    ]
    assert found["ToPort"] == 81
    assert "Description" not in found


def test_a_nat_gateway_holds_its_address(client: Callable[[str], Any], subnets: list[str]) -> None:
    ec2 = client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    made = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address["AllocationId"])["NatGateway"]
    [held] = made["NatGatewayAddresses"]
    assert (held["AllocationId"], held["PublicIp"]) == (address["AllocationId"], address["PublicIp"])
    assert held["PrivateIp"].startswith("10.0.0.")
    [found] = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert found["AssociationId"] == held["AssociationId"]
    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    [found] = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert "AssociationId" not in found


def test_two_routes_to_one_destination_are_refused(client: Callable[[str], Any], vpc: str) -> None:
    ec2 = client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.create_route(**route, GatewayId=gateway)
    assert refusal(ec2.create_route, **route, GatewayId=gateway) == "RouteAlreadyExists"
    ec2.delete_route(**route)
    assert refusal(ec2.delete_route, **route) == "InvalidRoute.NotFound"


def test_a_load_balancer_is_in_its_subnets_and_protected(
    client: Callable[[str], Any], vpc: str, subnets: list[str], balancer: str
) -> None:
    elb = client("elbv2")
    [found] = elb.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"]
    assert found["VpcId"] == vpc
    zones = {zone["SubnetId"]: zone["ZoneName"] for zone in found["AvailabilityZones"]}
    assert zones == dict(zip(subnets, ("eu-west-1a", "eu-west-1b"), strict=True))

    def protect(value: str) -> None:
        attributes = [{"Key": "deletion_protection.enabled", "Value": value}]
        elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=attributes)

    protect("true")
    assert refusal(elb.delete_load_balancer, LoadBalancerArn=balancer) == "OperationNotPermitted"
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    assert refusal(elb.describe_load_balancers, LoadBalancerArns=[balancer]) == "LoadBalancerNotFound"


def test_actions_and_conditions_keep_every_field(client: Callable[[str], Any], vpc: str, balancer: str) -> None:
    elb = client("elbv2")
    groups = [
        elb.create_target_group(Name=name(), Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0]
        for _ in range(2)
    ]
    first, second = (group["TargetGroupArn"] for group in groups)
    assert {(group["ProtocolVersion"], group["IpAddressType"]) for group in groups} == {("HTTP1", "ipv4")}
    plain = {"Type": "forward", "TargetGroupArn": first}
    [listener] = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[plain])[
        "Listeners"
    ]
    assert listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"] == [{"TargetGroupArn": first, "Weight": 1}]
    again = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": [plain]}
    assert refusal(elb.create_listener, **again) == "DuplicateListener"
    weighted = {
        "TargetGroups": [{"TargetGroupArn": first, "Weight": 9}, {"TargetGroupArn": second, "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
    }
    query = {"Values": [{"Key": "a", "Value": "b&c"}]}
    rule = {
        "ListenerArn": listener["ListenerArn"],
        "Priority": 5,
        "Conditions": [
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a&b/*"]}},
            {"Field": "query-string", "QueryStringConfig": query},
        ],
        "Actions": [{"Type": "forward", "ForwardConfig": weighted}],
    }
    elb.create_rule(**rule)
    assert refusal(elb.create_rule, **rule) == "PriorityInUse"
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    [made] = [each for each in rules if each["Priority"] == "5"]
    assert made["Actions"][0]["ForwardConfig"] == weighted
    assert [each["Values"] for each in made["Conditions"] if each["Field"] == "path-pattern"] == [["/a&b/*"]]
    assert [each["QueryStringConfig"] for each in made["Conditions"] if each["Field"] == "query-string"] == [query]
    [used] = elb.describe_target_groups(TargetGroupArns=[second])["TargetGroups"]
    assert used["LoadBalancerArns"] == [balancer]
    assert refusal(elb.delete_target_group, TargetGroupArn=second) == "ResourceInUse"
    elb.delete_rule(RuleArn=made["RuleArn"])
    elb.delete_target_group(TargetGroupArn=second)
    assert refusal(elb.describe_rules, RuleArns=[made["RuleArn"]]) == "RuleNotFound"


def test_a_listener_has_more_certificates(client: Callable[[str], Any], balancer: str) -> None:
    elb = client("elbv2")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    [listener] = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": "arn:one"}],
        DefaultActions=[answer],
        MutualAuthentication={"Mode": "off"},
    )["Listeners"]
    arn = listener["ListenerArn"]
    assert listener["MutualAuthentication"] == {"Mode": "off"}
    elb.add_listener_certificates(ListenerArn=arn, Certificates=[{"CertificateArn": "arn:two"}])
    found = elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert {each["CertificateArn"]: each["IsDefault"] for each in found} == {"arn:one": True, "arn:two": False}
    elb.remove_listener_certificates(ListenerArn=arn, Certificates=[{"CertificateArn": "arn:two"}])
    assert len(elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]) == 1


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
