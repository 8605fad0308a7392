"""What a function is given and gives back: the payload of an HTTP API in format 2.0."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import access_log

TEXTS = ("application/json", "application/xml", "application/javascript")
PLAIN = "text/plain;charset=UTF-8"


@dataclass
class Call:
    """One request to a stage of an API."""

    account: str
    region: str
    api: str
    stage: str
    domain: str
    """The host name on AWS."""
    method: str
    path: str
    """As sent, decoded: what functions see as `rawPath`."""
    inner: str
    """Without the mapping's key: what routes are matched by."""
    raw_path: bytes
    raw_query: str
    headers: dict[str, str]
    """Lower-case names; values of a repeated one joined by commas; without cookies."""
    cookies: list[str]
    query: dict[str, list[str]]
    body: bytes
    client: str
    began: float = field(default_factory=time.time)
    identity: str = field(default_factory=access_log.request_id)
    route: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    authorizer: dict[str, Any] | None = None
    integration_error: str = ""

    def context(self, status: int, length: int) -> dict[str, object]:
        """Return the variables that an access log may name."""
        now = time.time()
        claims = (self.authorizer or {}).get("jwt", {}).get("claims", {})
        return {
            **access_log.times(self.began),
            "accountId": self.account,
            "apiId": self.api,
            "domainName": self.domain,
            "domainPrefix": self.domain.partition(".")[0],
            "stage": self.stage,
            "requestId": self.identity,
            "extendedRequestId": self.identity,
            "httpMethod": self.method,
            "path": self.path,
            "protocol": "HTTP/1.1",
            "routeKey": self.route,
            "status": status,
            "responseLength": length,
            "responseLatency": int((now - self.began) * 1000),
            "identity.sourceIp": self.client,
            "identity.userAgent": self.headers.get("user-agent", ""),
            "integrationErrorMessage": self.integration_error,
            "integration.error": self.integration_error,
            "error.message": self.integration_error,
            **{f"authorizer.claims.{name}": value for name, value in claims.items()},
        }


def event(call: Call) -> dict[str, Any]:
    """Return the event for a request; what a request lacks is left out, as on AWS."""
    body, encoded = _body(call)
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": call.route,
        "rawPath": call.path,
        "rawQueryString": call.raw_query,
        "headers": call.headers,
        "requestContext": {
            "accountId": call.account,
            "apiId": call.api,
            "domainName": call.domain,
            "domainPrefix": call.domain.partition(".")[0],
            "http": {
                "method": call.method,
                "path": call.path,
                "protocol": "HTTP/1.1",
                "sourceIp": call.client,
                "userAgent": call.headers.get("user-agent", ""),
            },
            "requestId": call.identity,
            "routeKey": call.route,
            "stage": call.stage,
            "time": access_log.times(call.began)["requestTime"],
            "timeEpoch": int(call.began * 1000),
        },
        "isBase64Encoded": encoded,
    }
    optional = {
        "cookies": call.cookies,
        "queryStringParameters": {name: ",".join(values) for name, values in call.query.items()},
        "pathParameters": call.parameters,
        "body": body,
    }
    made |= {name: value for name, value in optional.items() if value}
    if call.authorizer:
        made["requestContext"]["authorizer"] = call.authorizer
    return made


def _body(call: Call) -> tuple[str, bool]:
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in TEXTS:
        return call.body.decode("utf-8", "replace"), False
    return base64.b64encode(call.body).decode(), bool(call.body)


@dataclass
class Answer:
    """What goes back to the caller; a header may come more than once."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def refused(status: int, message: str, **headers: str) -> Answer:
    """Return an answer of the gateway itself; `www_authenticate` stands for `www-authenticate`."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items() if value]
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    return Answer(status, [("content-type", "application/json"), *named], body)


FAILED = (500, "Internal Server Error")
UNAVAILABLE = (503, "Service Unavailable")


def answer(result: Mapping[str, Any]) -> Answer:
    """Turn what an execution of the function gave into an answer."""
    if result.get("throttle"):
        return refused(*UNAVAILABLE)
    if result.get("error"):
        return refused(*FAILED)
    given = result.get("body")
    if not isinstance(given, dict) or "statusCode" not in given:
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        return Answer(200, [("content-type", "application/json")], text.encode())
    try:
        return _structured(given)
    except (TypeError, ValueError, AttributeError):
        return refused(*FAILED)


def _structured(given: Mapping[str, Any]) -> Answer:
    headers = [(str(name).lower(), _text(value)) for name, value in (given.get("headers") or {}).items()]
    headers += [("set-cookie", str(each)) for each in given.get("cookies") or ()]
    if not any(name == "content-type" for name, _ in headers):
        headers.insert(0, ("content-type", PLAIN))
    content = given.get("body") or ""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    body = base64.b64decode(text) if given.get("isBase64Encoded") else text.encode()
    return Answer(int(given["statusCode"]), headers, body)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
