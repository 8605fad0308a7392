"""CloudFront: the one large object that a distribution is, from a program's inputs and back."""

from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties

SETTINGS = (
    "aliases",
    "comment",
    "customErrorResponses",
    "defaultCacheBehavior",
    "defaultRootObject",
    "enabled",
    "httpVersion",
    "isIpv6Enabled",
    "loggingConfig",
    "orderedCacheBehaviors",
    "originGroups",
    "origins",
    "priceClass",
    "restrictions",
    "viewerCertificate",
    "webAclId",
)
BEHAVIORS = ("defaultCacheBehavior", "orderedCacheBehaviors")
RENAME = {
    "orderedCacheBehaviors": "CacheBehaviors",
    "locations": "Items",
    "origins.originId": "Id",
    "originGroups.originId": "Id",
    "customHeaders.name": "HeaderName",
    "origins.customHeaders.name": "HeaderName",
    "origins.customHeaders.value": "HeaderValue",
    "loggingConfig": "Logging",
    "functionArn": "FunctionARN",
}
_NONE: Properties = {"Quantity": 0}
_UNTRUSTED: Properties = {"Enabled": False, "Quantity": 0}
_WHOLE: Properties = {
    "Aliases": _NONE,
    "CacheBehaviors": _NONE,
    "Comment": "",
    "CustomErrorResponses": _NONE,
    "DefaultRootObject": "",
    "HttpVersion": "http2",
    "IsIPV6Enabled": False,
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "OriginGroups": _NONE,
    "PriceClass": "PriceClass_All",
    "WebACLId": "",
}
_BEHAVIOR: Properties = {
    "Compress": False,
    "FieldLevelEncryptionId": "",
    "FunctionAssociations": _NONE,
    "LambdaFunctionAssociations": _NONE,
    "SmoothStreaming": False,
    "TrustedKeyGroups": _UNTRUSTED,
    "TrustedSigners": _UNTRUSTED,
}
_ORIGIN: Properties = {
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "CustomHeaders": _NONE,
    "OriginAccessControlId": "",
    "OriginPath": "",
    "OriginShield": {"Enabled": False},
}
_CUSTOM: Properties = {"OriginKeepaliveTimeout": 5, "OriginReadTimeout": 30}


def whole(call: Call, reference: str) -> Properties:
    """Return the distribution as AWS wants it: complete at every change, whatever the program leaves out.

    `reference` is the text that AWS knows the create call by; it stays for life.
    """
    given = {name: call.inputs[name] for name in SETTINGS if call.inputs.get(name) is not None}
    stripped = {**given, **{name: _without_methods(given[name]) for name in BEHAVIORS if name in given}}
    sent: Properties = call.parameters("update_distribution", ("whole",), _RENAMED, values={"whole": stripped})[
        "DistributionConfig"
    ]
    config = {**_WHOLE, **sent, "CallerReference": reference}
    default = given["defaultCacheBehavior"]
    config["DefaultCacheBehavior"] = _behavior(config["DefaultCacheBehavior"], default)
    ordered = zip(config["CacheBehaviors"].get("Items", ()), given.get("orderedCacheBehaviors", ()), strict=True)
    config["CacheBehaviors"] = _counted([_behavior(*each) for each in ordered])
    config["Origins"] = _counted([_origin(each) for each in config["Origins"]["Items"]])
    if given.get("loggingConfig", {}).get("bucket"):
        config["Logging"] = {**_WHOLE["Logging"], **config["Logging"], "Enabled": True}
    return config


_RENAMED = {
    **{f"whole.{key}" if "." in key else key: each for key, each in RENAME.items()},
    "whole": "DistributionConfig",
}


def _counted(items: list[Any]) -> Properties:
    return {"Quantity": len(items), "Items": items} if items else _NONE


def _without_methods(value: Any) -> Any:
    """Return behaviors without their methods, which AWS keeps one inside the other."""
    if isinstance(value, Mapping):
        return {key: each for key, each in value.items() if key not in ("allowedMethods", "cachedMethods")}
    return [_without_methods(each) for each in value]


def _behavior(sent: Properties, given: Mapping[str, Any]) -> Properties:
    methods = {**_counted(list(given["allowedMethods"])), "CachedMethods": _counted(list(given["cachedMethods"]))}
    return {**_BEHAVIOR, **sent, "AllowedMethods": methods}


def _origin(sent: Properties) -> Properties:
    """Return an origin with what AWS wants of each; one that is no other's server is a bucket."""
    found = {**_ORIGIN, **sent}
    if "CustomOriginConfig" in found:
        found["CustomOriginConfig"] = {**_CUSTOM, **found["CustomOriginConfig"]}
    else:
        found.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
    return found


def inputs(call: Call, live: Mapping[str, Any]) -> Properties:
    """Return a living distribution's object under the program's names."""
    found = call.properties({**live, "Logging": _logging(live)}, RENAME)
    default = found.get("defaultCacheBehavior", {})
    default |= _methods(live["DefaultCacheBehavior"])
    ordered = live.get("CacheBehaviors", {}).get("Items") or ()
    for behavior, each in zip(found.get("orderedCacheBehaviors", ()), ordered, strict=True):
        behavior |= _methods(each)
    for origin in found.get("origins", ()):
        if not origin.get("s3OriginConfig", {}).get("originAccessIdentity"):
            origin.pop("s3OriginConfig", None)
    return found


def _logging(live: Mapping[str, Any]) -> Any:
    there = live.get("Logging") or {}
    return there if there.get("Bucket") else None


def _methods(live: Mapping[str, Any]) -> Properties:
    there = live.get("AllowedMethods") or {}
    return {
        "allowedMethods": there.get("Items") or [],
        "cachedMethods": there.get("CachedMethods", {}).get("Items") or [],
    }
