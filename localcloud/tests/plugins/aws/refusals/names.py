"""ACM, Route 53 and ECR."""

from typing import Any

from localcloud.tests.plugins.aws.cases.ecr import expiry, pull
from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

REQUEST, RECORD = api("acm", "RequestCertificate"), api("route53", "ResourceRecordSet")
ZONE, TYPES = (
    api("route53", "CreateHostedZone"),
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
)
REPOSITORY = api("ecr", "CreateRepository")
EXPIRY = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"


def _routed(**routing: Any) -> dict[str, Any]:
    return {"setIdentifier": "blue", **routing}


def _alias(**more: Any) -> dict[str, Any]:
    target = {"name": "lb.eu-west-1.elb.amazonaws.com", "zoneId": "Z1", "evaluateTargetHealth": True, **more}
    return {
        "ttl": None,
        "records": None,
        "aliases": [{key: each for key, each in target.items() if each is not None}],
    }


TABLES = (
    Refusals(
        token="aws:acm/certificate:Certificate",
        valid={"domainName": "slipway.example", "validationMethod": "DNS"},
        refused=(
            ({"domainName": None}, "domainName", "is required", REQUEST),
            ({"domainName": "slipway.example."}, "domainName", "a domain name", terraform("acm_certificate")),
            ({"domainName": "*.*.example"}, "domainName", "a domain name", REQUEST),
            ({"domainName": ".".join(["a" * 50] * 5) + ".example"}, "domainName", "a domain name", REQUEST),
            ({"subjectAlternativeNames": ["a b"]}, "subjectAlternativeNames", "domain names", REQUEST),
            (
                {"subjectAlternativeNames": [f"n{number}.example" for number in range(100)]},
                "subjectAlternativeNames",
                "fewer than 100",
                REQUEST,
            ),
            ({"validationMethod": "POST"}, "validationMethod", "DNS", REQUEST),
            ({"keyAlgorithm": "RSA_1"}, "keyAlgorithm", "EC_prime256v1", REQUEST),
            (
                {"options": {"certificateTransparencyLoggingPreference": "ON"}},
                "options.certificateTransparencyLoggingPreference",
                "ENABLED, DISABLED",
                api("acm", "CertificateOptions"),
            ),
        ),
        accepted=(
            {"domainName": "*.slipway.example"},
            {"subjectAlternativeNames": [f"n{number}.example" for number in range(99)]},
            {"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
        ),
    ),
    Refusals(
        token="aws:acm/certificateValidation:CertificateValidation",
        valid={"certificateArn": "arn:aws:acm:eu-west-1:222222222222:certificate/1"},
        refused=(
            ({"certificateArn": None}, "certificateArn", "is required", terraform("acm_certificate_validation")),
            ({"certificateArn": "1"}, "certificateArn", "must match ^arn:", terraform("acm_certificate_validation")),
        ),
    ),
    Refusals(
        token="aws:route53/zone:Zone",
        valid={"name": "slipway.example"},
        refused=(
            ({"name": "slip way"}, "name", "a domain name", ZONE),
            ({"name": "a" * 64 + ".example"}, "name", "a domain name", ZONE),
            ({"comment": "c" * 257}, "comment", "at most 256 characters", terraform("route53_zone")),
            ({"vpcs": [{"vpcRegion": "eu-west-1"}]}, "vpcs[0].vpcId", "is required", terraform("route53_zone")),
        ),
        accepted=({"name": "a" * 63 + ".example"}, {"comment": "c" * 256}),
    ),
    Refusals(
        token="aws:route53/record:Record",
        valid={"zoneId": "Z1", "name": "www", "type": "A", "ttl": 60, "records": ["192.0.2.1"]},
        refused=(
            ({"zoneId": None}, "zoneId", "is required", terraform("route53_record")),
            ({"type": "B"}, "type", "must be one of", RECORD),
            ({"ttl": -1}, "ttl", "0 to 2147483647", RECORD),
            ({"ttl": None}, "ttl", "must be given", terraform("route53_record")),
            ({"records": None}, "records", "must be given", terraform("route53_record")),
            ({"records": ["www.example.com"]}, "records", "IPv4 addresses", TYPES),
            ({"type": "AAAA"}, "records", "IPv6 addresses", TYPES),
            ({"type": "CNAME", "records": ["a.example", "b.example"]}, "records", "one value", TYPES),
            ({"type": "MX", "records": ["mail.example"]}, "records", "10 mail.example.com", TYPES),
            ({"aliases": _alias()["aliases"]}, "records", "together with aliases", terraform("route53_record")),
            (
                _alias(evaluateTargetHealth=None),
                "aliases[0].evaluateTargetHealth",
                "is required",
                api("route53", "AliasTarget"),
            ),
            ({"setIdentifier": "blue"}, "setIdentifier", "with a routing policy only", RECORD),
            ({"weightedRoutingPolicies": [{"weight": 1}]}, "setIdentifier", "must be given", RECORD),
            (
                _routed(weightedRoutingPolicies=[{"weight": 256}]),
                "weightedRoutingPolicies",
                "0 to 255",
                RECORD,
            ),
            (
                _routed(failoverRoutingPolicies=[{"type": "THIRD"}]),
                "failoverRoutingPolicies[0].type",
                "PRIMARY, SECONDARY",
                RECORD,
            ),
            (
                _routed(geolocationRoutingPolicies=[{"continent": "XX"}]),
                "geolocationRoutingPolicies[0].continent",
                "AF, AN, AS",
                api("route53", "GeoLocation"),
            ),
            (
                {"setIdentifier": "s" * 129, "weightedRoutingPolicies": [{"weight": 1}]},
                "setIdentifier",
                "at most 128 characters",
                RECORD,
            ),
        ),
        accepted=(
            {"ttl": 0},
            {"ttl": 2147483647},
            _alias(),
            _routed(weightedRoutingPolicies=[{"weight": 255}]),
            _routed(failoverRoutingPolicies=[{"type": "SECONDARY"}]),
            _routed(geolocationRoutingPolicies=[{"country": "*"}]),
        ),
    ),
    Refusals(
        token="aws:ecr/repository:Repository",
        valid={"name": "counter/backend"},
        refused=(
            ({"name": "Counter"}, "name", "must match", REPOSITORY),
            ({"name": "counter//backend"}, "name", "must match", REPOSITORY),
            ({"name": "c"}, "name", "must", REPOSITORY),
            ({"name": "c" * 257}, "name", "at most 256 characters", REPOSITORY),
            ({"imageTagMutability": "SOMETIMES"}, "imageTagMutability", "MUTABLE, IMMUTABLE", REPOSITORY),
            (
                {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
                "imageTagMutabilityExclusionFilters",
                "must be given",
                REPOSITORY,
            ),
            (
                {"encryptionConfigurations": [{"encryptionType": "ROT13"}]},
                "encryptionConfigurations[0].encryptionType",
                "AES256, KMS",
                api("ecr", "EncryptionConfiguration"),
            ),
            (
                {
                    "imageTagMutability": "MUTABLE_WITH_EXCLUSION",
                    "imageTagMutabilityExclusionFilters": [{"filter": "v*", "filterType": "REGEX"}],
                },
                "imageTagMutabilityExclusionFilters[0].filterType",
                "WILDCARD",
                api("ecr", "ImageTagMutabilityExclusionFilter"),
            ),
        ),
        accepted=({"name": "cc"}, {"name": "c" * 256}, {"name": "a/b_c.d-e"}),
    ),
    Refusals(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        valid={"repository": "counter/backend", "policy": expiry()},
        refused=(
            ({"repository": None}, "repository", "is required", api("ecr", "PutLifecyclePolicy")),
            ({"policy": "never"}, "policy", "must be JSON", terraform("ecr_lifecycle_policy")),
            ({"policy": '{"rules": []}'}, "policy", "1 to 50 rules", EXPIRY),
            ({"policy": expiry(priority=0)}, "policy", "rulePriority", EXPIRY),
            ({"policy": expiry(countNumber=0)}, "policy", "countNumber", EXPIRY),
            ({"policy": expiry(tagStatus="tagged")}, "policy", "tagPrefixList", EXPIRY),
            ({"policy": expiry(countType="imageCountMoreThan")}, "policy", "countUnit", EXPIRY),
        ),
        accepted=({"policy": expiry(countNumber=1)}, {"policy": expiry(tagStatus="tagged", tagPrefixList=["v"])}),
    ),
    Refusals(
        token="aws:ecr/repositoryPolicy:RepositoryPolicy",
        valid={"repository": "counter/backend", "policy": pull("333333333333")},
        refused=(
            ({"repository": None}, "repository", "is required", api("ecr", "SetRepositoryPolicy")),
            ({"policy": "[1"}, "policy", "must be JSON", terraform("ecr_repository_policy")),
            (
                {"policy": policy({"Effect": "Allow", "Action": "ecr:*"})},
                "policy",
                "Principal",
                api("ecr", "SetRepositoryPolicy"),
            ),
        ),
    ),
)
