"""An issuer of tokens, events as API Gateway sends them, and a caller with an identity."""

from __future__ import annotations

import base64
import functools
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ADA = "7b0c1c0e-3f43-4b58-9f0b-0f6a7b0c1c0e"
EVE = "0e7b0c1c-3f43-4b58-9f0b-0f6a7b0c1c0e"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_test"


@functools.cache
def key(name: str = "one") -> rsa.RSAPrivateKey:
    """Made once: a key takes a second on a busy machine."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_set(*names: str) -> dict[str, Any]:
    def entry(name: str) -> dict[str, str]:
        numbers = key(name).public_key().public_numbers()

        def text(number: int) -> str:
            return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

        return {"kty": "RSA", "kid": name, "use": "sig", "alg": "RS256", "n": text(numbers.n), "e": text(numbers.e)}

    return {"keys": [entry(name) for name in names]}


def token(signed_by: str = "one", kid: str | None = None, algorithm: str = "RS256", **claims: Any) -> str:
    """An id token of the page's client for Ada; a claim given as None is left out."""
    now = int(time.time())
    said = {"sub": ADA, "iss": ISSUER, "aud": "page-client", "token_use": "id", "iat": now, "exp": now + 900}
    said = {name: value for name, value in {**said, "email": "ada@example.com", **claims}.items() if value is not None}
    secret: Any = key(signed_by) if algorithm == "RS256" else "a secret that is long enough for any algorithm of HMAC"
    return jwt.encode(said, "" if algorithm == "none" else secret, algorithm, headers={"kid": kid or signed_by})


def event(method: str, path: str, body: object = None, query: str = "", **parts: Any) -> dict[str, Any]:
    """A request as an HTTP API sends it (payload 2.0); `claims`, `iam`, `headers` and `cookies` go to their places."""
    authorizer: dict[str, Any] = {}
    if "claims" in parts:
        authorizer["jwt"] = {"claims": parts["claims"], "scopes": None}
    if "iam" in parts:
        authorizer["iam"] = {"userArn": parts["iam"], "accountId": "000000000000"}
    headers = {"host": "planner-api.test", "x-forwarded-proto": "https", **parts.get("headers", {})}
    text = body if isinstance(body, str) else None if body is None else json.dumps(body)
    if text is not None:
        headers = {"content-type": "application/json", "content-length": str(len(text.encode())), **headers}
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "cookies": parts.get("cookies", []),
        "requestContext": {"http": http, "stage": "$default", "requestId": "r", "authorizer": authorizer},
        "body": text,
        "isBase64Encoded": False,
    }


class Context:
    """What Lambda tells beside the event."""

    aws_request_id = "invocation"
