"""An ACM certificate for a zone and everything directly below it, valid before anybody uses it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.zone import Zone
from infra.core.resources import Component

VALIDATION_TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Which zone it is for, and where it is used."""

    zone: Zone
    twin: "Certificate | None" = None
    """A certificate for the same zone in the stack's own region: AWS asks for one and the same record for both."""
    region: str | None = None
    """Where it is used if not in the stack's own region: CloudFront takes certificates of us-east-1 only."""

    def __post_init__(self) -> None:
        """Refuse two resources for one record."""
        if (self.twin is None) != (self.region is None):
            raise ValueError("a certificate of another region has a twin in the stack's own")


class Certificate(Component):
    """A certificate for `zone` and `*.zone`; `arn` is known when AWS has validated it, not before."""

    TYPE = "platform:edge:Certificate"

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._certificate = aws.acm.Certificate(
            name,
            domain_name=args.zone.domain,
            subject_alternative_names=[f"*.{args.zone.domain}"],
            validation_method="DNS",
            region=args.region,
            opts=self.child(),
        )
        self.record: aws.route53.Record = self._prove(args.zone) if args.twin is None else args.twin.record
        self.arn = self._validate(args).certificate_arn
        self.publish({"arn": self.arn})

    def _prove(self, zone: Zone) -> aws.route53.Record:
        # A domain and its wildcard are validated by one and the same record.
        option = self._certificate.domain_validation_options[0]
        return aws.route53.Record(
            f"{self.name}-validation",
            zone_id=zone.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=VALIDATION_TTL_SECONDS,
            allow_overwrite=True,  # a replacement asks for the same record as the certificate that it replaces
            opts=self.child(),
        )

    def _validate(self, args: CertificateArgs) -> aws.acm.CertificateValidation:
        return aws.acm.CertificateValidation(
            f"{self.name}-validated",
            certificate_arn=self._certificate.arn,
            validation_record_fqdns=[self.record.fqdn],
            region=args.region,
            opts=self.child(depends_on=args.zone.delegated),  # AWS looks for the record from outside
        )
