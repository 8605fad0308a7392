"""Domain names of HTTP APIs, and which API answers at which path."""

from typing import Any

from localcloud.tests.plugins.aws.cases.acm import CERTIFICATE
from localcloud.tests.plugins.aws.cases.apigatewayv2 import API, OTHER_API, OTHER_STAGE, STAGE
from localcloud.tests.plugins.aws.conformance import Case, Parent

DOMAIN_INPUTS: dict[str, Any] = {
    "domainName": "api.conformance.example",
    "domainNameConfiguration": {
        "certificateArn": "${certificate.arn}",
        "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2",
    },
}
DOMAIN = Parent("domain", "aws:apigatewayv2/domainName:DomainName", DOMAIN_INPUTS)
OTHER_CERTIFICATE = Parent(
    "newer",
    "aws:acm/certificate:Certificate",
    {"domainName": "api.conformance.example", "validationMethod": "DNS"},
)


def configured(**changes: Any) -> dict[str, Any]:
    return {**DOMAIN_INPUTS["domainNameConfiguration"], **changes}


CASES = (
    Case(
        token="aws:apigatewayv2/domainName:DomainName",
        parents=(CERTIFICATE, OTHER_CERTIFICATE),
        inputs={
            **DOMAIN_INPUTS,
            "mutualTlsAuthentication": {"truststoreUri": "s3://trust/ca.pem"},
            "routingMode": "API_MAPPING_ONLY",
            "tags": {"team": "x"},
        },
        updates=(
            {"domainNameConfiguration": configured(certificateArn="${newer.arn}", ipAddressType="ipv4")},
            {"domainNameConfiguration": configured(certificateArn="${newer.arn}", ipAddressType="dualstack")},
            {"routingMode": "ROUTING_RULE_ONLY"},
            {"mutualTlsAuthentication": {"truststoreUri": "s3://trust/other.pem"}},
            {"mutualTlsAuthentication": None, "routingMode": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"domainName": "shop.conformance.example"},),
        refused=(
            {"domainName": "API"},
            {"domainNameConfiguration": configured(endpointType="EDGE")},
            {"domainNameConfiguration": configured(securityPolicy="TLS_1_0")},
            {"domainNameConfiguration": configured(certificateArn="mine")},
        ),
    ),
    Case(
        token="aws:apigatewayv2/apiMapping:ApiMapping",
        parents=(CERTIFICATE, DOMAIN, API, STAGE, OTHER_API, OTHER_STAGE),
        inputs={
            "domainName": "${domain.domainName}",
            "apiId": "${api.id}",
            "stage": "${stage.name}",
            "apiMappingKey": "api",
        },
        updates=({"apiMappingKey": "api/v2"}, {"apiId": "${second.id}", "stage": "v2"}, {"apiMappingKey": None}),
        replaces=({"domainName": "other.conformance.example"},),
        refused=({"apiMappingKey": "/api"}, {"stage": "two words"}),
    ),
)
