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


def downstream(returned: CIMultiDictProxy[str], *, port: int, knows: Callable[[str], bool]) -> CIMultiDict[str]:
    """Return a target's headers as the visitor gets them; addresses of hosts that the door knows become its own."""
    headers = CIMultiDict[str]()
    for name, value in _end_to_end(returned).items():
        if name.lower() in ADDRESSES_RETURNED:
            value = outward(value, port, knows)
        elif name.lower() == "set-cookie":
            value = re.sub(r"(?i)(;\s*domain=\.?[^;\s]+)", rf"\1{SUFFIX}", value)
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
