"""VPC, subnets, gateways, addresses, routes."""

from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

VPC, SUBNET, ROUTE = api("ec2", "CreateVpc"), api("ec2", "CreateSubnet"), api("ec2", "CreateRoute")
TAG = api("ec2", "Tag")
LINK = terraform("route_table_association")

TABLES = (
    Refusals(
        token="aws:ec2/vpc:Vpc",
        valid={"cidrBlock": "10.0.0.0/16", "tags": {"Name": "main"}},
        refused=(
            ({"cidrBlock": None}, "cidrBlock", "must be given", VPC),
            ({"cidrBlock": "10.0.0.0/15"}, "cidrBlock", "/16 to /28", VPC),
            ({"cidrBlock": "10.0.0.0/29"}, "cidrBlock", "/16 to /28", VPC),
            ({"cidrBlock": "10.0.0.1/16"}, "cidrBlock", "its first address", terraform("vpc")),
            ({"cidrBlock": "10.0.0.0"}, "cidrBlock", "such as 10.0.0.0/16", VPC),
            ({"cidrBlock": "2001:db8::/32"}, "cidrBlock", "an IPv4 block", VPC),
            ({"instanceTenancy": "host"}, "instanceTenancy", "default, dedicated", VPC),
            ({"instanceTenancy": "mine"}, "instanceTenancy", "must be", VPC),
            ({"enableDnsSupport": "maybe"}, "enableDnsSupport", "true or false", terraform("vpc")),
            ({"size": 1}, "size", "is not a property", terraform("vpc")),
            ({"tags": {"aws:mine": "1"}}, "tags", "must not begin with aws:", TAG),
            ({"tags": {"k" * 129: "1"}}, "tags", "at most 128 characters", TAG),
            ({"tags": {"Name": "v" * 257}}, "tags", "at most 256 characters", TAG),
            ({"tags": {f"k{n}": "" for n in range(51)}}, "tags", "at most 50", TAG),
        ),
        accepted=(
            {"cidrBlock": "10.0.0.0/28"},
            {"instanceTenancy": "dedicated"},
            {"tags": {"k" * 128: "v" * 256}},
            {"tags": {f"k{n}": "" for n in range(50)}},
            {"tags": {"awsome": ""}},
        ),
    ),
    Refusals(
        token="aws:ec2/subnet:Subnet",
        valid={"vpcId": "vpc-12345678", "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"},
        refused=(
            ({"vpcId": None}, "vpcId", "is required", SUBNET),
            ({"cidrBlock": None}, "cidrBlock", "must be given", SUBNET),
            ({"cidrBlock": "10.0.0.0/29"}, "cidrBlock", "/16 to /28", SUBNET),
            ({"cidrBlock": "10.0.0.128/24"}, "cidrBlock", "its first address", terraform("subnet")),
            ({"availabilityZoneId": "euw1-az1"}, "availabilityZoneId", "together with", SUBNET),
            (
                {"privateDnsHostnameTypeOnLaunch": "any-name"},
                "privateDnsHostnameTypeOnLaunch",
                "ip-name, resource-name",
                api("ec2", "ModifySubnetAttribute"),
            ),
        ),
        accepted=({"cidrBlock": "10.0.0.240/28"}, {"cidrBlock": "10.0.0.0/16"}),
    ),
    Refusals(
        token="aws:ec2/internetGateway:InternetGateway",
        valid={"vpcId": "vpc-12345678"},
        refused=(
            ({"vpcId": ["vpc-12345678"]}, "vpcId", "must be a text", api("ec2", "AttachInternetGateway")),
            ({"tags": {"AWS:Name": "door"}}, "tags", "must not begin with aws:", TAG),
        ),
    ),
    Refusals(
        token="aws:ec2/eip:Eip",
        valid={"domain": "vpc"},
        refused=(
            ({"domain": "moon"}, "domain", "standard, vpc", api("ec2", "AllocateAddress")),
            ({"tags": {"aws:Name": "out"}}, "tags", "must not begin with aws:", TAG),
        ),
    ),
    Refusals(
        token="aws:ec2/natGateway:NatGateway",
        valid={"subnetId": "subnet-12345678", "allocationId": "eipalloc-12345678"},
        refused=(
            ({"allocationId": None}, "allocationId", "is required", api("ec2", "CreateNatGateway")),
            ({"connectivityType": "private"}, "allocationId", "together with", api("ec2", "CreateNatGateway")),
            ({"connectivityType": "both"}, "connectivityType", "private, public", api("ec2", "CreateNatGateway")),
        ),
        accepted=({"connectivityType": "private", "allocationId": None}, {"connectivityType": "public"}),
    ),
    Refusals(
        token="aws:ec2/routeTable:RouteTable",
        valid={"vpcId": "vpc-12345678"},
        refused=(
            ({"vpcId": None}, "vpcId", "is required", api("ec2", "CreateRouteTable")),
            ({"tags": ["public"]}, "tags", "must be a map", terraform("route_table")),
        ),
    ),
    Refusals(
        token="aws:ec2/route:Route",
        valid={"routeTableId": "rtb-12345678", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-12345678"},
        refused=(
            ({"routeTableId": None}, "routeTableId", "is required", ROUTE),
            ({"destinationCidrBlock": None}, "destinationCidrBlock", "must be given", ROUTE),
            ({"destinationCidrBlock": "10.0.0.0"}, "destinationCidrBlock", "such as 10.0.0.0/16", terraform("route")),
            ({"destinationCidrBlock": "10.1.2.3/8"}, "destinationCidrBlock", "its first address", terraform("route")),
            ({"gatewayId": None}, "gatewayId", "must be given", ROUTE),
            ({"natGatewayId": "nat-12345678"}, "natGatewayId", "together with gatewayId", ROUTE),
        ),
        accepted=({"destinationCidrBlock": "10.1.2.3/32"},),
    ),
    Refusals(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        valid={"routeTableId": "rtb-12345678", "subnetId": "subnet-12345678"},
        refused=(
            ({"routeTableId": None}, "routeTableId", "is required", LINK),
            ({"subnetId": None}, "subnetId", "must be given", LINK),
        ),
    ),
)
