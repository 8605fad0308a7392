"""An ACM certificate for a zone and everything directly below it, valid before anybody uses it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.zone import Zone
from infra.core.resources import Component

VALIDATION_TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Which zone it is for."""

    zone: Zone


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
            opts=self.child(),
        )
        self.arn = self._validate(args.zone).certificate_arn
        self.publish({"arn": self.arn})

    def _validate(self, zone: Zone) -> aws.acm.CertificateValidation:
        # A domain and its wildcard are validated by one and the same record.
        option = self._certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{self.name}-validation",
            zone_id=zone.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=VALIDATION_TTL_SECONDS,
            allow_overwrite=True,  # a replacement asks for the same record as the certificate that it replaces
            opts=self.child(),
        )
        return aws.acm.CertificateValidation(
            f"{self.name}-validated",
            certificate_arn=self._certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=self.child(depends_on=zone.delegated),  # AWS looks for the record from outside
        )
