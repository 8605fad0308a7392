"""How a run finds what a killed run has made: two tags that every resource carries and no program sees.

`slipway:urn` says which resource of which stack it is. A resource and the one that replaces it have the same URN:
`slipway:generation`, a hash of the inputs that replace, tells them apart. Made-up names end with the same hash, so that
what has no tags is found by its name.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.call import GENERATION, URN
from localcloud.plugins.aws.entry import Entry
from localcloud.plugins.provider import UNKNOWN

_LONGEST_TAG = 256
# CloudWatch takes the fewest: `$`, which stands between the types of a URN, is not among them.
_REFUSED = re.compile(r"[^\w .:/=+@-]")


def marks(entry: Entry, urn: str, inputs: Mapping[str, Any], replace: list[str]) -> dict[str, str]:
    """Return the tags for a resource with these inputs; `replace` are the paths of those that replace."""
    return {URN: shortened(urn), GENERATION: generation(entry, inputs, replace)}


def generation(entry: Entry, inputs: Mapping[str, Any], replace: list[str]) -> str:
    """Return 12 hex digits that change when an input which replaces the resource changes.

    A made-up name does not count: the state of a killed run, and with it the name, may be lost.
    """
    made_up = entry.name.property if entry.name and entry.name.property in inputs.get("__defaults", ()) else ""
    names = {path.split(".")[0].split("[")[0] for path in replace} | {"region"}
    chosen = {name: inputs.get(name) for name in sorted(names) if name != made_up}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True, default=_unknown).encode()).hexdigest()[:12]


def shortened(urn: str) -> str:
    """Return the URN as the value of a tag: with letters that every service takes, a long one's end behind a hash."""
    urn = _REFUSED.sub("/", urn)
    if len(urn) <= _LONGEST_TAG:
        return urn
    digest = hashlib.sha256(urn.encode()).hexdigest()[:16]
    return f"{digest}:{urn[-(_LONGEST_TAG - 17) :]}"


def without(tags: Mapping[str, str]) -> dict[str, str]:
    """Return live tags as the program may see them."""
    return {key: value for key, value in tags.items() if key not in (URN, GENERATION)}


def _unknown(value: Any) -> str:
    if value is UNKNOWN:
        return "unknown"
    raise TypeError(f"{type(value).__name__} is not an input value")
