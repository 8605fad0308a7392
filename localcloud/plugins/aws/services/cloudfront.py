"""CloudFront: distributions."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import given
from localcloud.plugins.aws.services.cloudfront_config import BEHAVIORS, SETTINGS, inputs, whole
from localcloud.plugins.aws.services.cloudfront_function import TAGS
from localcloud.plugins.aws.steps import pages, tag_pairs
from localcloud.plugins.provider import UNKNOWN

ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone that alias records of every distribution name."""
_READS = [["GET", "HEAD"], ["GET", "HEAD", "OPTIONS"]]
_METHODS = [*_READS, ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]]
_TLS = ["TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"]
_LEGACY = dict.fromkeys(("defaultTtl", "forwardedValues", "maxTtl", "minTtl"), "use a cache policy")
_ABSENT = {
    "fieldLevelEncryptionId": "there is no field-level encryption on the embedded cloud",
    "grpcConfig": "there is no gRPC on the embedded cloud",
    "lambdaFunctionAssociations": "use a CloudFront function",
    "realtimeLogConfigArn": "there are no real-time logs on the embedded cloud",
    "smoothStreaming": "there is no smooth streaming on the embedded cloud",
    "trustedSigners": "use trustedKeyGroups",
}


def _create(call: Call) -> str:
    sent: Properties = {"DistributionConfig": whole(call, str(uuid.uuid4()))}
    sent["Tags"] = {"Items": tag_pairs(call, call.tags)}
    return str(call.api("create_distribution_with_tags", DistributionConfigWithTags=sent)["Distribution"]["Id"])


def _current(call: Call) -> tuple[Properties, str]:
    """Return the living distribution's object, and the mark that its change must name."""
    answer = call.api("get_distribution_config", Id=call.id)
    return answer["DistributionConfig"], str(answer["ETag"])


def _change(call: Call) -> None:
    if call.changed(*SETTINGS):
        live, etag = _current(call)
        config = whole(call, live["CallerReference"])
        call.api("update_distribution", Id=call.id, IfMatch=etag, DistributionConfig=config)


def _is_deployed(call: Call) -> bool:
    return bool(call.api("get_distribution", Id=call.id)["Distribution"]["Status"] == "Deployed")


def _settle(call: Call) -> None:
    if call.inputs.get("waitForDeployment", True):
        call.wait(lambda: _is_deployed(call), f"the distribution {call.id} to be everywhere", 0.5)


def _read(call: Call) -> Properties:
    answer = call.api("get_distribution", Id=call.id)
    live = answer["Distribution"]
    config = live["DistributionConfig"]
    found = inputs(call, config)
    return {
        **found,
        "arn": live["ARN"],
        "callerReference": config["CallerReference"],
        "domainName": live["DomainName"],
        "etag": answer["ETag"],
        "hostedZoneId": ZONE,
        "inProgressValidationBatches": live.get("InProgressInvalidationBatches", 0),
        "lastModifiedTime": str(live["LastModifiedTime"]),
        "loggingV1Enabled": bool(found.get("loggingConfig")),
        "status": live["Status"],
        "trustedKeyGroups": _active(live.get("ActiveTrustedKeyGroups") or {}),
    }


def _active(live: Properties) -> list[Properties]:
    items = [
        {"keyGroupId": each["KeyGroupId"], "keyPairIds": each.get("KeyPairIds", {}).get("Items") or []}
        for each in live.get("Items") or ()
    ]
    return [{"enabled": bool(live.get("Enabled")), "items": items}]


def _delete(call: Call) -> None:
    """Switch the distribution off, wait until that is known everywhere, and delete it."""
    config, etag = _current(call)
    if config["Enabled"]:
        config["Enabled"] = False
        call.api("update_distribution", Id=call.id, IfMatch=etag, DistributionConfig=config)
    if call.inputs.get("retainOnDelete"):
        call.log.warning(f"the distribution {call.id} is switched off and stays, as retainOnDelete says")
        return
    call.wait(lambda: _is_deployed(call), f"the distribution {call.id} to be off everywhere", 0.5)
    call.api("delete_distribution", Id=call.id, IfMatch=_current(call)[1])


