"""An EC2 security group that lets nothing in and nothing out until an owner says so, on both sides."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.network import Network
from infra.core.access import Client
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class SecurityGroupArgs:
    """Where it is, and what is in it."""

    network: Network
    description: str
    """Who its members are, as a person reads it in the console; AWS never lets it be changed."""


class SecurityGroup(Component):
    """A group whose every rule names a port of one other group, or HTTPS to AWS."""

    TYPE = "platform:network:SecurityGroup"

    def __init__(self, name: str, args: SecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._group = aws.ec2.SecurityGroup(
            name,
            description=args.description,
            vpc_id=args.network.vpc_id,
            tags={"Name": name},
            opts=self.child(),
        )
        self.security_group_id = self._group.id
        self.publish({"security_group_id": self.security_group_id})

    def allow_https_out(self) -> aws.vpc.SecurityGroupEgressRule:
        """Let members call AWS and whatever else speaks HTTPS."""
        return aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-https",
            security_group_id=self._group.id,
            description="to AWS and to whatever else speaks HTTPS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self.child(),
        )

    def allow_in(self, what: str, group_id: pulumi.Input[str], port: int) -> aws.vpc.SecurityGroupIngressRule:
        """Let the members of another group, called `what`, open connections to one port."""
        return aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-from-{what}",
            security_group_id=self._group.id,
            description=f"from {what.replace('load-balancer', 'the load balancer')}",
            referenced_security_group_id=group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self.child(),
        )

    def allow_from(self, client: Client, port: int) -> tuple[pulumi.Resource, ...]:
        """Let a client open connections to one port of the members: a rule for each side."""
        leave = aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-from-{client.name}",
            security_group_id=client.security_group_id,
            description=f"to {self.name}",
            referenced_security_group_id=self._group.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self.child(),
        )
        return (self.allow_in(client.name, client.security_group_id, port), leave)
