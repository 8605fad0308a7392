"""Signed URLs and cookies: whether a request may see what trusted key groups guard."""

import base64
import fnmatch
import ipaddress
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

NAMES = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
COOKIE = "CloudFront-"
SHA256 = "SHA256"


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused, as CloudFront writes it."""

    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The XML document of the 403."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        ).encode()


DENIED = Refusal("AccessDenied", "Access denied")
NO_KEY = Refusal("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
UNKNOWN_KEY = Refusal("InvalidKey", "Unknown Key")
MALFORMED = Refusal("MalformedPolicy", "Malformed Policy")

Verify = Callable[[str, bytes, bytes, str], bool | None]
"""Takes a key's id, what was signed, the signature and the hash; gives nothing for an unknown key."""


@dataclass(frozen=True)
class Asked:
    """What is looked at of a request."""

    url: str
    """With the scheme and host that the visitor used, without its query."""
    query: str
    cookies: Mapping[str, str]
    client: str


def check(asked: Asked, verify: Verify, now: float | None = None) -> Refusal | None:
    """Return why a request is refused, or nothing: by its query if that has a signature, else by its cookies."""
    parameters = _parameters(asked.query)
    given = {name: parameters[name] for name in NAMES if name in parameters}
    own = remaining(asked.query)
    if "Signature" not in given and "Key-Pair-Id" not in given:
        given = {name: asked.cookies[COOKIE + name] for name in NAMES if COOKIE + name in asked.cookies}
    if "Key-Pair-Id" not in given:
        return NO_KEY
    resource = asked.url + (f"?{own}" if own else "")
    policy = _policy(given, resource)
    if policy is None or "Signature" not in given:
        return MALFORMED if "Policy" in given else DENIED
    signature = _decoded(given["Signature"])
    if signature is None:
        return DENIED
    good = verify(given["Key-Pair-Id"], policy, signature, given.get("Hash-Algorithm", "SHA1"))
    if good is None:
        return UNKNOWN_KEY
    return None if good and _permits(policy, resource, asked.client, now or time.time()) else DENIED


def remaining(query: str) -> str:
    """Return a query without the parameters of a signature, which no origin is sent."""
    return "&".join(part for part in query.split("&") if part and part.partition("=")[0] not in NAMES)


def _parameters(query: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return {name: unquote_plus(value) for name, _, value in pairs}


def _policy(given: Mapping[str, str], resource: str) -> bytes | None:
    """Return the policy that was signed: the one that is given, or the canned one for a time of expiry."""
    if "Policy" in given:
        return _decoded(given["Policy"])
    if not given.get("Expires", "").isdigit():
        return None
    condition = f'{{"DateLessThan":{{"AWS:EpochTime":{given["Expires"]}}}}}'
    return f'{{"Statement":[{{"Resource":"{resource}","Condition":{condition}}}]}}'.encode()


def _decoded(text: str) -> bytes | None:
    """Decode base64 with CloudFront's signs in place of those that an address cannot hold."""
    plain = text.replace("-", "+").replace("_", "=").replace("~", "/")
    try:
        return base64.b64decode(plain, validate=True)
    except ValueError:
        return None


def _permits(policy: bytes, resource: str, client: str, now: float) -> bool:
    try:
        [statement] = json.loads(policy)["Statement"]
        condition = statement["Condition"]
        until = int(condition["DateLessThan"]["AWS:EpochTime"])
        since = int(condition.get("DateGreaterThan", {}).get("AWS:EpochTime", 0))
        network = condition.get("IpAddress", {}).get("AWS:SourceIp", "0.0.0.0/0")
        inside = network == "0.0.0.0/0" or ipaddress.ip_address(client) in ipaddress.ip_network(network, strict=False)
    except (ValueError, KeyError, TypeError):
        return False
    return since <= now < until and inside and _covers(str(statement.get("Resource", "*")), resource)


def _covers(pattern: str, resource: str) -> bool:
    """Say whether a resource of a policy means an address; `*` and `?` are the only wild cards."""
    escaped = re.sub(r"\[", "[[]", pattern)
    return fnmatch.fnmatchcase(resource, escaped) or fnmatch.fnmatchcase(resource.partition("?")[0], escaped)


def cookies_of(header: str) -> dict[str, str]:
    """Return the cookies of a `Cookie` header."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs if name}


def keys_in(groups: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the ids of the public keys in groups: `known` holds each group's configuration by its id."""
    return {key for group in groups for key in (known.get(group) or {}).get("Items", ())}
