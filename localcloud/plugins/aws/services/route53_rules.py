"""Route 53: what AWS refuses in a record."""

import ipaddress
import re
from typing import Any

from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.aws.rules import given
from localcloud.plugins.provider import UNKNOWN, has_unknown

POLICIES = (
    "weightedRoutingPolicies",
    "failoverRoutingPolicies",
    "latencyRoutingPolicies",
    "geolocationRoutingPolicies",
    "multivalueAnswerRoutingPolicy",
)
"""Inputs that say which of several records of one name is answered."""


def plain_or_alias(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a record has either an alias or values with a time to live."""
    if given(inputs, "aliases"):
        wrong = next((name for name in ("records", "ttl") if given(inputs, name)), None)
        return (wrong, "cannot be given together with aliases") if wrong else None
    missing = next((name for name in ("records", "ttl") if not given(inputs, name)), None)
    return (missing, "must be given for a record without aliases") if missing else None


def routed(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a routing policy comes alone and with a set identifier, and the identifier with a policy."""
    chosen = [name for name in POLICIES if given(inputs, name) and inputs[name] is not False]
    if len(chosen) > 1:
        return chosen[1], f"cannot be given together with {chosen[0]}"
    if chosen and not given(inputs, "setIdentifier"):
        return "setIdentifier", f"must be given when {chosen[0]} is"
    if not chosen and given(inputs, "setIdentifier"):
        return "setIdentifier", "means something with a routing policy only"
    several = next((name for name in chosen if isinstance(inputs[name], list) and len(inputs[name]) > 1), None)
    return (several, "can be given once") if several else None


def values(inputs: Properties) -> tuple[str, str] | None:
    """Judge the values by the record's type."""
    kind, values = inputs.get("type"), inputs.get("records")
    if not isinstance(values, list) or not isinstance(kind, str):
        return None
    if kind == "CNAME" and len(values) > 1:
        return "records", f"a CNAME has one value, got {len(values)}"
    if kind in ("A", "AAAA"):
        version = 4 if kind == "A" else 6
        wrong = next((each for each in values if each is not UNKNOWN and _version(str(each)) != version), None)
        return ("records", f"must be IPv{version} addresses, got {wrong!r}") if wrong is not None else None
    if kind == "MX":
        shape = re.compile(r"\d{1,5} \S+")
        wrong = next((each for each in values if each is not UNKNOWN and not shape.fullmatch(str(each))), None)
        return ("records", f"must be like '10 mail.example.com', got {wrong!r}") if wrong is not None else None
    return None


def _version(text: str) -> int:
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0


def weight(policies: list[Any]) -> bool:
    """Say whether every weight is one that AWS takes."""
    return has_unknown(policies) or all(0 <= int(each.get("weight", -1)) <= 255 for each in policies)
