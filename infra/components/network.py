"""A VPC over two or three zones: public subnets for load balancers, private ones for tasks, isolated ones for data."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.components.endpoints import Endpoints, EndpointsArgs
from infra.components.flow_log import FlowLog, FlowLogArgs
from infra.components.key import Key
from infra.core.addresses import TIERS, AddressPlan, Tier
from infra.core.resources import Component

Nat = Literal["none", "single", "per-zone"]


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """How the network is laid out, and which ways lead out of its private subnets."""

    plan: AddressPlan
    key: Key
    """Encrypts the flow logs."""
    region: str
    nat: Nat = "per-zone"
    """`single` saves money and loses the way out with its zone; `none` needs an endpoint for every AWS API called."""
    endpoints: tuple[str, ...] = ("s3", "dynamodb")
    """AWS APIs, such as `ecr.api`, that are reached without leaving the network."""
    flow_log_retention_days: int = 90


class Network(Component):
    """A network whose isolated subnets have no way out, and whose default security group lets nothing through."""

    TYPE = "platform:network:Network"

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._vpc = self._create_vpc(args.plan)
        self._gateway = aws.ec2.InternetGateway(f"{name}-internet", vpc_id=self._vpc.id, opts=self.child())
        self._subnets = {tier: self._create_subnets(tier, args.plan) for tier in TIERS}
        self._tables = {tier: self._create_route_tables(tier, args) for tier in TIERS}
        self._create_routes(self._create_nat_gateways(args))
        self._create_endpoints(args)
        FlowLog(f"{name}-flow", _flow_log(self._vpc, args), opts=self.child())

        self.vpc_id = self._vpc.id
        self.public_subnet_ids = self.subnet_ids("public")
        self.private_subnet_ids = self.subnet_ids("private")
        self.isolated_subnet_ids = self.subnet_ids("isolated")
        self.publish({"vpc_id": self.vpc_id, "private_subnet_ids": self.private_subnet_ids})

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Return the subnets of a tier, in the order of their zones."""
        return [subnet.id for subnet in self._subnets[tier].values()]

    def _create_vpc(self, plan: AddressPlan) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            self.name,
            cidr_block=str(plan.block),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": self.name},
            opts=self.child(),
        )
        # Adopted and emptied: AWS makes it with every VPC, open between its members.
        aws.ec2.DefaultSecurityGroup(f"{self.name}-default", vpc_id=vpc.id, opts=self.child())
        return vpc

    def _create_subnets(self, tier: Tier, plan: AddressPlan) -> dict[str, aws.ec2.Subnet]:
        zones = aws.get_availability_zones_output(
            state="available",
            # Local zones sell neither Fargate nor NAT.
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return {
            letter: aws.ec2.Subnet(
                f"{self.name}-{tier}-{letter}",
                vpc_id=self._vpc.id,
                cidr_block=str(block),
                availability_zone=zones.names[position],
                map_public_ip_on_launch=False,
                tags={"Name": f"{self.name}-{tier}-{letter}", "slipway:tier": tier},
                opts=self.child(),
            )
            for position, (letter, block) in enumerate(plan.tier(tier).items())
        }

    def _create_route_tables(self, tier: Tier, args: NetworkArgs) -> dict[str, aws.ec2.RouteTable]:
        """Create one table for the tier, or one a zone where zones have ways out of their own; by zone letter."""
        shared = tier != "private" or args.nat != "per-zone"
        tables: dict[str, aws.ec2.RouteTable] = {}
        for letter, subnet in self._subnets[tier].items():
            role = tier if shared else f"{tier}-{letter}"
            if not shared or not tables:
                table = aws.ec2.RouteTable(
                    f"{self.name}-{role}",
                    vpc_id=self._vpc.id,
                    tags={"Name": f"{self.name}-{role}"},
                    opts=self.child(),
                )
            tables[letter] = table
            aws.ec2.RouteTableAssociation(
                f"{self.name}-{tier}-{letter}", route_table_id=table.id, subnet_id=subnet.id, opts=self.child()
            )
        return tables

    def _create_nat_gateways(self, args: NetworkArgs) -> dict[str, aws.ec2.NatGateway]:
        letters = {"none": (), "single": args.plan.zones[:1], "per-zone": args.plan.zones}[args.nat]
        gateways = {}
        for letter in letters:
            address = aws.ec2.Eip(
                f"{self.name}-nat-{letter}",
                domain="vpc",
                tags={"Name": f"{self.name}-nat-{letter}"},
                opts=self.child(depends_on=self._gateway),  # AWS wants the internet gateway there first
            )
            gateways[letter] = aws.ec2.NatGateway(
                f"{self.name}-nat-{letter}",
                allocation_id=address.allocation_id,
                subnet_id=self._subnets["public"][letter].id,
                tags={"Name": f"{self.name}-nat-{letter}"},
                opts=self.child(depends_on=self._gateway),
            )
        return gateways

    def _create_routes(self, gateways: dict[str, aws.ec2.NatGateway]) -> None:
        everywhere = "0.0.0.0/0"
        aws.ec2.Route(
            f"{self.name}-public",
            route_table_id=next(iter(self._tables["public"].values())).id,
            destination_cidr_block=everywhere,
            gateway_id=self._gateway.id,
            opts=self.child(),
        )
        for letter, gateway in gateways.items():
            aws.ec2.Route(
                f"{self.name}-private-{letter}",
                route_table_id=self._tables["private"][letter].id,
                destination_cidr_block=everywhere,
                nat_gateway_id=gateway.id,
                opts=self.child(),
            )

    def _create_endpoints(self, args: NetworkArgs) -> None:
        tables = {id(table): table for tier in TIERS[1:] for table in self._tables[tier].values()}
        Endpoints(
            f"{self.name}-endpoints",
            EndpointsArgs(
                vpc_id=self._vpc.id,
                vpc_block=str(args.plan.block),
                region=args.region,
                services=args.endpoints,
                subnet_ids=tuple(self.subnet_ids("private")),
                route_table_ids=tuple(table.id for table in tables.values()),
            ),
            opts=self.child(),
        )


def _flow_log(vpc: aws.ec2.Vpc, args: NetworkArgs) -> FlowLogArgs:
    return FlowLogArgs(vpc_id=vpc.id, key=args.key, retention_days=args.flow_log_retention_days)
