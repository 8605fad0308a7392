"""VPC endpoints and flow logs."""

import json

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

TABLE = Parent("table", "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"})
OTHER = Parent("other", "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"})
GROUP = Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
SECOND = Parent("second", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
ROLE = "arn:aws:iam::222222222222:role/flow-logs"


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


FLOW = {
    "trafficType": "ALL",
    "logDestination": "arn:aws:logs:eu-west-1:222222222222:log-group:flow",
    "logDestinationType": "cloud-watch-logs",
    "iamRoleArn": ROLE,
    "maxAggregationInterval": 60,
    "logFormat": "${action} ${srcaddr}",
}

CASES = (
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        label="gateway",
        parents=(VPC, TABLE, OTHER),
        inputs={
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": ["${table.id}"],
        },
        updates=(
            {"routeTableIds": ["${table.id}", "${other.id}"]},
            {"routeTableIds": ["${other.id}"]},
            {"policy": _policy("s3:Get*")},
            {"policy": _policy("s3:*")},
            {"tags": {"Name": "s3"}},
        ),
        replaces=({"serviceName": "com.amazonaws.eu-west-1.dynamodb"}, {"vpcId": "vpc-12345678"}),
        refused=({"serviceName": None}, {"subnetIds": ["subnet-1"]}, {"vpcEndpointType": "Window"}),
    ),
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        label="interface",
        parents=parents(VPC, SUBNETS, GROUP, SECOND),
        inputs={
            "vpcId": "${vpc.id}",
            "serviceName": "com.amazonaws.eu-west-1.ecr.api",
            "vpcEndpointType": "Interface",
            "subnetIds": ["${a.id}"],
            "securityGroupIds": ["${group.id}"],
            "privateDnsEnabled": True,
            "ipAddressType": "ipv4",
        },
        updates=(
            {"subnetIds": ["${a.id}", "${b.id}"]},
            {"securityGroupIds": ["${second.id}"]},
            {"privateDnsEnabled": False},
            {"ipAddressType": "dualstack"},
        ),
        refused=({"routeTableIds": ["rtb-1"]}, {"subnetIds": None}),
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        parents=(VPC,),
        inputs={**FLOW, "vpcId": "${vpc.id}"},
        updates=({"tags": {"Name": "flow"}},),
        replaces=({"trafficType": "REJECT"}, {"maxAggregationInterval": 600}, {"iamRoleArn": f"{ROLE}2"}),
        refused=({"subnetId": "subnet-1"}, {"maxAggregationInterval": 61}, {"iamRoleArn": None}),
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        label="subnet-to-bucket",
        parents=parents(VPC, SUBNETS),
        inputs={
            "subnetId": "${a.id}",
            "trafficType": "REJECT",
            "logDestinationType": "s3",
            "logDestination": "arn:aws:s3:::flow-logs",
            "destinationOptions": {"fileFormat": "parquet", "perHourPartition": True},
        },
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        label="interface",
        inputs={**FLOW, "eniId": "eni-12345678"},
    ),
)
