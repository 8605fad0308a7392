"""VPC, subnets, internet gateway, elastic addresses, NAT gateways."""

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

EIP = Parent("eip", "aws:ec2/eip:Eip", {"domain": "vpc"})
OTHER_VPC = Parent("other", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.9.0.0/16"})

CASES = (
    Case(
        token="aws:ec2/vpc:Vpc",
        inputs={"cidrBlock": "10.1.0.0/16", "instanceTenancy": "default", "tags": {"Name": "main", "team": "x"}},
        updates=(
            {"enableDnsHostnames": True},
            {"enableNetworkAddressUsageMetrics": True},
            {"enableDnsHostnames": False, "enableDnsSupport": False},
            {"tags": {"Name": "other"}},
            {"tags": None},
        ),
        replaces=({"cidrBlock": "10.2.0.0/16"}, {"instanceTenancy": "dedicated"}, {"region": "us-east-1"}),
        refused=(
            {"cidrBlock": None},
            {"instanceTenancy": "mine"},
            {"ipv6CidrBlock": "::/64"},
            {"enableDnsSupport": "maybe"},
        ),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        parents=(VPC,),
        inputs={
            "vpcId": "${vpc.id}",
            "cidrBlock": "10.0.5.0/24",
            "availabilityZone": "eu-west-1b",
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
        updates=(
            {"mapPublicIpOnLaunch": True},
            {"privateDnsHostnameTypeOnLaunch": "resource-name", "enableResourceNameDnsARecordOnLaunch": True},
            {"tags": {"tier": "public"}},
        ),
        replaces=({"cidrBlock": "10.0.6.0/24"}, {"availabilityZone": "eu-west-1c"}, {"vpcId": "vpc-12345678"}),
        refused=({"vpcId": None}, {"availabilityZoneId": "euw1-az1"}),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        label="zone-id",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}", "cidrBlock": "10.0.5.0/24", "availabilityZoneId": "euw1-az2"},
        replaces=({"availabilityZoneId": "euw1-az1"},),
    ),
    Case(
        token="aws:ec2/internetGateway:InternetGateway",
        parents=(VPC, OTHER_VPC),
        inputs={"vpcId": "${vpc.id}", "tags": {"Name": "door"}},
        updates=({"vpcId": "${other.id}"}, {"tags": {"Name": "gate"}}, {"vpcId": None}),
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs={"domain": "vpc", "tags": {"Name": "nat"}},
        updates=({"tags": {"Name": "out"}},),
        refused=({"domain": "moon"},),
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        parents=parents(VPC, SUBNETS, EIP),
        inputs={"subnetId": "${a.id}", "allocationId": "${eip.allocationId}"},
        updates=({"tags": {"Name": "nat"}},),
        replaces=({"subnetId": "${b.id}"},),
        refused=({"allocationId": None}, {"connectivityType": "private"}),
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        label="private",
        parents=parents(VPC, SUBNETS),
        inputs={"subnetId": "${a.id}", "connectivityType": "private"},
    ),
)
