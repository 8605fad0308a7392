"""Requests as boto3 writes them are understood, and answers are what boto3 reads."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from botocore.serialize import create_serializer

from localcloud.cloud.inside import wire

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "cloudwatch",
        "PutMetricAlarm",
        {
            "AlarmName": "a",
            "AlarmDescription": "x & y",
            "ActionsEnabled": False,
            "OKActions": ["arn:1", "arn:2"],
            "Dimensions": [{"Name": "n", "Value": "v"}],
            "EvaluationPeriods": 2,
            "Threshold": 0.5,
            "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [
                {
                    "Id": "m1",
                    "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"},
                    "ReturnData": True,
                }
            ],
        },
    ),
    (
        "elbv2",
        "CreateRule",
        {
            "ListenerArn": "arn:l",
            "Priority": 5,
            "Conditions": [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a", "Value": "b"}]}}],
            "Actions": [
                {
                    "Type": "forward",
                    "ForwardConfig": {
                        "TargetGroups": [{"TargetGroupArn": "arn:t", "Weight": 9}],
                        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
                    },
                }
            ],
        },
    ),
    (
        "ec2",
        "CreateVpcEndpoint",
        {
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.eu-west-1.s3",
            "RouteTableIds": ["rtb-2", "rtb-1"],
            "PrivateDnsEnabled": True,
            "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "k", "Value": "v"}]}],
        },
    ),
    (
        "ec2",
        "ModifySecurityGroupRules",
        {
            "GroupId": "sg-1",
            "SecurityGroupRules": [
                {
                    "SecurityGroupRuleId": "sgr-1",
                    "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIpv4": "10.0.0.0/8"},
                }
            ],
        },
    ),
]


@pytest.mark.parametrize(("service", "action", "values"), REQUESTS, ids=[action for _, action, _ in REQUESTS])
def test_a_request_is_read_as_it_was_meant(service: str, action: str, values: dict[str, Any]) -> None:
    model = wire.service(service)
    protocol = "ec2" if service == "ec2" else "query"
    request = create_serializer(protocol).serialize_to_request(values, model.operation_model(action))
    params = parse_qs(urlencode(request["body"]), keep_blank_values=True)
    assert wire.decode(service, action, params) == values


ANSWERS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "elbv2",
        "DescribeRules",
        {
            "Rules": [
                {
                    "RuleArn": "arn:r",
                    "Priority": "5",
                    "Conditions": [{"Field": "path-pattern", "Values": ["/a&b/<x>"]}],
                    "Actions": [{"Type": "forward", "Order": 1, "TargetGroupArn": "arn:t"}],
                    "IsDefault": False,
                }
            ]
        },
    ),
    (
        "cloudwatch",
        "DescribeAlarms",
        {
            "MetricAlarms": [
                {
                    "AlarmName": "a",
                    "Threshold": 0.5,
                    "OKActions": [],
                    "StateUpdatedTimestamp": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
                }
            ]
        },
    ),
    (
        "ec2",
        "DescribeNatGateways",
        {
            "NatGateways": [
                {
                    "NatGatewayId": "nat-1",
                    "NatGatewayAddresses": [{"PublicIp": "52.0.0.1", "IsPrimary": True}],
                    "Tags": [{"Key": "k", "Value": ""}],
                }
            ]
        },
    ),
]


@pytest.mark.parametrize(("service", "action", "values"), ANSWERS, ids=[action for _, action, _ in ANSWERS])
def test_an_answer_is_read_as_it_was_meant(service: str, action: str, values: dict[str, Any]) -> None:
    status, headers, body = wire.encode(service, action, values)
    assert (status, headers["Content-Type"]) == (200, "text/xml")
    assert wire.read(service, action, body) == values


def test_values_that_the_model_lacks_and_those_not_set_are_left_out() -> None:
    values = {"NatGateways": [{"NatGatewayId": "nat-1", "Invented": "x", "VpcId": None}]}
    body = wire.encode("ec2", "DescribeNatGateways", values)[2]
    assert wire.read("ec2", "DescribeNatGateways", body) == {"NatGateways": [{"NatGatewayId": "nat-1"}]}


def test_items_are_read_in_their_order_past_the_ninth() -> None:
    params = {f"Subnets.member.{number}": [f"subnet-{number}"] for number in range(1, 13)}
    found = wire.decode("elbv2", "CreateLoadBalancer", params)
    assert found == {"Subnets": [f"subnet-{number}" for number in range(1, 13)]}


def test_a_fragment_is_one_element_of_an_answer() -> None:
    text = wire.fragment("elbv2", "Action", "member", {"Type": "forward", "TargetGroupArn": "a&b"})
    assert text == "<member><Type>forward</Type><TargetGroupArn>a&amp;b</TargetGroupArn></member>"
