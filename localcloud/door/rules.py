"""Listener rules as Elastic Load Balancing reads them: which one a request matches, and what it then does."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from localcloud.door.view import Listener


@dataclass(frozen=True)
class Asked:
    """The parts of a request that rules look at; header names in lower case."""

    host: str
    path: str
    method: str
    query: Sequence[tuple[str, str]]
    query_string: str
    headers: Mapping[str, Sequence[str]]
    client: str


@dataclass(frozen=True)
class Forward:
    """Send the request to one of these target groups: (ARN, weight)."""

    groups: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Redirect:
    """Answer with another address, which is written as on AWS."""

    status: int
    location: str


@dataclass(frozen=True)
class Fixed:
    """Answer with a text."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True)
class Unsupported:
    """An action the door does not do, such as a login by the load balancer."""

    kind: str


Decision = Forward | Redirect | Fixed | Unsupported


def decide(listener: Listener, asked: Asked) -> Decision:
    """Return what the first matching rule does; a listener always has a default rule."""
    rule = next(rule for rule in listener.rules if all(matches(each, asked) for each in rule.get("Conditions") or ()))
    actions = sorted(rule["Actions"], key=lambda action: action.get("Order") or 1)
    return _action(actions[0], listener, asked)


def matches(condition: Mapping[str, Any], asked: Asked) -> bool:
    """Say whether a request meets one condition of a rule; an unknown kind of condition is never met."""
    values = _values(condition)
    match condition["Field"]:
        case "host-header":
            return any(_like(value, asked.host, ignore_case=True) for value in values)
        case "path-pattern":
            return any(_like(value, asked.path) for value in values)
        case "http-request-method":
            return asked.method in values
        case "http-header":
            name = str((condition.get("HttpHeaderConfig") or {}).get("HttpHeaderName", "")).lower()
            sent = asked.headers.get(name, ())
            return any(_like(value, each, ignore_case=True) for value in values for each in sent)
        case "query-string":
            return any(_in_query(value, asked.query) for value in values)
        case "source-ip":
            return any(_inside(asked.client, value) for value in values)
    return False


def _values(condition: Mapping[str, Any]) -> Sequence[Any]:
    """Return a condition's values, in the short form or in the form of its kind (`PathPatternConfig`)."""
    if condition.get("Values"):
        return list(condition["Values"])
    for key, config in condition.items():
        if key.endswith("Config") and config:
            return list(config.get("Values") or ())
    return []


@lru_cache(maxsize=1024)
def _pattern(value: str, ignore_case: bool) -> re.Pattern[str]:
    """`*` stands for any number of characters and `?` for one; nothing else is special."""
    parts = {"*": ".*", "?": "."}
    text = "".join(parts.get(character, re.escape(character)) for character in value)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _like(value: str, text: str, *, ignore_case: bool = False) -> bool:
    return _pattern(value, ignore_case).fullmatch(text) is not None


def _in_query(value: Any, query: Iterable[tuple[str, str]]) -> bool:
    """Match `{"Key": …, "Value": …}` or its short form `key=value`; without a key any parameter's value counts."""
    if isinstance(value, str):
        key, _, text = value.rpartition("=")
    else:
        key, text = value.get("Key") or "", value.get("Value") or ""
    return any(
        (not key or _like(key, name, ignore_case=True)) and _like(text, sent, ignore_case=True) for name, sent in query
    )


def _inside(client: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _action(action: Mapping[str, Any], listener: Listener, asked: Asked) -> Decision:
    match action["Type"]:
        case "forward":
            weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or [action]
            return Forward(tuple((each["TargetGroupArn"], int(each.get("Weight", 1))) for each in weighted))
        case "redirect":
            config = action["RedirectConfig"]
            status = 301 if str(config["StatusCode"]) in ("HTTP_301", "301") else 302
            return Redirect(status, _location(config, listener, asked))
        case "fixed-response":
            config = action["FixedResponseConfig"]
            return Fixed(int(config["StatusCode"]), config.get("ContentType") or "text/plain", _text(config))
        case other:
            return Unsupported(str(other))


def _text(config: Mapping[str, Any]) -> str:
    return str(config.get("MessageBody") or "")


def _location(config: Mapping[str, Any], listener: Listener, asked: Asked) -> str:
    """Fill in `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}`; leave the scheme's own port away."""
    own = {
        "protocol": listener.scheme,
        "host": asked.host,
        "port": str(listener.port),
        "path": asked.path.removeprefix("/"),
        "query": asked.query_string,
    }

    def fill(key: str, default: str) -> str:
        text = str(config.get(key) or default)
        return re.sub(r"#\{(\w+)\}", lambda match: own.get(match[1], match[0]), text)

    protocol, port = fill("Protocol", "#{protocol}").lower(), fill("Port", "#{port}")
    authority = fill("Host", "#{host}")
    usual: dict[str, Literal["443", "80"]] = {"https": "443", "http": "80"}
    if port != usual.get(protocol):
        authority = f"{authority}:{port}"
    query = fill("Query", "#{query}")
    return f"{protocol}://{authority}{fill('Path', '/#{path}')}" + (f"?{query}" if query else "")
