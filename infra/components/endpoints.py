"""VPC endpoints: AWS APIs that are reached without leaving the network."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

GATEWAYS = frozenset({"s3", "dynamodb"})
"""APIs whose endpoints are routes and cost nothing; the others are network interfaces, paid by the hour."""


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Which APIs, and where in the network."""

    vpc_id: pulumi.Input[str]
    vpc_block: str
    """The network's range: whoever is in it may call the endpoints."""
    region: str
    services: tuple[str, ...]
    """APIs as AWS names them: `s3`, `ecr.api`."""
    subnet_ids: tuple[pulumi.Input[str], ...]
    """Where interfaces are put, one subnet a zone."""
    route_table_ids: tuple[pulumi.Input[str], ...]
    """Tables that get the routes of gateways."""


class Endpoints(Component):
    """Endpoints of the services, which only the network itself can reach, by HTTPS."""

    TYPE = "platform:network:Endpoints"

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        for service in args.services:
            if service in GATEWAYS:
                self._create_gateway(service, args)
        if set(args.services) - GATEWAYS:
            self._create_interfaces(args)
        self.publish({})

    def _create_gateway(self, service: str, args: EndpointsArgs) -> None:
        aws.ec2.VpcEndpoint(
            f"{self.name}-{service}",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.route_table_ids),
            tags={"Name": f"{self.name}-{service}"},
            opts=self.child(),
        )

    def _create_interfaces(self, args: EndpointsArgs) -> None:
        group = aws.ec2.SecurityGroup(
            f"{self.name}-interfaces",
            description="AWS APIs inside the network",
            vpc_id=args.vpc_id,
            tags={"Name": f"{self.name}-interfaces"},
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-https",
            security_group_id=group.id,
            description="HTTPS from the network",
            cidr_ipv4=args.vpc_block,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self.child(),
        )
        for service in args.services:
            if service not in GATEWAYS:
                aws.ec2.VpcEndpoint(
                    f"{self.name}-{service.replace('.', '-')}",
                    vpc_id=args.vpc_id,
                    service_name=f"com.amazonaws.{args.region}.{service}",
                    vpc_endpoint_type="Interface",
                    private_dns_enabled=True,
                    subnet_ids=list(args.subnet_ids),
                    security_group_ids=[group.id],
                    tags={"Name": f"{self.name}-{service}"},
                    opts=self.child(),
                )
