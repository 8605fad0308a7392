"""VPC endpoints, flow logs, security groups and their rules."""

from localcloud.tests.plugins.aws.refusal import Refusals, Row, api, terraform

ENDPOINT, FLOW = api("ec2", "CreateVpcEndpoint"), api("ec2", "CreateFlowLogs")
GROUP, PERMISSION = api("ec2", "CreateSecurityGroup"), api("ec2", "IpPermission")
ROLE = "arn:aws:iam::222222222222:role/flow-logs"


def _rule(direction: str) -> Refusals:
    """Return the table of a rule type: both directions refuse the same."""
    reference = terraform(f"vpc_security_group_{direction.lower()}_rule")
    refused: tuple[Row, ...] = (
        ({"securityGroupId": None}, "securityGroupId", "is required", reference),
        ({"ipProtocol": None}, "ipProtocol", "is required", reference),
        ({"cidrIpv4": None}, "cidrIpv4", "one of cidrIpv4", reference),
        ({"cidrIpv6": "::/0"}, "cidrIpv6", "together with cidrIpv4", reference),
        ({"cidrIpv4": "10.0.0.0"}, "cidrIpv4", "such as 10.0.0.0/16", reference),
        ({"cidrIpv4": "10.0.0.1/8"}, "cidrIpv4", "its first address", reference),
        ({"cidrIpv4": None, "cidrIpv6": "10.0.0.0/8"}, "cidrIpv6", "an IPv6 block", reference),
        ({"fromPort": -2}, "fromPort", "at least -1", reference),
        ({"toPort": 65536}, "toPort", "at most 65535", reference),
        ({"toPort": 442}, "toPort", "must not be below fromPort", PERMISSION),
        ({"toPort": None}, "toPort", "must be given", PERMISSION),
        ({"fromPort": None, "toPort": None}, "fromPort", "is required", PERMISSION),
        ({"description": "d" * 256}, "description", "at most 255 characters", api("ec2", "IpRange")),
        ({"description": "ümlaut"}, "description", "must match", api("ec2", "IpRange")),
    )
    return Refusals(
        token=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        valid={
            "securityGroupId": "sg-12345678",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/16",
        },
        refused=refused,
        accepted=(
            {"toPort": 65535},
            {"description": "d" * 255},
            {"cidrIpv4": "0.0.0.0/0"},
            {"cidrIpv4": None, "cidrIpv6": "::/0"},
            {"ipProtocol": "-1", "fromPort": None, "toPort": None},
            {"ipProtocol": "icmp", "fromPort": 8, "toPort": -1},
        ),
    )


TABLES = (
    Refusals(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        label="gateway",
        valid={"vpcId": "vpc-12345678", "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": ["rtb-12345678"]},
        refused=(
            ({"vpcId": None}, "vpcId", "is required", ENDPOINT),
            ({"serviceName": None}, "serviceName", "must be given", ENDPOINT),
            ({"vpcEndpointType": "Window"}, "vpcEndpointType", "must be one of", ENDPOINT),
            ({"subnetIds": ["subnet-12345678"]}, "subnetIds", "cannot be given", ENDPOINT),
            ({"securityGroupIds": ["sg-12345678"]}, "securityGroupIds", "cannot be given", ENDPOINT),
            ({"ipAddressType": "ipv5"}, "ipAddressType", "dualstack", ENDPOINT),
            ({"policy": "allow all"}, "policy", "must be JSON", terraform("vpc_endpoint")),
        ),
        accepted=({"policy": '{"Statement": []}'}, {"vpcEndpointType": "Gateway"}),
    ),
    Refusals(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        label="interface",
        valid={
            "vpcId": "vpc-12345678",
            "serviceName": "com.amazonaws.eu-west-1.ecr.api",
            "vpcEndpointType": "Interface",
            "subnetIds": ["subnet-12345678"],
            "privateDnsEnabled": True,
        },
        refused=(
            ({"routeTableIds": ["rtb-12345678"]}, "routeTableIds", "cannot be given", ENDPOINT),
            ({"privateDnsEnabled": "perhaps"}, "privateDnsEnabled", "true or false", ENDPOINT),
        ),
    ),
    Refusals(
        token="aws:ec2/flowLog:FlowLog",
        valid={
            "vpcId": "vpc-12345678",
            "trafficType": "ALL",
            "logDestination": "arn:aws:logs:eu-west-1:222222222222:log-group:flow",
            "iamRoleArn": ROLE,
        },
        refused=(
            ({"subnetId": "subnet-12345678"}, "subnetId", "together with", terraform("flow_log")),
            ({"vpcId": None}, "vpcId", "must be given", terraform("flow_log")),
            ({"trafficType": "SOME"}, "trafficType", "ACCEPT, ALL, REJECT", FLOW),
            ({"trafficType": None}, "trafficType", "must be given", FLOW),
            ({"maxAggregationInterval": 61}, "maxAggregationInterval", "60 or 600", FLOW),
            ({"logDestinationType": "tape"}, "logDestinationType", "cloud-watch-logs", FLOW),
            ({"logDestination": "flow"}, "logDestination", "must match ^arn:", terraform("flow_log")),
            ({"iamRoleArn": "flow-logs"}, "iamRoleArn", "must match ^arn:", terraform("flow_log")),
            ({"iamRoleArn": None}, "iamRoleArn", "is required", FLOW),
            ({"logDestinationType": "s3"}, "iamRoleArn", "cannot be given", FLOW),
        ),
        accepted=(
            {"maxAggregationInterval": 60},
            {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::flow/logs/", "iamRoleArn": None},
        ),
    ),
    Refusals(
        token="aws:ec2/securityGroup:SecurityGroup",
        valid={"vpcId": "vpc-12345678", "name": "web", "description": "the web"},
        refused=(
            ({"name": "sg-web"}, "name", "must match", GROUP),
            ({"name": "n" * 256}, "name", "at most 255 characters", GROUP),
            ({"description": "d" * 256}, "description", "at most 255 characters", GROUP),
            ({"description": "who's there"}, "description", "must match", GROUP),
        ),
        accepted=({"name": "n" * 255}, {"name": "asg-web"}, {"description": "d" * 255}),
    ),
    Refusals(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        valid={"vpcId": "vpc-12345678"},
        refused=(
            ({"tags": {"aws:x": ""}}, "tags", "must not begin with aws:", api("ec2", "Tag")),
            ({"ingress": {}}, "ingress", "must be a list", terraform("default_security_group")),
        ),
        accepted=({"ingress": [], "egress": []},),
    ),
    _rule("Ingress"),
    _rule("Egress"),
)
