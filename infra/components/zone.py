"""A public Route 53 zone; stateful: its name servers change when it is made again."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

NS_TTL_SECONDS = 300
RECORD_TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class ZoneArgs:
    """Which domain, and how its parent comes to know of it."""

    domain: str
    parent_zone_id: pulumi.Input[str] | None = None
    """The zone above, which gets this one's NS record; a root zone is delegated by hand at its registrar."""
    parent_provider: pulumi.ProviderResource | None = None
    """The provider of the account that owns the zone above."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse half a delegation."""
        if (self.parent_zone_id is None) != (self.parent_provider is None):
            raise ValueError("parent_zone_id and parent_provider are given together or not at all")


class Zone(Component):
    """A stateful zone that its parent delegates to; whoever waits for `delegated` can be found from outside."""

    TYPE = "platform:edge:Zone"

    def __init__(self, name: str, args: ZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.domain
        self._zone = aws.route53.Zone(
            name,
            name=args.domain,
            comment=f"{args.domain}, written by Slipway",
            force_destroy=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self.zone_id = self._zone.zone_id
        self.name_servers = self._zone.name_servers
        self.delegated: list[pulumi.Resource] = self._delegate(args)
        self.publish({"zone_id": self.zone_id, "name_servers": self.name_servers})

    def alias(self, host: str, *, dns_name: pulumi.Input[str], zone_id: pulumi.Input[str]) -> aws.route53.Record:
        """Point a host of this zone at a load balancer; `host` is its whole name."""
        return self._alias(host, "A", dns_name, zone_id, evaluate=True)

    def alias_both(
        self, host: str, *, dns_name: pulumi.Input[str], zone_id: pulumi.Input[str]
    ) -> list[aws.route53.Record]:
        """Point a host of this zone, by IPv4 and IPv6, at a distribution or an API, whose health AWS does not know."""
        return [self._alias(host, kind, dns_name, zone_id, evaluate=False) for kind in ("A", "AAAA")]

    def record(self, what: str, *, host: str, kind: str, values: pulumi.Input[list[str]]) -> aws.route53.Record:
        """Write a plain record; `what` is its name among the stack's resources, `host` its whole name in the zone."""
        if not host.endswith(f".{self.domain}"):
            raise ValueError(f"{host} is not in the zone {self.domain}")
        return self._write(what, host, kind, values)

    def dkim(self, what: str, token: pulumi.Output[str]) -> aws.route53.Record:
        """Write one of the records by which receivers check the mail's signature; the token is known only later."""
        host = pulumi.Output.concat(token, f"._domainkey.{self.domain}")
        return self._write(what, host, "CNAME", [pulumi.Output.concat(token, ".dkim.amazonses.com")])

    def _alias(
        self, host: str, kind: str, dns_name: pulumi.Input[str], zone_id: pulumi.Input[str], *, evaluate: bool
    ) -> aws.route53.Record:
        if not host.endswith(f".{self.domain}"):
            raise ValueError(f"{host} is not in the zone {self.domain}")
        name = f"{self.name}-{host.removesuffix(f'.{self.domain}')}"
        return aws.route53.Record(
            name if kind == "A" else f"{name}-{kind.lower()}",
            zone_id=self.zone_id,
            name=host,
            type=kind,
            aliases=[{"name": dns_name, "zone_id": zone_id, "evaluate_target_health": evaluate}],
            opts=self.child(),
        )

    def _write(
        self, what: str, host: pulumi.Input[str], kind: str, values: pulumi.Input[list[str]]
    ) -> aws.route53.Record:
        return aws.route53.Record(
            f"{self.name}-{what}",
            zone_id=self.zone_id,
            name=host,
            type=kind,
            ttl=RECORD_TTL_SECONDS,
            records=values,
            opts=self.child(),
        )

    def _delegate(self, args: ZoneArgs) -> list[pulumi.Resource]:
        if args.parent_zone_id is None:
            return []
        opts = pulumi.ResourceOptions(parent=self, provider=args.parent_provider)
        return [
            aws.route53.Record(
                f"{self.name}-delegation",
                zone_id=args.parent_zone_id,
                name=args.domain,
                type="NS",
                ttl=NS_TTL_SECONDS,
                records=self.name_servers,
                opts=opts,
            )
        ]
