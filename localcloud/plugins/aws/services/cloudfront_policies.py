"""CloudFront: what distributions share: policies, access controls, and the keys that sign addresses."""

import re
import uuid
from collections.abc import Sequence

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties, Rule
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.cloudfront_objects import Kind, entry

_SECURITY = "securityHeadersConfig"
_FOREVER = 2147483647


def _reference(call: Call) -> str:
    """Return what a key was made with: it stays for life."""
    if not call.id:
        return str(uuid.uuid4())
    return str(call.api("get_public_key", Id=call.id)["PublicKey"]["PublicKeyConfig"]["CallerReference"])


def _listed_if(prefix: str, config: str, behaviour: str, names: str, kinds: Sequence[str]) -> Rule:
    """Return the rule that names are given just where the behaviour of a config asks for them."""

    def rule(inputs: Properties) -> tuple[str, str] | None:
        outer = inputs.get(prefix) if prefix else inputs
        inner = outer.get(config) if isinstance(outer, dict) else None
        if not isinstance(inner, dict) or not isinstance(inner.get(behaviour), str):
            return None
        there = inner.get(names) not in (None, {}, {"items": []})
        if there == (inner[behaviour] in kinds):
            return None
        path = prefix or config
        said = "must be given" if not there else "cannot be given"
        return path, f"{config}.{names} {said} with the {behaviour} {inner[behaviour]}"

    return rule


def _behaviours(prefix: str, headers: Sequence[str]) -> tuple[Rule, ...]:
    wanted = ("whitelist", "allExcept")
    return (
        _listed_if(prefix, "cookiesConfig", "cookieBehavior", "cookies", wanted),
        _listed_if(prefix, "headersConfig", "headerBehavior", "headers", headers),
        _listed_if(prefix, "queryStringsConfig", "queryStringBehavior", "queryStrings", wanted),
    )


def _times(inputs: Properties) -> tuple[str, str] | None:
    """Judge that the times of keeping are in order."""
    least, usual, most = (
        inputs.get(name, default) for name, default in (("minTtl", 0), ("defaultTtl", 86400), ("maxTtl", 31536000))
    )
    if not all(isinstance(each, int) for each in (least, usual, most)) or least <= usual <= most:
        return None
    return "defaultTtl", f"must lie between minTtl {least} and maxTtl {most}, got {usual}"


_INSIDE = "parametersInCacheKeyAndForwardedToOrigin"
_BEHAVIOURS = {"enum": ["none", "whitelist", "allExcept", "all"]}
_CACHE = Kind(
    noun="cache_policy",
    nouns="cache_policies",
    member="CachePolicy",
    custom=True,
    listed="Items[].CachePolicy.[Id, CachePolicyConfig.Name]",
    base={"Comment": "", "DefaultTTL": 86400, "MaxTTL": 31536000, "MinTTL": 0},
    arn="cache-policy",
)
_REQUEST = Kind(
    noun="origin_request_policy",
    nouns="origin_request_policies",
    member="OriginRequestPolicy",
    custom=True,
    listed="Items[].OriginRequestPolicy.[Id, OriginRequestPolicyConfig.Name]",
    base={"Comment": ""},
    arn="origin-request-policy",
)
_HEADERS = Kind(
    noun="response_headers_policy",
    nouns="response_headers_policies",
    member="ResponseHeadersPolicy",
    custom=True,
    listed="Items[].ResponseHeadersPolicy.[Id, ResponseHeadersPolicyConfig.Name]",
    base={"Comment": ""},
    arn="response-headers-policy",
)
_ACCESS = Kind(
    noun="origin_access_control",
    member="OriginAccessControl",
    base={"Description": "Managed by Pulumi"},
    arn="origin-access-control",
)
_KEY = Kind(
    noun="public_key",
    member="PublicKey",
    base={"Comment": ""},
    once=lambda call: {"CallerReference": _reference(call)},
)
_GROUP = Kind(
    noun="key_group",
    member="KeyGroup",
    listed="Items[].KeyGroup.[Id, KeyGroupConfig.Name]",
    base={"Comment": ""},
)
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\n?")

