"""What AWS refuses and no schema says: rules over several inputs of a type, for `Entry.rules`.

A property that is UNKNOWN counts as given; its value is not judged.
"""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localcloud.plugins.aws.entry import Properties, Rule
from localcloud.plugins.provider import UNKNOWN, has_unknown

Refusal = tuple[str, str] | str | None
ARN = {"pattern": r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws|aws-managed|third-party)?:.+"}
"""For `Entry.limits`: what the official provider takes for an ARN."""
_EXAMPLES = {4: "10.0.0.0/16", 6: "2001:db8::/56"}


def given(inputs: Mapping[str, Any], name: str) -> bool:
    """Say whether the program sets the property; a dotted name looks into objects. UNKNOWN is given."""
    value: Any = inputs
    for part in name.split("."):
        if value is UNKNOWN:
            return True
        value = value.get(part) if isinstance(value, Mapping) else None
    return value is UNKNOWN or (value is not None and value != [] and value != "")


def conflict(*names: str) -> Rule:
    """Return the rule that at most one of the properties may be given."""

    def rule(inputs: Properties) -> Refusal:
        both = [name for name in names if given(inputs, name)]
        return (both[1], f"cannot be given together with {both[0]}") if len(both) > 1 else None

    return rule


def together(*names: str) -> Rule:
    """Return the rule that the properties are given all or none."""

    def rule(inputs: Properties) -> Refusal:
        there = [name for name in names if given(inputs, name)]
        missing = [name for name in names if name not in there]
        return (missing[0], f"must be given when {there[0]} is") if there and missing else None

    return rule


def one_of(*names: str) -> Rule:
    """Return the rule that exactly one of the properties must be given."""

    def rule(inputs: Properties) -> Refusal:
        there = [name for name in names if given(inputs, name)]
        if not there:
            return names[0], f"one of {', '.join(names)} must be given"
        return conflict(*names)(inputs)

    return rule


def needs(name: str, other: str) -> Rule:
    """Return the rule that the property `name` may be given only with `other`."""

    def rule(inputs: Properties) -> Refusal:
        return (other, f"must be given when {name} is") if given(inputs, name) and not given(inputs, other) else None

    return rule


def when(name: str, values: Sequence[Any], rule: Rule) -> Rule:
    """Return a rule that holds only while the property `name` has one of these values (None: it is absent)."""

    def guarded(inputs: Properties) -> Refusal:
        value = inputs.get(name)
        return rule(inputs) if value is not UNKNOWN and value in values else None

    return guarded


def required(*names: str) -> Rule:
    """Return the rule that all the properties must be given; for use in `when`."""

    def rule(inputs: Properties) -> Refusal:
        missing = next((name for name in names if not given(inputs, name)), None)
        return (missing, "is required here and was not given") if missing else None

    return rule


def absent(*names: str) -> Rule:
    """Return the rule that none of the properties may be given; for use in `when`."""

    def rule(inputs: Properties) -> Refusal:
        there = next((name for name in names if given(inputs, name)), None)
        return (there, "cannot be given here") if there else None

    return rule


def value(name: str, allowed: Callable[[Any], bool], reason: str) -> Rule:
    """Return the rule that a given and known value passes `allowed`."""

    def rule(inputs: Properties) -> Refusal:
        got = inputs.get(name)
        if got is None or has_unknown(got) or allowed(got):
            return None
        return name, f"{reason}, got {got!r}"

    return rule


def block(name: str, version: int = 4, widest: int = 0, narrowest: int = 128) -> Rule:
    """Return the rule that a property is an address block of this IP version, no wider and no narrower.

    A block is written by its first address: AWS would change any other, and the official provider refuses it.
    """

    def rule(inputs: Properties) -> Refusal:
        got = inputs.get(name)
        reason = _block(got, version, widest, narrowest) if isinstance(got, str) else ""
        return (name, f"{reason}, got {got!r}") if reason else None

    return rule


def _block(text: str, version: int, widest: int, narrowest: int) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None or network.version != version or "/" not in text:
        return f"must be an IPv{version} block such as {_EXAMPLES[version]}"
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        return f"must be written by its first address, {network}"
    return "" if widest <= network.prefixlen <= narrowest else f"must be /{widest} to /{narrowest}"
