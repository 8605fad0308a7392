"""What CloudFront distributions share: policies, access controls, and keys."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import Case, Parent

PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyMsjvki7ptWNZ26UDQrY
+MO34tvRTN5yz0h7bxgN5gks8vZr2/mar3CRUyHFWieBb7ZFD0QIGMYxQ34RpS4k
MX8LCgwBT5q1q7uwyzKVJqKR69mmobNZkhzoYUttfTnrMOj/gjqKUs4C8XkDA5/I
97jbQb0b0nM1lMnH9HDkBGqUlGnpQJgLeC6K1li1syI8CRauKU2hoOczbdf15lKB
Q8L0LaBrL0IR5bflxRrlPcpIqNaoKgTwC7oIziKqE4eaY6zwJpENZy30RHGlGZMM
rlqJe8wZPAmQDF/gaYneCMyMRxr/NP+LAGKCcN+nHX+y9OqzmdFJ6VgETGQXxSNo
cQIDAQAB
-----END PUBLIC KEY-----
"""
INSIDE = "parametersInCacheKeyAndForwardedToOrigin"
KEY = Parent("key", "aws:cloudfront/publicKey:PublicKey", {"encodedKey": PUBLIC_KEY})
OTHER_KEY = Parent("newer", "aws:cloudfront/publicKey:PublicKey", {"encodedKey": PUBLIC_KEY})
GROUP = Parent("group", "aws:cloudfront/keyGroup:KeyGroup", {"items": ["${key.id}"]})


def chosen(kind: str, *names: str) -> dict[str, Any]:
    """Return the three choices of a policy: cookies, headers and query strings."""
    items = {"items": list(names)}
    more: dict[str, Any] = {"cookies": items} if names else {}
    return {
        "cookiesConfig": {"cookieBehavior": kind, **more},
        "headersConfig": {"headerBehavior": kind, **({"headers": items} if names else {})},
        "queryStringsConfig": {"queryStringBehavior": kind, **({"queryStrings": items} if names else {})},
    }


def cached(kind: str, *names: str, packed: bool = True) -> dict[str, Any]:
    more = {"enableAcceptEncodingBrotli": packed, "enableAcceptEncodingGzip": packed}
    return {INSIDE: {**chosen(kind, *names), **more}}


def shared(*origins: str) -> dict[str, Any]:
    return {
        "accessControlAllowCredentials": False,
        "accessControlAllowHeaders": {"items": ["authorization"]},
        "accessControlAllowMethods": {"items": ["GET", "PUT"]},
        "accessControlAllowOrigins": {"items": list(origins)},
        "accessControlExposeHeaders": {"items": ["etag"]},
        "accessControlMaxAgeSec": 600,
        "originOverride": True,
    }


def secured(seconds: int = 31536000, policy: str = "default-src 'self'", frame: str = "DENY") -> dict[str, Any]:
    return {
        "contentSecurityPolicy": {"contentSecurityPolicy": policy, "override": True},
        "contentTypeOptions": {"override": True},
        "frameOptions": {"frameOption": frame, "override": True},
        "referrerPolicy": {"referrerPolicy": "same-origin", "override": True},
        "strictTransportSecurity": {
            "accessControlMaxAgeSec": seconds,
            "includeSubdomains": True,
            "preload": False,
            "override": True,
        },
        "xssProtection": {"protection": True, "modeBlock": True, "override": True},
    }


CASES = (
    Case(
        token="aws:cloudfront/originAccessControl:OriginAccessControl",
        inputs={
            "name": "site",
            "description": "reads the site's bucket",
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        updates=(
            {"description": "reads the bucket"},
            {"signingBehavior": "no-override"},
            {"originAccessControlOriginType": "lambda"},
            {"description": None},
        ),
        replaces=({"name": "other"},),
        refused=({"signingProtocol": "sigv2"}, {"signingBehavior": "sometimes"}, {"name": "n" * 65}),
    ),
    Case(
        token="aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        inputs={
            "name": "secure",
            "comment": "what browsers are told",
            "corsConfig": shared("https://shop.example"),
            "customHeadersConfig": {
                "items": [
                    {"header": "permissions-policy", "value": "camera=()", "override": True},
                    {"header": "x-place", "value": "here", "override": False},
                ]
            },
            "removeHeadersConfig": {"items": [{"header": "server"}, {"header": "x-powered-by"}]},
            "securityHeadersConfig": secured(),
            "serverTimingHeadersConfig": {"enabled": True, "samplingRate": 50},
        },
        updates=(
            {"comment": "what all browsers are told"},
            {"corsConfig": shared("https://shop.example", "https://market.example")},
            {"customHeadersConfig": {"items": [{"header": "x-place", "value": "there", "override": True}]}},
            {"removeHeadersConfig": {"items": [{"header": "server"}]}},
            {"securityHeadersConfig": secured(63072000, "default-src 'none'", "SAMEORIGIN")},
            {"serverTimingHeadersConfig": {"enabled": True, "samplingRate": 10}},
            {"name": "safe", "comment": None},
        ),
        refused=(
            {"name": "two words"},
            {"securityHeadersConfig": {"frameOptions": {"frameOption": "MAYBE", "override": True}}},
        ),
    ),
    Case(
        token="aws:cloudfront/cachePolicy:CachePolicy",
        inputs={
            "name": "pages",
            "comment": "pages",
            "defaultTtl": 50,
            "maxTtl": 100,
            "minTtl": 1,
            **cached("whitelist", "one", "two"),
        },
        updates=(
            {"comment": "all pages", "defaultTtl": 60, "maxTtl": 120, "minTtl": 2},
            cached("whitelist", "two"),
            cached("none", packed=False),
            {"defaultTtl": None, "maxTtl": None, "minTtl": None, "comment": None},
            {"name": "all-pages"},
        ),
        refused=(
            {"defaultTtl": 200},
            cached("whitelist"),
            cached("none", "one"),
            {INSIDE: {**chosen("none"), "headersConfig": {"headerBehavior": "allViewer"}}},
        ),
    ),
    Case(
        token="aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        inputs={"name": "viewer", "comment": "what is handed on", **chosen("whitelist", "one", "two")},
        updates=(
            {"comment": "all that is handed on"},
            chosen("allExcept", "host"),
            {**chosen("all"), "headersConfig": {"headerBehavior": "allViewer"}},
            {"comment": None},
        ),
        replaces=({"name": "other"},),
        refused=({"name": "two words"}, chosen("whitelist"), chosen("all")),
    ),
    Case(
        token="aws:cloudfront/publicKey:PublicKey",
        inputs={"name": "media", "comment": "signs pictures", "encodedKey": PUBLIC_KEY},
        updates=({"comment": "signs all pictures"}, {"comment": None}),
        replaces=({"name": "other"}, {"encodedKey": PUBLIC_KEY.replace("AQEA", "AAAA")}),
        refused=({"encodedKey": "mine"},),
    ),
    Case(
        token="aws:cloudfront/keyGroup:KeyGroup",
        parents=(KEY, OTHER_KEY),
        inputs={"name": "media", "comment": "pictures", "items": ["${key.id}"]},
        updates=(
            {"items": ["${key.id}", "${newer.id}"]},
            {"comment": "all pictures", "items": ["${newer.id}"]},
            {"comment": None, "name": "other"},
        ),
        refused=({"items": []}, {"items": ["a", "b", "c", "d", "e", "f"]}),
    ),
)