ENTRIES = (
    entry(
        _ACCESS,
        "OriginAccessControl",
        ("description", "name", "originAccessControlOriginType", "signingBehavior", "signingProtocol"),
        replace={"name": "an access control is known by its name"},
        defaults={"description": "Managed by Pulumi"},
        limits={
            "description": {"maxLength": 256},
            "name": {"maxLength": 64},
            "originAccessControlOriginType": {"enum": ["s3", "lambda", "mediapackagev2", "mediastore"]},
            "signingBehavior": {"enum": ["always", "never", "no-override"]},
            "signingProtocol": {"enum": ["sigv4"]},
        },
    ),
    entry(
        _HEADERS,
        "ResponseHeadersPolicy",
        (
            "comment",
            "corsConfig",
            "customHeadersConfig",
            "name",
            "removeHeadersConfig",
            _SECURITY,
            "serverTimingHeadersConfig",
        ),
        defaults={"comment": ""},
        sets=(
            *(f"corsConfig.accessControl{each}.items" for each in ("AllowHeaders", "AllowMethods", "AllowOrigins")),
            "corsConfig.accessControlExposeHeaders.items",
            "customHeadersConfig.items",
            "removeHeadersConfig.items",
        ),
        limits={
            "comment": {"maxLength": 128},
            "corsConfig.accessControlAllowMethods.items[*]": {
                "enum": ["ALL", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
            },
            f"{_SECURITY}.frameOptions.frameOption": {"enum": ["DENY", "SAMEORIGIN"]},
            f"{_SECURITY}.referrerPolicy.referrerPolicy": {
                "enum": [
                    "no-referrer",
                    "no-referrer-when-downgrade",
                    "origin",
                    "origin-when-cross-origin",
                    "same-origin",
                    "strict-origin",
                    "strict-origin-when-cross-origin",
                    "unsafe-url",
                ]
            },
            f"{_SECURITY}.strictTransportSecurity.accessControlMaxAgeSec": {"minimum": 0, "maximum": _FOREVER},
            "serverTimingHeadersConfig.samplingRate": {"minimum": 0, "maximum": 100},
        },
    ),
    entry(
        _CACHE,
        "CachePolicy",
        ("comment", "defaultTtl", "maxTtl", "minTtl", "name", _INSIDE),
        defaults={"comment": "", "defaultTtl": 86400, "maxTtl": 31536000, "minTtl": 0},
        sets=tuple(f"{_INSIDE}.{each}Config.{each}.items" for each in ("cookies", "headers", "queryStrings")),
        limits={
            "comment": {"maxLength": 128},
            **{each: {"minimum": 0, "maximum": _FOREVER} for each in ("defaultTtl", "maxTtl", "minTtl")},
            f"{_INSIDE}.cookiesConfig.cookieBehavior": _BEHAVIOURS,
            f"{_INSIDE}.headersConfig.headerBehavior": {"enum": ["none", "whitelist"]},
            f"{_INSIDE}.queryStringsConfig.queryStringBehavior": _BEHAVIOURS,
        },
        rules=(_times, *_behaviours(_INSIDE, ("whitelist",))),
    ),
    entry(
        _REQUEST,
        "OriginRequestPolicy",
        ("comment", "cookiesConfig", "headersConfig", "name", "queryStringsConfig"),
        replace={"name": "an origin request policy is known by its name"},
        defaults={"comment": ""},
        sets=tuple(f"{each}Config.{each}.items" for each in ("cookies", "headers", "queryStrings")),
        limits={
            "comment": {"maxLength": 128},
            "cookiesConfig.cookieBehavior": _BEHAVIOURS,
            "headersConfig.headerBehavior": {
                "enum": ["none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"]
            },
            "queryStringsConfig.queryStringBehavior": _BEHAVIOURS,
        },
        rules=_behaviours("", ("whitelist", "allViewerAndWhitelistCloudFront", "allExcept")),
    ),
    entry(
        _KEY,
        "PublicKey",
        ("comment", "encodedKey", "name"),
        replace={"encodedKey": "a key is what it is", "name": "a key is known by its name"},
        defaults={"comment": ""},
        limits={"comment": {"maxLength": 128}},
        rules=(value("encodedKey", lambda text: bool(_PEM.fullmatch(text)), "must be a public key in the PEM format"),),
    ),
    entry(
        _GROUP,
        "KeyGroup",
        ("comment", "items", "name"),
        defaults={"comment": ""},
        sets=("items",),
        limits={"comment": {"maxLength": 128}, "items": {"minItems": 1, "maxItems": 5}},
    ),
)
