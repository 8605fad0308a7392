"""What MiniStack does otherwise than AWS with networks and load balancers, asked of the running cloud by boto3."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.tests.cloud.calls import name, refusal

pytestmark = pytest.mark.cloud


@pytest.fixture
def balancer(client: Callable[[str], Any], subnets: list[str]) -> str:
    made = client("elbv2").create_load_balancer(Name=name(), Subnets=subnets)["LoadBalancers"][0]
    return str(made["LoadBalancerArn"])


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