def _find(call: Call) -> str | None:
    for live in pages(call, "list_distributions", "DistributionList.Items", "Marker", "DistributionList.NextMarker"):
        tags = call.api("list_tags_for_resource", Resource=live["ARN"])["Tags"]["Items"]
        if live["Id"] not in call.known and call.mine(tags):
            return str(live["Id"])
    return None


def _each_behavior(given_inputs: Properties) -> Iterator[tuple[str, Properties]]:
    default, ordered = (given_inputs.get(name) for name in BEHAVIORS)
    if isinstance(default, dict):
        yield BEHAVIORS[0], default
    for index, each in enumerate(ordered if isinstance(ordered, list) else ()):
        if isinstance(each, dict):
            yield f"{BEHAVIORS[1]}[{index}]", each


def _judged_behaviors(given_inputs: Properties) -> tuple[str, str] | None:
    """Judge each behavior: its origin is there, its methods are a set that CloudFront has, it has a cache policy."""
    origins = _names(given_inputs)
    for path, behavior in _each_behavior(given_inputs):
        target = behavior.get("targetOriginId")
        if isinstance(target, str) and UNKNOWN not in origins and target not in origins:
            return (
                f"{path}.targetOriginId",
                f"must be one of the origins {', '.join(map(str, origins))}, got {target!r}",
            )
        for name, known in (("allowedMethods", _METHODS), ("cachedMethods", _READS)):
            methods = behavior.get(name)
            if isinstance(methods, list) and UNKNOWN not in methods and sorted(methods) not in known:
                sets = "; ".join(", ".join(each) for each in known)
                return f"{path}.{name}", f"must be one of the sets {sets}, got {', '.join(methods)}"
        if not given(behavior, "cachePolicyId"):
            return f"{path}.cachePolicyId", "is required here and was not given"
    return None


def _names(given_inputs: Properties) -> list[Any]:
    """Return the names of origins and of groups of them; UNKNOWN among them when not all are known."""
    found: list[Any] = []
    for name in ("origins", "originGroups"):
        there = given_inputs.get(name, [])
        items = there if isinstance(there, list) else [UNKNOWN]
        found += [each.get("originId", UNKNOWN) if isinstance(each, dict) else UNKNOWN for each in items]
    return found


def _certified(given_inputs: Properties) -> tuple[str, str] | None:
    """Judge the certificate: a name of one's own needs one, which lies in us-east-1 and says how TLS is spoken."""
    certificate = given_inputs.get("viewerCertificate")
    if not isinstance(certificate, dict):
        return None
    own = certificate.get("acmCertificateArn")
    if given(given_inputs, "aliases") and own is None:
        return "viewerCertificate.acmCertificateArn", "is required for aliases"
    if own is None:
        return (
            None
            if given(certificate, "cloudfrontDefaultCertificate")
            else (
                "viewerCertificate",
                "must have acmCertificateArn or cloudfrontDefaultCertificate",
            )
        )
    if isinstance(own, str) and not own.startswith("arn:aws:acm:us-east-1:"):
        return "viewerCertificate.acmCertificateArn", f"must be the ARN of a certificate in us-east-1, got {own!r}"
    if not given(certificate, "sslSupportMethod"):
        return "viewerCertificate.sslSupportMethod", "is required for a certificate of ACM"
    return None


def _one_kind(given_inputs: Properties) -> tuple[str, str] | None:
    """Judge that an origin is a bucket or a server, and that names are there once."""
    names = [each for each in _names(given_inputs) if each is not UNKNOWN]
    twin = next((each for each in names if names.count(each) > 1), None)
    if twin:
        return "origins", f"must have names of their own, got {twin} twice"
    origins = given_inputs.get("origins")
    for index, each in enumerate(origins if isinstance(origins, list) else ()):
        if isinstance(each, dict) and given(each, "customOriginConfig") and given(each, "s3OriginConfig"):
            return f"origins[{index}]", "cannot have both customOriginConfig and s3OriginConfig"
    return None


