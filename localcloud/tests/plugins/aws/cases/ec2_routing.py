"""Route tables, routes and associations."""

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

TABLE = Parent("table", "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"})
OTHER = Parent("other", "aws:ec2/routeTable:RouteTable", {"vpcId": "${vpc.id}"})
GATEWAY = Parent("gateway", "aws:ec2/internetGateway:InternetGateway", {"vpcId": "${vpc.id}"})
NAT = Parent("nat", "aws:ec2/natGateway:NatGateway", {"subnetId": "${a.id}", "connectivityType": "private"})
ROUTE = {"routeTableId": "${table.id}", "destinationCidrBlock": "0.0.0.0/0"}

CASES = (
    Case(
        token="aws:ec2/routeTable:RouteTable",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}", "tags": {"Name": "public"}},
        updates=({"tags": {"Name": "private", "tier": "1"}},),
        replaces=({"vpcId": "vpc-12345678"},),
        refused=({"vpcId": None}, {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]}),
    ),
    Case(
        token="aws:ec2/route:Route",
        parents=parents(VPC, SUBNETS, TABLE, OTHER, GATEWAY, NAT),
        inputs={**ROUTE, "gatewayId": "${gateway.id}"},
        updates=({"gatewayId": None, "natGatewayId": "${nat.id}"},),
        replaces=({"routeTableId": "${other.id}"}, {"destinationCidrBlock": "10.7.0.0/16"}),
        refused=({"gatewayId": None}, {"natGatewayId": "nat-1"}, {"destinationCidrBlock": None}),
    ),
    Case(
        token="aws:ec2/route:Route",
        label="peering",
        parents=parents(VPC, TABLE),
        inputs={**ROUTE, "vpcPeeringConnectionId": "pcx-12345678"},
        replaces=({"destinationCidrBlock": "10.7.0.0/16"},),
    ),
    Case(
        token="aws:ec2/route:Route",
        label="transit",
        parents=parents(VPC, TABLE),
        inputs={**ROUTE, "transitGatewayId": "tgw-12345678"},
        replaces=({"destinationCidrBlock": "10.7.0.0/16"},),
    ),
    Case(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        parents=parents(VPC, SUBNETS, TABLE, OTHER),
        inputs={"routeTableId": "${table.id}", "subnetId": "${a.id}"},
        replaces=({"subnetId": "${b.id}"}, {"routeTableId": "${other.id}"}),
        refused=({"routeTableId": None}, {"subnetId": None}),
    ),
)
