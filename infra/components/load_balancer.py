"""An application load balancer: HTTPS only, and a plain 404 for whatever no rule knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.certificate import Certificate
from infra.components.log_bucket import LogBucket
from infra.components.network import Network
from infra.core.access import Client
from infra.core.resources import Component

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
RULE_LIMIT = 100
"""Rules a load balancer may have, the default ones not counted."""
LOG_PREFIX = "alb"
HTTPS_PORT = 443


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Where it stands, what it proves to be, and who may find it."""

    network: Network
    certificate: Certificate
    logs: LogBucket
    idle_timeout_seconds: int = 60
    """Applications behind it keep their connections open for longer than this."""
    routes: tuple[str, ...] = ()
    """Every route of every system in a stable order; a rule's priority is its place in it, times ten."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what would collide or not fit."""
        if len(set(self.routes)) != len(self.routes):
            raise ValueError(f"two routes have the same name: {', '.join(self.routes)}")
        if len(self.routes) > RULE_LIMIT:
            raise ValueError(f"a load balancer has at most {RULE_LIMIT} rules, got {len(self.routes)}")


class LoadBalancer(Component):
    """A public load balancer with access logs; port 80 only redirects to 443."""

    TYPE = "platform:edge:LoadBalancer"

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._routes = args.routes
        self._group = self._create_security_group(args.network)
        self._balancer = self._create_balancer(args)
        self._https = self._create_https(args.certificate)
        self._create_redirect()
        self.arn = self._balancer.arn
        self.arn_suffix = self._balancer.arn_suffix
        self.dns_name = self._balancer.dns_name
        self.zone_id = self._balancer.zone_id
        self.listener_arn = self._https.arn
        self.security_group_id = self._group.id
        self.publish({"dns_name": self.dns_name, "listener_arn": self.listener_arn})

    def priority(self, route: str) -> int:
        """Return the priority of a route's rule, the same whatever else the stack contains."""
        if route not in self._routes:
            raise ValueError(f"{route} is not among the load balancer's routes: {', '.join(self._routes)}")
        return 10 * (self._routes.index(route) + 1)

    def forward(
        self,
        route: str,
        *,
        host: str,
        paths: Sequence[str],
        target_group_arn: pulumi.Input[str],
        source: str | None = None,
    ) -> aws.lb.ListenerRule:
        """Send what is asked of a host under the paths to a target group, by everybody or from a range of addresses."""
        conditions: list[dict[str, Any]] = [
            {"host_header": {"values": [host]}},
            {"path_pattern": {"values": list(paths)}},
        ]
        if source is not None:
            conditions.append({"source_ip": {"values": [source]}})
        return aws.lb.ListenerRule(
            f"{self.name}-{route}",
            listener_arn=self._https.arn,
            priority=self.priority(route),
            conditions=conditions,
            actions=[{"type": "forward", "target_group_arn": target_group_arn}],
            opts=self.child(),
        )

    def reach(self, what: str, *, security_group_id: pulumi.Input[str], port: int) -> aws.vpc.SecurityGroupEgressRule:
        """Let the load balancer open connections to one port of a security group's members."""
        return aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-to-{what}",
            security_group_id=self._group.id,
            description=f"to {what}",
            referenced_security_group_id=security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self.child(),
        )

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client of the network open connections to the HTTPS port, whoever else may."""
        arrive = aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-from-{client.name}",
            security_group_id=self._group.id,
            description=f"from {client.name}",
            referenced_security_group_id=client.security_group_id,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            opts=self.child(),
        )
        leave = aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-from-{client.name}",
            security_group_id=client.security_group_id,
            description=f"to {self.name}",
            referenced_security_group_id=self._group.id,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            opts=self.child(),
        )
        return (arrive, leave)

    def _create_security_group(self, network: Network) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self.name,
            description="The load balancer, open to everybody on its two ports",
            vpc_id=network.vpc_id,
            tags={"Name": self.name},
            opts=self.child(),
        )
        for scheme, port in (("http", 80), ("https", HTTPS_PORT)):
            aws.vpc.SecurityGroupIngressRule(
                f"{self.name}-{scheme}",
                security_group_id=group.id,
                description=f"{scheme} from everywhere",
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self.child(),
            )
        return group

    def _create_balancer(self, args: LoadBalancerArgs) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            self.name,
            load_balancer_type="application",
            internal=False,
            subnets=args.network.public_subnet_ids,
            security_groups=[self._group.id],
            access_logs={"bucket": args.logs.physical_name, "prefix": LOG_PREFIX, "enabled": True},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            idle_timeout=args.idle_timeout_seconds,
            enable_deletion_protection=args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )

    def _create_https(self, certificate: Certificate) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self.name}-https",
            load_balancer_arn=self._balancer.arn,
            port=HTTPS_PORT,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate.arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "text/plain",
                        "message_body": "not found",
                        "status_code": "404",
                    },
                }
            ],
            opts=self.child(),
        )

    def _create_redirect(self) -> None:
        aws.lb.Listener(
            f"{self.name}-http",
            load_balancer_arn=self._balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
                }
            ],
            opts=self.child(),
        )
