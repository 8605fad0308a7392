"""How an environment is found and entered: zone, certificates, load balancer, the way of APIs to it."""

from dataclasses import dataclass

import pulumi

from infra import providers
from infra.components.certificate import Certificate, CertificateArgs
from infra.components.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.components.log_bucket import CLOUDFRONT_REGION, LogBucket, LogBucketArgs
from infra.components.network import Network
from infra.components.vpc_link import VpcLink, VpcLinkArgs
from infra.components.zone import Zone, ZoneArgs
from infra.config import Settings
from infra.core.questions import ask

READ_ZONE = "aws:route53/getZone:getZone"


@dataclass(frozen=True)
class Edge:
    """The edge layer of an environment."""

    zone: Zone
    certificate: Certificate
    global_certificate: Certificate
    """The same for CloudFront."""
    logs: LogBucket
    load_balancer: LoadBalancer
    link: VpcLink
    """The way of APIs to the load balancer."""


def build(settings: Settings, network: Network, routes: tuple[str, ...], opts: pulumi.ResourceOptions) -> Edge:
    """Create the environment's zone, delegate it from the root zone, and put a load balancer under its certificate."""
    zone = _delegated_zone(settings, opts)
    certificate = Certificate("certificate", CertificateArgs(zone=zone), opts)
    elsewhere = CertificateArgs(zone=zone, twin=certificate, region=CLOUDFRONT_REGION)
    logs = LogBucket(
        "access-logs",
        LogBucketArgs(
            account=settings.account,
            retention_days=settings.edge.access_log_retention_days,
            deletion_protection=settings.deletion_protection,
        ),
        opts,
    )
    balancer = LoadBalancer(
        "public",
        LoadBalancerArgs(
            network=network,
            certificate=certificate,
            logs=logs,
            idle_timeout_seconds=settings.edge.idle_timeout_seconds,
            routes=routes,
            deletion_protection=settings.deletion_protection,
        ),
        opts,
    )
    return Edge(
        zone=zone,
        certificate=certificate,
        global_certificate=Certificate("certificate-global", elsewhere, opts),
        logs=logs,
        load_balancer=balancer,
        link=VpcLink("gateway", VpcLinkArgs(network=network, load_balancer=balancer), opts),
    )


def _delegated_zone(settings: Settings, opts: pulumi.ResourceOptions) -> Zone:
    tooling = providers.delegation(settings)
    root = settings.organisation.domain
    root_id = ask(
        READ_ZONE,
        {"name": root, "privateZone": False},
        pulumi.InvokeOptions(provider=tooling),
        read=lambda zone: str(zone["zoneId"]),
        failure=f"the zone {root} of the tooling account cannot be read, is the tooling stack up?",
    )
    return Zone(
        "zone",
        ZoneArgs(
            domain=settings.domain,
            parent_zone_id=root_id,
            parent_provider=tooling,
            deletion_protection=settings.deletion_protection,
        ),
        opts,
    )
