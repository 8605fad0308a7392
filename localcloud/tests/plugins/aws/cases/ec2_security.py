"""Security groups and their rules."""

from localcloud.tests.plugins.aws.conformance import VPC, Case, Parent

GROUP = Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
OTHER = Parent("other", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
HTTPS = {"securityGroupId": "${group.id}", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}


def _rules(token: str) -> tuple[Case, ...]:
    """Return the cases of a rule type: both directions are the same but for their calls."""
    return (
        Case(
            token=token,
            parents=(VPC, GROUP, OTHER),
            inputs={**HTTPS, "cidrIpv4": "10.0.0.0/16", "description": "from inside", "tags": {"Name": "https"}},
            updates=(
                {"description": "from within"},
                {"fromPort": 8080, "toPort": 8081},
                {"cidrIpv4": "10.1.0.0/16"},
                {"ipProtocol": "udp"},
                {"tags": {"Name": "http"}},
            ),
            replaces=({"securityGroupId": "${other.id}"},),
            refused=(
                {"cidrIpv6": "::/0"},
                {"cidrIpv4": None},
                {"cidrIpv4": "everywhere"},
                {"toPort": None},
                {"fromPort": None, "toPort": None},
            ),
        ),
        Case(
            token=token,
            label="all-from-group",
            parents=(VPC, GROUP, OTHER),
            inputs={
                "securityGroupId": "${group.id}",
                "ipProtocol": "-1",
                "referencedSecurityGroupId": "${other.id}",
            },
            updates=({"tags": {"Name": "all"}},),
        ),
        Case(
            token=token,
            label="ipv6",
            parents=(VPC, GROUP),
            inputs={**HTTPS, "cidrIpv6": "2001:db8::/32"},
            updates=({"cidrIpv6": "2001:db9::/32"},),
        ),
        Case(
            token=token,
            label="prefix-list",
            parents=(VPC, GROUP),
            inputs={**HTTPS, "prefixListId": "pl-6da54004"},
        ),
    )


CASES = (
    Case(
        token="aws:ec2/securityGroup:SecurityGroup",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}", "name": "web", "description": "the web", "tags": {"Name": "web"}},
        updates=({"tags": {"Name": "web", "team": "x"}},),
        replaces=({"name": "web2"}, {"description": "another"}, {"vpcId": "vpc-12345678"}),
        refused=(
            {"name": "sg-mine"},
            {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1}]},
        ),
    ),
    Case(
        token="aws:ec2/securityGroup:SecurityGroup",
        label="named-by-itself",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}"},
    ),
    Case(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}", "ingress": [], "egress": [], "tags": {"Name": "closed"}},
        updates=({"tags": {"Name": "shut"}},),
        replaces=({"vpcId": "vpc-12345678"},),
        refused=({"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1}]},),
        stays="a VPC keeps its default group",
    ),
    *_rules("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    *_rules("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
)
