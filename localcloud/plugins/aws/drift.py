"""What the live resource says about the program's inputs: equal, changed, or something the program never set."""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.entry import Entry, Properties

_EMPTY: tuple[Any, ...] = (None, "", [], {}, False, 0)


def inputs(entry: Entry, given: Properties, live: Properties) -> Properties:
    """Return the inputs that would make the resource as it is now.

    A given input stays as the program wrote it while the live value means the same. An absent one appears only
    where AWS's default is known and the live value differs, or, without any given inputs (an import), where
    it has a value.
    """
    found: Properties = {key: value for key, value in given.items() if key.startswith("__")}
    importing = not given
    if "region" in given:
        found["region"] = given["region"]
    for name in entry.inputs:
        actual = live.get(name)
        if name in given and (name in entry.local or name in entry.dropped):
            found[name] = given[name]
        elif name in given:
            value = nearest(entry, name, given[name], actual)
            if value is not None:
                found[name] = value
        elif name in entry.defaults:
            if not means(entry, name, entry.defaults[name], actual):
                found[name] = actual
        elif importing and actual not in _EMPTY and name not in entry.local:
            found[name] = actual
    return found


def outputs(entry: Entry, given: Properties, live: Properties) -> Properties:
    """Return the live properties, with the program's own words where they mean the same.

    What the emulator does not give back, and what never reached it, is taken from the program.
    """
    found = dict(live)
    for name in entry.inputs:
        if name in entry.unseen:
            found.pop(name, None)
            continue
        if name not in given or given[name] is None:
            continue
        plain = not isinstance(given[name], (list, Mapping)) or name in entry.sets
        if name in entry.local or name in entry.dropped or (plain and means(entry, name, given[name], live.get(name))):
            found[name] = given[name]
    return found


def nearest(entry: Entry, path: str, given: Any, live: Any) -> Any:
    """Return the live value in the program's words: what means the same stays, what it never set is left out."""
    if means(entry, path, given, live):
        return given
    if path in entry.same or path in entry.json:
        return live
    if isinstance(given, Mapping) and isinstance(live, Mapping):
        found = {key: nearest(entry, f"{path}.{key}", each, live.get(key)) for key, each in given.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(given, list) and isinstance(live, list):
        inside = f"{path}[*]"
        if path in entry.sets:
            return [next((one for one in given if means(entry, inside, one, other)), other) for other in live]
        same_length = len(given) == len(live)
        return [nearest(entry, inside, *pair) for pair in zip(given, live, strict=True)] if same_length else live
    return live


def means(entry: Entry, path: str, given: Any, live: Any) -> bool:
    """Say whether a live value is what the program gave: JSON parsed, sets without order, AWS's additions ignored."""
    if path in entry.same and given is not None and live is not None:
        return bool(entry.same[path](given, live))
    if path in entry.json and isinstance(given, str) and isinstance(live, str):
        return bool(parsed(given) == parsed(live))
    if isinstance(given, Mapping) and isinstance(live, Mapping):
        return all(means(entry, f"{path}.{key}", each, live.get(key)) for key, each in given.items())
    if isinstance(given, list) and isinstance(live, list):
        return _lists(entry, path, given, live)
    if live is None or given is None:
        return given in _EMPTY and live in _EMPTY
    if isinstance(given, bool) or isinstance(live, bool):
        return str(given).lower() == str(live).lower()
    return bool(given == live) or str(given) == str(live)


def _lists(entry: Entry, path: str, given: list[Any], live: list[Any]) -> bool:
    if len(given) != len(live):
        return False
    inside = f"{path}[*]"
    if path not in entry.sets:
        return all(means(entry, inside, one, other) for one, other in zip(given, live, strict=True))
    rest = list(live)
    for one in given:
        twin = next((other for other in rest if means(entry, inside, one, other)), None)
        if twin is None:
            return False
        rest.remove(twin)
    return True


def parsed(text: str) -> Any:
    """Return JSON text parsed, other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def tags(live: Mapping[str, str], given: Properties, defaults: Mapping[str, str]) -> Properties:
    """Return `tags` and `tagsAll` for live tags: what equals a default tag of the provider is not the program's."""
    own = given.get("tags") or {}
    mine = {key: value for key, value in live.items() if key in own or defaults.get(key) != value}
    found: Properties = {"tagsAll": dict(live)}
    if mine or "tags" in given:
        found["tags"] = mine
    return found
