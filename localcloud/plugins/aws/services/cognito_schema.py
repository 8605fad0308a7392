"""Cognito: the attributes of a user pool beside those that every pool has."""

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties

_PREFIXES = ("dev:custom:", "custom:", "dev:")
_ALWAYS = ("sub", "identities")


def sent_attributes(call: Call, wanted: Sequence[Mapping[str, Any]]) -> list[Properties]:
    """Return attributes as AWS takes them."""
    sent: list[Properties] = call.parameters("create_user_pool", ("schema",), values={"schema": list(wanted)})["Schema"]
    return sent


def own_attributes(live: Sequence[Mapping[str, Any]], wanted: Sequence[Any]) -> list[Properties]:
    """Return the pool's attributes that some program has asked for: custom ones, and standard ones that it changes.

    `wanted` are the program's: a standard attribute among them is returned although it is as in every pool.
    """
    names = {str(each.get("name")) for each in wanted if isinstance(each, Mapping)}
    found = []
    for each in live:
        name = _plain(each["Name"])
        standard = name == each["Name"]
        usual = not each.get("Required", False) and each.get("Mutable", True)
        if name in _ALWAYS or ":" in name or (standard and usual and name not in names):
            continue
        found.append(_attribute(name, each))
    return found


def _plain(name: str) -> str:
    return next((name.removeprefix(each) for each in _PREFIXES if name.startswith(each)), name)


def _attribute(name: str, live: Mapping[str, Any]) -> Properties:
    found: Properties = {
        "name": name,
        "attributeDataType": live["AttributeDataType"],
        "developerOnlyAttribute": live.get("DeveloperOnlyAttribute", False),
        "mutable": live.get("Mutable", True),
        "required": live.get("Required", False),
    }
    for ours, theirs, keys in (
        ("numberAttributeConstraints", "NumberAttributeConstraints", ("maxValue", "minValue")),
        ("stringAttributeConstraints", "StringAttributeConstraints", ("maxLength", "minLength")),
    ):
        limits = {key: (live.get(theirs) or {}).get(f"{key[0].upper()}{key[1:]}") for key in keys}
        if any(each is not None for each in limits.values()):
            found[ours] = {key: each for key, each in limits.items() if each is not None}
    return found


def same_attributes(wanted: Sequence[Mapping[str, Any]], live: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the pool has just these attributes, each as the program says; what it leaves open may be anything."""
    there = {each["name"]: each for each in live}
    right = all(each["name"] in there and _as_wanted(each, there[each["name"]]) for each in wanted)
    return right and {each["name"] for each in wanted} == set(there)


def _as_wanted(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, Mapping):
        there = live if isinstance(live, Mapping) else {}
        return all(_as_wanted(each, there.get(key)) for key, each in wanted.items() if each is not None)
    return str(wanted).lower() == str(live).lower()
