from typing import Any

import pytest
from botocore.model import Shape, StructureShape

from localcloud.cloud.inside import filters, wire


def items_of(action: str, field: str) -> Shape:
    """Return the shape of a listing."""
    shape = wire.service("ec2").operation_model(action).output_shape
    assert isinstance(shape, StructureShape)
    return shape.members[field]


VPCS = [
    {"VpcId": "vpc-1", "IsDefault": True, "CidrBlock": "10.0.0.0/16", "State": "available", "Tags": []},
    {"VpcId": "vpc-2", "IsDefault": False, "CidrBlock": "10.1.0.0/16", "Tags": [{"Key": "env", "Value": "dev"}]},
]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("is-default", ["true"], ["vpc-1"]),
        ("isDefault", ["false"], ["vpc-2"]),
        ("vpc-id", ["vpc-2", "vpc-9"], ["vpc-2"]),
        ("cidr", ["10.0.0.0/16"], ["vpc-1"]),
        ("state", ["available"], ["vpc-1"]),
        ("tag:env", ["d*"], ["vpc-2"]),
        ("tag:env", ["prod"], []),
        ("tag-key", ["env"], ["vpc-2"]),
        ("nonsense", ["x"], ["vpc-1", "vpc-2"]),
    ],
)
def test_networks_are_filtered(name: str, values: list[str], expected: list[str]) -> None:
    found = filters.apply(VPCS, items_of("DescribeVpcs", "Vpcs"), {name: values})
    assert [each["VpcId"] for each in found] == expected


def test_every_filter_must_pass() -> None:
    shape = items_of("DescribeVpcs", "Vpcs")
    assert filters.apply(VPCS, shape, {"is-default": ["true"], "vpc-id": ["vpc-2"]}) == []


def test_a_dotted_name_leads_into_lists() -> None:
    gateways: list[dict[str, Any]] = [
        {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]},
        {"InternetGatewayId": "igw-2", "Attachments": []},
    ]
    shape = items_of("DescribeInternetGateways", "InternetGateways")
    found = filters.apply(gateways, shape, {"attachment.vpc-id": ["vpc-1"]})
    assert [each["InternetGatewayId"] for each in found] == ["igw-1"]


def test_a_subnets_associations_are_found() -> None:
    tables: list[dict[str, Any]] = [
        {"RouteTableId": "rtb-1", "Associations": [{"SubnetId": "subnet-1", "Main": False}]},
        {"RouteTableId": "rtb-2", "Associations": [{"Main": True}]},
    ]
    shape = items_of("DescribeRouteTables", "RouteTables")
    by_subnet = filters.apply(tables, shape, {"association.subnet-id": ["subnet-1"]})
    main = filters.apply(tables, shape, {"association.main": ["true"]})
    assert [each["RouteTableId"] for each in by_subnet + main] == ["rtb-1", "rtb-2"]
