"""A VPC link: the way of an HTTP API into the network, and to the load balancer alone."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.load_balancer import LoadBalancer
from infra.components.network import Network
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class VpcLinkArgs:
    """Where it stands, and where it leads."""

    network: Network
    load_balancer: LoadBalancer


class VpcLink(Component):
    """Interfaces in the private subnets that open connections to the load balancer's HTTPS port and to nothing else."""

    TYPE = "platform:network:VpcLink"

    def __init__(self, name: str, args: VpcLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        group = SecurityGroup(
            name, SecurityGroupArgs(network=args.network, description=f"Link {name} of an API"), self.child()
        )
        self.security_group_id = group.security_group_id
        rules = args.load_balancer.allow_from(self)
        # AWS knows no change of subnets or groups: another link is made, and integrations move to it.
        self._link = aws.apigatewayv2.VpcLink(
            name,
            subnet_ids=args.network.private_subnet_ids,
            security_group_ids=[self.security_group_id],
            opts=self.child(depends_on=list(rules)),
        )
        self.link_id = self._link.id
        self.publish({"link_id": self.link_id})