def _limits() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for behavior in (BEHAVIORS[0], f"{BEHAVIORS[1]}[*]"):
        found[f"{behavior}.viewerProtocolPolicy"] = {"enum": ["allow-all", "https-only", "redirect-to-https"]}
        found[f"{behavior}.functionAssociations"] = {"maxItems": 2}
        found[f"{behavior}.functionAssociations[*].eventType"] = {"enum": ["viewer-request", "viewer-response"]}
    return found


_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
_CODES = [200, *_ERRORS]
_SERVER = "origins[*].customOriginConfig"

ENTRIES = (
    Entry(
        token="aws:cloudfront/distribution:Distribution",
        service="cloudfront",
        inputs=(*SETTINGS, "retainOnDelete", "waitForDeployment"),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=_find,
        tags=replace(TAGS, after=False),
        defaults={
            "aliases": [],
            "comment": "",
            "customErrorResponses": [],
            "defaultRootObject": "",
            "httpVersion": "http2",
            "isIpv6Enabled": False,
            "loggingConfig": None,
            "orderedCacheBehaviors": [],
            "originGroups": [],
            "priceClass": "PriceClass_All",
            "webAclId": "",
        },
        local=("retainOnDelete", "waitForDeployment"),
        sets=(
            "aliases",
            "customErrorResponses",
            "originGroups",
            "originGroups[*].failoverCriteria.statusCodes",
            "origins",
            "origins[*].customHeaders",
            f"{_SERVER}.originSslProtocols",
            "restrictions.geoRestriction.locations",
            *(
                f"{behavior}.{name}"
                for behavior in (BEHAVIORS[0], f"{BEHAVIORS[1]}[*]")
                for name in ("allowedMethods", "cachedMethods", "functionAssociations", "trustedKeyGroups")
            ),
        ),
        limits={
            **_limits(),
            "aliases[*]": {"pattern": r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"},
            "comment": {"maxLength": 128},
            "customErrorResponses[*].errorCode": {"enum": _ERRORS},
            "customErrorResponses[*].responseCode": {"enum": _CODES},
            "customErrorResponses[*].responsePagePath": {"pattern": "^/"},
            "defaultRootObject": {"pattern": "^[^/]"},
            "httpVersion": {"enum": ["http1.1", "http2", "http2and3", "http3"]},
            "origins": {"minItems": 1},
            "origins[*].connectionAttempts": {"minimum": 1, "maximum": 3},
            "origins[*].connectionTimeout": {"minimum": 1, "maximum": 10},
            "origins[*].originPath": {"pattern": "^/.*[^/]$"},
            f"{_SERVER}.originKeepaliveTimeout": {"minimum": 1, "maximum": 180},
            f"{_SERVER}.originProtocolPolicy": {"enum": ["http-only", "https-only", "match-viewer"]},
            f"{_SERVER}.originReadTimeout": {"minimum": 1, "maximum": 180},
            f"{_SERVER}.originSslProtocols[*]": {"enum": ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]},
            "priceClass": {"enum": ["PriceClass_100", "PriceClass_200", "PriceClass_All"]},
            "restrictions.geoRestriction.restrictionType": {"enum": ["blacklist", "none", "whitelist"]},
            "viewerCertificate.minimumProtocolVersion": {"enum": ["TLSv1", "TLSv1_2016", "TLSv1.1_2016", *_TLS]},
            "viewerCertificate.sslSupportMethod": {"enum": ["sni-only"]},
        },
        refused={
            **{f"{BEHAVIORS[0]}.{name}": why for name, why in (_LEGACY | _ABSENT).items()},
            **{f"{BEHAVIORS[1]}[*].{name}": why for name, why in (_LEGACY | _ABSENT).items()},
            "origins[*].customOriginConfig.originMtlsConfig": "client certificates are not shown to origins",
            "origins[*].responseCompletionTimeout": "answers are not timed on the embedded cloud",
            "origins[*].vpcOriginConfig": "there are no VPC origins on the embedded cloud",
            "viewerCertificate.iamCertificateId": "use a certificate of ACM",
        },
        rules=(_one_kind, _judged_behaviors, _certified),
        unlike=(
            "answers come from this machine: there are no places, price classes or HTTP/3",
            "web ACLs are kept and not asked",
        ),
        seconds=1200,
    ),
)
