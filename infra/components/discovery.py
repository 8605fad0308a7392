"""A Cloud Map namespace: names by which services of one network find each other."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.network import Network
from infra.core.resources import Component

TTL_SECONDS = 10
"""How long a task that is gone may still be found."""


@dataclass(frozen=True, kw_only=True)
class DiscoveryArgs:
    """What names end in, and where they are known."""

    domain: str
    """`dev.internal`."""
    network: Network


class Discovery(Component):
    """A private namespace that only its own network can ask."""

    TYPE = "platform:workloads:Discovery"

    def __init__(self, name: str, args: DiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.domain
        self._namespace = aws.servicediscovery.PrivateDnsNamespace(
            name,
            name=args.domain,
            description="How services find each other",
            vpc=args.network.vpc_id,
            opts=self.child(),
        )
        self.namespace_id = self._namespace.id
        self.publish({"namespace_id": self.namespace_id})

    def register(self, host: str) -> aws.servicediscovery.Service:
        """Give a name to the tasks of a service that takes it: `<host>.<domain>` is then their addresses."""
        return aws.servicediscovery.Service(
            f"{self.name}-{host}",
            name=host,
            dns_config={
                "namespace_id": self._namespace.id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"ttl": TTL_SECONDS, "type": "A"}],
            },
            health_check_custom_config={"failure_threshold": 1},  # ECS says which tasks are well
            opts=self.child(),
        )


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The name by which others of the network find the tasks of a service."""

    discovery: Discovery
    host: str
    """Its first label: `market-api` for `market-api.dev.internal`."""

    def create(self) -> pulumi.Output[str]:
        """Have the name made; return the ARN of the registry that ECS writes the tasks' addresses to."""
        return self.discovery.register(self.host).arn
