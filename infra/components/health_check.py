"""A Route 53 health check: whether a system answers, seen from several parts of the world."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

FAILURES = 3
"""Times on end that a checker must be refused."""


@dataclass(frozen=True, kw_only=True)
class HealthCheckArgs:
    """What is asked, and how often."""

    host: str
    path: str
    """It answers 200 where all is well."""
    interval_seconds: int = 30
    """Of each checker; 10 costs more."""

    def __post_init__(self) -> None:
        """Refuse what Route 53 refuses."""
        if self.interval_seconds not in (10, 30):
            raise ValueError(f"interval_seconds must be 10 or 30, got {self.interval_seconds}")
        if not self.path.startswith("/"):
            raise ValueError(f"a path begins with a slash, got {self.path!r}")


class HealthCheck(Component):
    """A check by HTTPS with the host's own name, whose figures CloudWatch has in us-east-1."""

    TYPE = "platform:operations:HealthCheck"

    def __init__(self, name: str, args: HealthCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._check = aws.route53.HealthCheck(
            name,
            type="HTTPS",
            fqdn=args.host,
            port=443,
            resource_path=args.path,
            enable_sni=True,
            request_interval=args.interval_seconds,
            failure_threshold=FAILURES,
            measure_latency=True,
            tags={"Name": f"{args.host}{args.path}"},
            opts=self.child(),
        )
        self.check_id = self._check.id
        self.publish({"check_id": self.check_id})
