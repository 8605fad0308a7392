"""Certificates and their validation."""

from localcloud.tests.plugins.aws.conformance import Case, Parent

ZONE = Parent("zone", "aws:route53/zone:Zone", {"name": "conformance.example", "forceDestroy": True})
CERTIFICATE = Parent(
    "certificate",
    "aws:acm/certificate:Certificate",
    {"domainName": "*.conformance.example", "validationMethod": "DNS"},
)
PROOF = "${certificate.domainValidationOptions[0].resourceRecordName}"
RECORD = Parent(
    "proof",
    "aws:route53/record:Record",
    {
        "zoneId": "${zone.zoneId}",
        "name": PROOF,
        "type": "${certificate.domainValidationOptions[0].resourceRecordType}",
        "records": ["${certificate.domainValidationOptions[0].resourceRecordValue}"],
        "ttl": 60,
    },
)

CASES = (
    Case(
        token="aws:acm/certificate:Certificate",
        inputs={
            "domainName": "dev.conformance.example",
            "subjectAlternativeNames": ["*.dev.conformance.example", "other.example"],
            "validationMethod": "DNS",
            "keyAlgorithm": "EC_prime256v1",
            "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
            "tags": {"team": "x"},
        },
        updates=(
            {"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
            {"tags": {"team": "y"}},
        ),
        replaces=(
            {"domainName": "prod.conformance.example"},
            {"subjectAlternativeNames": ["*.dev.conformance.example"]},
            {"keyAlgorithm": "RSA_4096"},
            {"validationMethod": "EMAIL"},
        ),
        refused=(
            {"domainName": None},
            {"domainName": "not a domain"},
            {"validationMethod": None},
            {"validationMethod": "POST"},
            {"keyAlgorithm": "RSA_1"},
            {"subjectAlternativeNames": ["*.*.example"]},
            {"validationOptions": [{"domainName": "dev.conformance.example", "validationDomain": "example"}]},
            {"certificateAuthorityArn": "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1"},
        ),
    ),
    Case(
        token="aws:acm/certificate:Certificate",
        label="mail",
        inputs={
            "domainName": "www.conformance.example",
            "validationMethod": "EMAIL",
            "validationOptions": [{"domainName": "www.conformance.example", "validationDomain": "conformance.example"}],
        },
        replaces=({"validationOptions": None},),
    ),
    Case(
        token="aws:acm/certificateValidation:CertificateValidation",
        parents=(ZONE, CERTIFICATE, RECORD),
        inputs={"certificateArn": "${certificate.arn}", "validationRecordFqdns": ["${proof.fqdn}"]},
        replaces=({"certificateArn": "arn:aws:acm:eu-west-1:111111111111:certificate/2"},),
        stays="a validation is a wait, not a thing",
        unread=("validationRecordFqdns",),
    ),
)
