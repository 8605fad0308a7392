"""Headers on their way through: what is dropped, added, and turned from AWS's addresses into the door's and back."""

import re
import secrets
import time
from collections.abc import Callable

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

SUFFIX = ".localhost"

HOP_BY_HOP = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection and not to the request."""

HTTPS_ONLY = frozenset({"strict-transport-security"})
POLICIES = frozenset({"content-security-policy", "content-security-policy-report-only"})
INSISTENT = frozenset({"upgrade-insecure-requests", "block-all-mixed-content"})
"""Directives of a policy that only HTTPS can meet."""
AWS = "amazonaws.com"

ADDRESSES_SENT = ("Origin", "Referer")
ADDRESSES_RETURNED = frozenset({"location", "content-location", "access-control-allow-origin"})


def upstream(
    sent: CIMultiDictProxy[str] | CIMultiDict[str], *, host: str, scheme: str, port: int, client: str
) -> CIMultiDict[str]:
    """Return a visitor's headers as the load balancer would hand them on.

    `host` is the name on AWS, `scheme` and `port` those of the listener, `client` the visitor's address.
    """
    headers = _end_to_end(sent)
    headers["Host"] = host
    before = headers.get("X-Forwarded-For")
    headers["X-Forwarded-For"] = f"{before}, {client}" if before else client
    headers["X-Forwarded-Proto"] = scheme
    headers["X-Forwarded-Port"] = str(port)
    headers["X-Forwarded-Host"] = host
    headers.setdefault("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}")
    for name in ADDRESSES_SENT:
        if name in headers:
            headers[name] = inward(headers[name], scheme)
    return headers


def downstream(
    returned: CIMultiDictProxy[str], *, port: int, knows: Callable[[str], bool], cloud: str | None = None
) -> CIMultiDict[str]:
    """Return a target's headers as the visitor gets them; addresses of hosts that the door knows become its own.

    What makes a browser insist on HTTPS is dropped. `cloud` is the endpoint that stands for AWS's on this machine.
    """
    headers = CIMultiDict[str]()
    for name, value in _end_to_end(returned).items():
        if name.lower() in HTTPS_ONLY:
            continue
        if name.lower() in ADDRESSES_RETURNED:
            value = outward(value, port, knows)
        elif name.lower() in POLICIES:
            value = policy(value, port, knows, cloud)
        elif name.lower() == "set-cookie":
            value = cookie(value)
        headers.add(name, value)
    headers.setdefault("Server", "localcloud")
    return headers


def inward(address: str, scheme: str) -> str:
    """Turn `http://HOST.localhost:PORT/…` into what the browser would say on AWS: `https://HOST/…`."""
    url = _parsed(address)
    if url is None or not url.host or not url.host.endswith(SUFFIX):
        return address
    return f"{scheme}://{url.host.removesuffix(SUFFIX)}{_rest(address)}"


def outward(address: str, port: int, knows: Callable[[str], bool]) -> str:
    """Turn `https://HOST/…` of a host that the door serves into `http://HOST.localhost:PORT/…`."""
    url = _parsed(address)
    if url is None or url.scheme not in ("http", "https") or not url.host or not knows(url.host):
        return address
    return f"http://{url.host}{SUFFIX}:{port}{_rest(address)}"


def cookie(text: str) -> str:
    """Return a `Set-Cookie` that works here: its domain is the door's, and it is sent over plain HTTP too.

    Browsers treat this machine as secure, other clients do not. Names and settings that demand `Secure` keep it.
    """
    text = re.sub(r"(?i)(;\s*domain=\.?[^;\s]+)", rf"\1{SUFFIX}", text)
    if text.startswith("__") or re.search(r"(?i);\s*samesite=none", text):
        return text
    return re.sub(r"(?i);\s*secure\s*(?=;|$)", "", text)


def policy(text: str, port: int, knows: Callable[[str], bool], cloud: str | None) -> str:
    """Return a content security policy that means on this machine what it means on AWS.

    A source of AWS's gets the cloud's endpoint beside it, one that the door serves the door's address.
    """
    directives = []
    for directive in text.split(";"):
        name, *sources = directive.split() or [""]
        if not name or name.lower() in INSISTENT:
            continue
        added = {outward(source, port, knows) for source in sources} - set(sources)
        if cloud and any(_is_aws(source) for source in sources):
            added.add(cloud)
        directives.append(" ".join([name, *sources, *sorted(added)]))
    return "; ".join(directives)


def _is_aws(source: str) -> bool:
    host = re.sub(r"^[a-z]+://", "", source.lower()).partition("/")[0].partition(":")[0]
    return host == AWS or host.endswith(f".{AWS}")


def _parsed(address: str) -> URL | None:
    try:
        return URL(address, encoded=True)
    except ValueError:
        return None


def _rest(address: str) -> str:
    """Return what follows scheme and authority, as it stood."""
    return re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*", "", address)


def _end_to_end(headers: CIMultiDictProxy[str] | CIMultiDict[str]) -> CIMultiDict[str]:
    """Return the headers without those of the connection, named by the standard or by `Connection` itself."""
    dropped = {part.strip().lower() for line in headers.getall("Connection", []) for part in line.split(",")}
    dropped |= HOP_BY_HOP
    kept = CIMultiDict[str]()
    for name, value in headers.items():
        if name.lower() not in dropped:
            kept.add(name, value)
    return kept
