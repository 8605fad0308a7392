"""Distributions, and the functions that run at their edge."""

from typing import Any

from localcloud.tests.plugins.aws.cases.cloudfront_policies import GROUP, KEY, cached
from localcloud.tests.plugins.aws.conformance import Case, Parent

CODE = "function handler(event) {\n  return event.request;\n}\n"
STORE = "arn:aws:cloudfront::222222222222:key-value-store/00000000-0000-0000-0000-000000000001"
FUNCTION = Parent(
    "function", "aws:cloudfront/function:Function", {"code": CODE, "runtime": "cloudfront-js-2.0", "name": "routes"}
)
CERTIFICATE = Parent(
    "edge",
    "aws:acm/certificate:Certificate",
    {"domainName": "shop.conformance.example", "validationMethod": "DNS", "region": "us-east-1"},
)
BUCKET = Parent("site", "aws:s3/bucket:Bucket", {"bucket": "conformance-site", "forceDestroy": True})
ACCESS = Parent(
    "access",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"},
)
POLICY = Parent("policy", "aws:cloudfront/cachePolicy:CachePolicy", cached("none"))
HEADERS = Parent(
    "headers",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    {"securityHeadersConfig": {"contentTypeOptions": {"override": True}}},
)
REQUEST = Parent(
    "request",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
    {
        "cookiesConfig": {"cookieBehavior": "all"},
        "headersConfig": {"headerBehavior": "allViewer"},
        "queryStringsConfig": {"queryStringBehavior": "all"},
    },
)
READS = ["GET", "HEAD"]
ALL = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


def behavior(origin: str = "site", methods: Any = READS, **more: Any) -> dict[str, Any]:
    return {
        "targetOriginId": origin,
        "allowedMethods": list(methods),
        "cachedMethods": list(READS),
        "cachePolicyId": "${policy.id}",
        "viewerProtocolPolicy": "redirect-to-https",
        **more,
    }


def bucket(**more: Any) -> dict[str, Any]:
    return {
        "originId": "site",
        "domainName": "${site.bucketRegionalDomainName}",
        "originAccessControlId": "${access.id}",
        **more,
    }


def server(name: str = "api", **more: Any) -> dict[str, Any]:
    return {
        "originId": name,
        "domainName": f"{name}.conformance.example",
        "customOriginConfig": {
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": ["TLSv1.2"],
            **more,
        },
    }


def missing(page: str = "/index.html", seconds: int = 0) -> dict[str, Any]:
    return {"errorCode": 403, "responseCode": 200, "responsePagePath": page, "errorCachingMinTtl": seconds}


def certified(version: str = "TLSv1.2_2021") -> dict[str, Any]:
    return {"acmCertificateArn": "${edge.arn}", "sslSupportMethod": "sni-only", "minimumProtocolVersion": version}


ANYWHERE = {"geoRestriction": {"restrictionType": "none", "locations": []}}
PLAIN: dict[str, Any] = {
    "enabled": True,
    "origins": [bucket()],
    "defaultCacheBehavior": behavior(),
    "restrictions": {"geoRestriction": {"restrictionType": "none"}},
    "viewerCertificate": {"cloudfrontDefaultCertificate": True},
}

CASES = (
    Case(
        token="aws:cloudfront/distribution:Distribution",
        parents=(CERTIFICATE, BUCKET, ACCESS, POLICY, HEADERS, REQUEST, FUNCTION, KEY, GROUP),
        inputs={
            "enabled": True,
            "aliases": ["shop.conformance.example"],
            "comment": "the shop",
            "customErrorResponses": [missing(), {"errorCode": 404, "errorCachingMinTtl": 5}],
            "defaultCacheBehavior": behavior(
                compress=True,
                responseHeadersPolicyId="${headers.id}",
                functionAssociations=[{"eventType": "viewer-request", "functionArn": "${function.arn}"}],
            ),
            "defaultRootObject": "index.html",
            "httpVersion": "http2and3",
            "isIpv6Enabled": True,
            "loggingConfig": {"bucket": "logs.s3.amazonaws.com", "includeCookies": False, "prefix": "shop/"},
            "orderedCacheBehaviors": [
                behavior("api", ALL, pathPattern="/api/*", originRequestPolicyId="${request.id}"),
                behavior(pathPattern="/media/*", trustedKeyGroups=["${group.id}"]),
            ],
            "originGroups": [
                {
                    "originId": "both",
                    "failoverCriteria": {"statusCodes": [500, 502]},
                    "members": [{"originId": "site"}, {"originId": "api"}],
                }
            ],
            "origins": [
                bucket(originPath="/current", connectionAttempts=2, connectionTimeout=5),
                {**server(), "customHeaders": [{"name": "x-from", "value": "edge"}]},
            ],
            "priceClass": "PriceClass_100",
            "restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE", "FR"]}},
            "viewerCertificate": certified(),
            "webAclId": "arn:aws:wafv2:us-east-1:222222222222:global/webacl/shop/0123",
            "retainOnDelete": False,
            "waitForDeployment": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"comment": "all shops", "priceClass": "PriceClass_All", "httpVersion": "http2"},
            {"aliases": ["shop.conformance.example", "other.conformance.example"], "isIpv6Enabled": False},
            {"customErrorResponses": [missing("/404.html", 10)]},
            {"defaultCacheBehavior": behavior(compress=False, viewerProtocolPolicy="https-only")},
            {"defaultRootObject": "home.html", "loggingConfig": None, "webAclId": None},
            {"orderedCacheBehaviors": [behavior("api", ALL, pathPattern="/v1/*")]},
            {"originGroups": None},
            {"origins": [bucket(), server(originReadTimeout=20, originKeepaliveTimeout=10)]},
            {"restrictions": {"geoRestriction": {"restrictionType": "blacklist", "locations": ["US"]}}},
            {"viewerCertificate": certified("TLSv1.2_2019")},
            {"customErrorResponses": None, "comment": None, "orderedCacheBehaviors": None},
            {"enabled": False},
            {"waitForDeployment": False},
            {"tags": {"team": "y"}},
        ),
        refused=(
            {"defaultCacheBehavior": behavior("nowhere")},
            {"defaultCacheBehavior": behavior(methods=["GET"])},
            {"defaultCacheBehavior": behavior(cachePolicyId=None)},
            {"defaultCacheBehavior": behavior(minTtl=1)},
            {"viewerCertificate": {"cloudfrontDefaultCertificate": True}},
            {"viewerCertificate": {**certified(), "acmCertificateArn": "arn:aws:acm:eu-west-1:222222222222:x"}},
            {"origins": []},
            {"origins": [bucket(), bucket()]},
            {"staging": True},
        ),
    ),
    Case(
        token="aws:cloudfront/distribution:Distribution",
        label="plain",
        parents=(BUCKET, ACCESS, POLICY),
        inputs=PLAIN,
        updates=({"enabled": False},),
    ),
    Case(
        token="aws:cloudfront/function:Function",
        inputs={
            "name": "pages",
            "comment": "addresses of pages",
            "code": CODE,
            "runtime": "cloudfront-js-2.0",
            "publish": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"code": CODE.replace("event.request", "null"), "comment": "addresses of all pages"},
            {"runtime": "cloudfront-js-1.0"},
            {"publish": False},
            {"comment": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"},),
        refused=({"code": ""}, {"code": "x" * 10241}, {"runtime": "nodejs22.x"}, {"name": "two words"}),
    ),
)
