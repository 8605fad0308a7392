"""CloudFront: what it refuses."""

from typing import Any

from localcloud.tests.plugins.aws.cases.cloudfront import CODE, behavior, bucket, certified, server
from localcloud.tests.plugins.aws.cases.cloudfront_policies import PUBLIC_KEY, cached, chosen, secured, shared
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

DISTRIBUTION, ORIGIN = api("cloudfront", "DistributionConfig"), api("cloudfront", "Origin")
BEHAVIOR, CERTIFICATE = api("cloudfront", "DefaultCacheBehavior"), api("cloudfront", "ViewerCertificate")
CACHE, REQUEST = api("cloudfront", "CachePolicyConfig"), api("cloudfront", "OriginRequestPolicyConfig")
HEADERS, ACCESS = api("cloudfront", "ResponseHeadersPolicyConfig"), api("cloudfront", "OriginAccessControlConfig")
FUNCTION, KEY, GROUP = (api("cloudfront", f"{name}Config") for name in ("Function", "PublicKey", "KeyGroup"))
EDGE = "arn:aws:acm:us-east-1:222222222222:certificate/00000000-0000-0000-0000-000000000001"
INSIDE = "parametersInCacheKeyAndForwardedToOrigin"


def _certificate(**changes: Any) -> dict[str, Any]:
    return {"viewerCertificate": {**certified(), "acmCertificateArn": EDGE, **changes}}


def _behavior(**changes: Any) -> dict[str, Any]:
    return {"defaultCacheBehavior": behavior(**changes)}


def _missing(**changes: Any) -> dict[str, Any]:
    return {"customErrorResponses": [{"errorCode": 404, "responseCode": 200, "responsePagePath": "/404", **changes}]}


