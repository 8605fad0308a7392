"""Physical names for resources that the program gives none: `<logical name>-<7 hex digits>`, within AWS's limits."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.entry import Name
from localcloud.plugins.provider import UNKNOWN, Autonaming, Failure

_TAIL = re.compile(r"[-_]?([0-9a-f]{4,16})$")
_DIGITS = 7


def made_up(rule: Name, logical: str, seed: str, autonaming: Autonaming | None, taken: str = "") -> str | Failure:
    """Return a name made from the logical one; the same seed gives the same name.

    A name that the project's `pulumi:autonaming` proposes keeps its shape and gets the seed's digits for its
    random ones, so that a run after a kill finds what was made. `taken` is the name of the resource that this one
    replaces: the digits then differ from it.
    """
    if autonaming is not None and autonaming.mode == "disable":
        return Failure(rule.property, "is required: the project has switched automatic names off")
    if autonaming is not None and autonaming.mode == "enforce":
        name = autonaming.proposed_name
        reason = refused(rule, name)
        return Failure(rule.property, f"the project's automatic name {reason}") if reason else name
    for attempt in range(2):
        name = rule.prefix + _shaped(
            rule, logical, hashlib.sha256(f"{seed}{attempt or ''}".encode()).hexdigest(), autonaming
        )
        if name != taken:
            break
    reason = refused(rule, name)
    return Failure(rule.property, f"cannot be made from the resource's name: {reason}") if reason else name


def _shaped(rule: Name, logical: str, digits: str, autonaming: Autonaming | None) -> str:
    stem, tail = logical, f"{rule.separator}{digits[:_DIGITS]}"
    if autonaming is not None:
        proposed = autonaming.proposed_name
        found = _TAIL.search(proposed)
        if not found or proposed == logical:
            stem, tail = proposed, ""
        else:
            stem = proposed[: found.start()]
            tail = found.group().replace(found.group(1), digits[: len(found.group(1))])
    name = stem[: rule.longest - len(rule.prefix) - len(tail)].rstrip("-_.") + tail
    return name.lower() if rule.lower else name


def refused(rule: Name, name: str) -> str:
    """Say what AWS would refuse in a name, or nothing."""
    if len(name) > rule.longest:
        return f"must have at most {rule.longest} characters, got {len(name)}: {name!r}"
    if rule.pattern and not re.fullmatch(rule.pattern, name):
        return f"must match {rule.pattern}, got {name!r}"
    return ""


def judged(rule: Name, inputs: Mapping[str, Any]) -> Failure | None:
    """Return why a name given by the program is refused, or nothing."""
    name = inputs.get(rule.property)
    if name is UNKNOWN or not isinstance(name, str):
        return None
    reason = refused(rule, name)
    return Failure(rule.property, reason) if reason else None