TABLES = (
    Refusals(
        token="aws:cloudfront/distribution:Distribution",
        valid={
            "enabled": True,
            "aliases": ["shop.example"],
            "origins": [bucket(), server()],
            **_behavior(),
            "restrictions": {"geoRestriction": {"restrictionType": "none"}},
            **_certificate(),
        },
        refused=(
            ({"origins": []}, "origins", "at least 1 items", DISTRIBUTION),
            ({"origins": [bucket(), bucket()]}, "origins", "site twice", ORIGIN),
            ({"origins": [bucket(originPath="/x/")]}, "origins[0].originPath", "must match", ORIGIN),
            ({"origins": [bucket(connectionAttempts=4)]}, "origins[0].connectionAttempts", "at most 3", ORIGIN),
            (
                {"origins": [bucket(), server(originProtocolPolicy="tls")]},
                "origins[1].customOriginConfig.originProtocolPolicy",
                "https-only",
                api("cloudfront", "CustomOriginConfig"),
            ),
            (
                {
                    "origins": [
                        {**bucket(), **server(), "s3OriginConfig": {"originAccessIdentity": ""}, "originId": "site"}
                    ]
                },
                "origins[0]",
                "cannot have both",
                ORIGIN,
            ),
            (
                _behavior(origin="nowhere"),
                "defaultCacheBehavior.targetOriginId",
                "one of the origins site, api",
                BEHAVIOR,
            ),
            (
                _behavior(methods=["GET", "POST"]),
                "defaultCacheBehavior.allowedMethods",
                "one of the sets",
                api("cloudfront", "AllowedMethods"),
            ),
            (
                _behavior(cachedMethods=["GET"]),
                "defaultCacheBehavior.cachedMethods",
                "one of the sets",
                api("cloudfront", "CachedMethods"),
            ),
            (_behavior(cachePolicyId=None), "defaultCacheBehavior.cachePolicyId", "is required", BEHAVIOR),
            (_behavior(minTtl=1), "defaultCacheBehavior.minTtl", "use a cache policy", BEHAVIOR),
            (
                _behavior(viewerProtocolPolicy="http"),
                "defaultCacheBehavior.viewerProtocolPolicy",
                "https-only",
                BEHAVIOR,
            ),
            (
                {"viewerCertificate": {"cloudfrontDefaultCertificate": True}},
                "viewerCertificate.acmCertificateArn",
                "is required for aliases",
                CERTIFICATE,
            ),
            (
                _certificate(acmCertificateArn=EDGE.replace("us-east-1", "eu-west-1")),
                "viewerCertificate.acmCertificateArn",
                "in us-east-1",
                CERTIFICATE,
            ),
            (_certificate(sslSupportMethod=None), "viewerCertificate.sslSupportMethod", "is required", CERTIFICATE),
            (
                _certificate(minimumProtocolVersion="TLS"),
                "viewerCertificate.minimumProtocolVersion",
                "TLSv1.2_2021",
                CERTIFICATE,
            ),
            ({"priceClass": "PriceClass_1"}, "priceClass", "PriceClass_100", DISTRIBUTION),
            ({"httpVersion": "http4"}, "httpVersion", "http2and3", DISTRIBUTION),
            ({"comment": "c" * 129}, "comment", "at most 128 characters", DISTRIBUTION),
            ({"defaultRootObject": "/index.html"}, "defaultRootObject", "must match", DISTRIBUTION),
            (
                _missing(errorCode=402),
                "customErrorResponses[0].errorCode",
                "403, 404",
                api("cloudfront", "CustomErrorResponse"),
            ),
            (
                _missing(responsePagePath="404"),
                "customErrorResponses[0].responsePagePath",
                "must match",
                api("cloudfront", "CustomErrorResponse"),
            ),
            ({"restrictions": None}, "restrictions", "is required", DISTRIBUTION),
        ),
        accepted=(
            {"comment": "c" * 128},
            {"origins": [bucket(originPath="/x"), server()]},
            {"aliases": [], "viewerCertificate": {"cloudfrontDefaultCertificate": True}},
            _behavior(methods=["DELETE", "PUT", "GET", "HEAD", "OPTIONS", "PATCH", "POST"]),
            _behavior(methods=["OPTIONS", "HEAD", "GET"], cachedMethods=["OPTIONS", "HEAD", "GET"]),
            _missing(),
        ),
    ),
    Refusals(
        token="aws:cloudfront/originAccessControl:OriginAccessControl",
        valid={"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"},
        refused=(
            ({"name": "n" * 65}, "name", "at most 64 characters", ACCESS),
            ({"description": "d" * 257}, "description", "at most 256 characters", ACCESS),
            ({"originAccessControlOriginType": "http"}, "originAccessControlOriginType", "s3, lambda", ACCESS),
            ({"signingBehavior": "sometimes"}, "signingBehavior", "always, never", ACCESS),
            ({"signingProtocol": "sigv2"}, "signingProtocol", "sigv4", ACCESS),
        ),
        accepted=({"name": "n" * 64}, {"signingBehavior": "no-override"}),
    ),
    Refusals(
        token="aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        valid={"name": "secure", "securityHeadersConfig": secured()},
        refused=(
            ({"name": "two words"}, "name", "must match", HEADERS),
            ({"comment": "c" * 129}, "comment", "at most 128 characters", HEADERS),
            (
                {"securityHeadersConfig": secured(frame="MAYBE")},
                "securityHeadersConfig.frameOptions.frameOption",
                "DENY, SAMEORIGIN",
                api("cloudfront", "ResponseHeadersPolicyFrameOptions"),
            ),
            (
                {"securityHeadersConfig": secured(-1)},
                "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec",
                "at least 0",
                api("cloudfront", "ResponseHeadersPolicyStrictTransportSecurity"),
            ),
            (
                {"serverTimingHeadersConfig": {"enabled": True, "samplingRate": 101}},
                "serverTimingHeadersConfig.samplingRate",
                "at most 100",
                api("cloudfront", "ResponseHeadersPolicyServerTimingHeadersConfig"),
            ),
            (
                {"corsConfig": {**shared("*"), "accessControlAllowMethods": {"items": ["FETCH"]}}},
                "corsConfig.accessControlAllowMethods.items[0]",
                "ALL, DELETE",
                api("cloudfront", "ResponseHeadersPolicyCorsConfig"),
            ),
        ),
        accepted=(
            {"comment": "c" * 128},
            {"serverTimingHeadersConfig": {"enabled": True, "samplingRate": 100}},
            {"corsConfig": shared("*")},
        ),
    ),
    Refusals(
        token="aws:cloudfront/cachePolicy:CachePolicy",
        valid={"name": "pages", **cached("whitelist", "one")},
        refused=(
            ({"name": "two words"}, "name", "must match", CACHE),
            ({"minTtl": -1}, "minTtl", "at least 0", CACHE),
            ({"minTtl": 5, "defaultTtl": 4}, "defaultTtl", "between minTtl 5", CACHE),
            ({"maxTtl": 60}, "defaultTtl", "maxTtl 60", CACHE),
            (cached("whitelist"), INSIDE, "cookies must be given", api("cloudfront", "CachePolicyCookiesConfig")),
            (cached("none", "one"), INSIDE, "cookies cannot be given", api("cloudfront", "CachePolicyCookiesConfig")),
            (
                {INSIDE: {**chosen("none"), "headersConfig": {"headerBehavior": "allViewer"}}},
                f"{INSIDE}.headersConfig.headerBehavior",
                "none, whitelist",
                api("cloudfront", "CachePolicyHeadersConfig"),
            ),
        ),
        accepted=({"minTtl": 5, "defaultTtl": 5, "maxTtl": 5}, {"defaultTtl": 0}, cached("none")),
    ),
    Refusals(
        token="aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        valid={"name": "viewer", **chosen("whitelist", "one")},
        refused=(
            ({"name": "n" * 129}, "name", "at most 128 characters", REQUEST),
            ({"cookiesConfig": {"cookieBehavior": "whitelist"}}, "cookiesConfig", "cookies must be given", REQUEST),
            (
                {"headersConfig": {"headerBehavior": "all"}},
                "headersConfig.headerBehavior",
                "allViewer",
                api("cloudfront", "OriginRequestPolicyHeadersConfig"),
            ),
            ({"queryStringsConfig": None}, "queryStringsConfig", "is required", REQUEST),
        ),
        accepted=({"headersConfig": {"headerBehavior": "allViewer"}}, {"cookiesConfig": {"cookieBehavior": "all"}}),
    ),
    Refusals(
        token="aws:cloudfront/function:Function",
        valid={"name": "pages", "code": CODE, "runtime": "cloudfront-js-2.0"},
        refused=(
            ({"name": "two words"}, "name", "must match", api("cloudfront", "CreateFunction")),
            ({"name": "n" * 65}, "name", "at most 64 characters", api("cloudfront", "CreateFunction")),
            ({"code": "x" * 10241}, "code", "10240 bytes", api("cloudfront", "CreateFunction")),
            ({"runtime": "nodejs22.x"}, "runtime", "cloudfront-js-2.0", FUNCTION),
        ),
        accepted=({"name": "n" * 64}, {"code": "x" * 10240}, {"runtime": "cloudfront-js-1.0"}),
    ),
    Refusals(
        token="aws:cloudfront/publicKey:PublicKey",
        valid={"name": "media", "encodedKey": PUBLIC_KEY},
        refused=(
            ({"encodedKey": "mine"}, "encodedKey", "the PEM format", KEY),
            ({"encodedKey": PUBLIC_KEY.replace("PUBLIC", "PRIVATE")}, "encodedKey", "the PEM format", KEY),
            ({"encodedKey": None}, "encodedKey", "is required", KEY),
            ({"comment": "c" * 129}, "comment", "at most 128 characters", KEY),
        ),
        accepted=({"encodedKey": PUBLIC_KEY.rstrip()}, {"comment": "c" * 128}),
    ),
    Refusals(
        token="aws:cloudfront/keyGroup:KeyGroup",
        valid={"name": "media", "items": ["K1234567890ABC"]},
        refused=(
            ({"items": []}, "items", "at least 1 items", GROUP),
            (
                {"items": ["K1", "K2", "K3", "K4", "K5", "K6"]},
                "items",
                "at most 5 items",
                terraform("cloudfront_key_group"),
            ),
            ({"comment": "c" * 129}, "comment", "at most 128 characters", GROUP),
        ),
        accepted=({"items": ["K1", "K2", "K3", "K4", "K5"]},),
    ),
)
