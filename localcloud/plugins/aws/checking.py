"""Check and Diff: what the engine asks before anything happens. Neither calls the cloud."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localcloud.ledger import HALF_MADE
from localcloud.plugins import differ
from localcloud.plugins.aws import drift, marks, naming, rules, schema
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.provider import UNKNOWN, Check, Checked, Diff, DiffRequest, Failure, Kind, has_unknown

ALWAYS = ("region", "tags", "tagsAll", "__defaults")
_MOST_TAGS, _LONGEST_KEY, _LONGEST_TEXT = 50, 128, 256


def check(entry: Entry, request: Check, default_tags: Mapping[str, str], replaced: str) -> Checked:
    """Return the inputs with name and tags filled in, and everything that AWS or this table would refuse.

    `replaced` is the name of the resource that this one takes over from, if any.
    """
    inputs = {key: value for key, value in request.inputs.items() if value is not None and key != "__defaults"}
    for name in entry.json:
        if isinstance(inputs.get(name), Mapping) and not has_unknown(inputs[name]):
            inputs[name] = json.dumps(inputs[name])
    found = list(_failures(entry, inputs)) or list(_broken_rules(entry, inputs))
    if entry.tags:
        inputs["tagsAll"] = _merged(default_tags, inputs.get("tags", {}))
    if entry.name and entry.name.property not in inputs:
        failure = _named(entry, request, inputs, replaced)
        found += [failure] if failure else []
    return Checked(inputs, found)


def _failures(entry: Entry, inputs: Properties) -> Iterator[Failure]:
    described = schema.resource(entry.token)
    known = {*entry.inputs, "region", *(("tags", "tagsAll") if entry.tags else ())}
    for name in inputs:
        if name in described["inputs"] and name not in known:
            yield Failure(name, f"is not in the embedded cloud's table: {entry.token} knows {', '.join(sorted(known))}")
    yield from schema.failures({**described, "limits": {**described["limits"], **entry.limits}}, inputs)
    for path, reason in entry.refused.items():
        if _reaches(inputs, differ.parse(path)):
            yield Failure(path, f"is not in the embedded cloud's table: {reason}")
    if entry.name and (failure := naming.judged(entry.name, inputs)):
        yield failure
    if entry.tags and isinstance(inputs.get("tags"), Mapping) and (reason := _tags(inputs["tags"])):
        yield Failure("tags", reason)


def _tags(tags: Mapping[str, Any]) -> str:
    """Say what AWS refuses in tags of any type, or nothing."""
    if len(tags) > _MOST_TAGS:
        return f"must be at most {_MOST_TAGS}, got {len(tags)}"
    for key, text in tags.items():
        if key.lower().startswith("aws:"):
            return f"the key {key} must not begin with aws:, which is AWS's own"
        if not 1 <= len(key) <= _LONGEST_KEY:
            return f"a key must have 1 to at most {_LONGEST_KEY} characters, got {len(key)}: {key!r}"
        if isinstance(text, str) and len(text) > _LONGEST_TEXT:
            return f"the value of {key} must have at most {_LONGEST_TEXT} characters, got {len(text)}"
    return ""


def _broken_rules(entry: Entry, inputs: Properties) -> Iterator[Failure]:
    """Yield what the entry's own rules refuse; they may count on the types of what is known."""
    for rule in entry.rules:
        broken = rule(inputs)
        if broken:
            yield Failure("", broken) if isinstance(broken, str) else Failure(*broken)


def _reaches(value: Any, path: Sequence[str]) -> bool:
    """Say whether something known is given at a path; `*` is any item of a list."""
    if not path:
        return value is not None
    if isinstance(value, list):
        return any(_reaches(each, path[1:]) for each in value)
    return isinstance(value, Mapping) and _reaches(value.get(path[0]), path[1:])


def _merged(default_tags: Mapping[str, str], tags: Any) -> Any:
    """Return the provider's tags and the resource's own; mistyped ones are refused by `_failures` already."""
    return UNKNOWN if tags is UNKNOWN else {**default_tags, **(tags if isinstance(tags, Mapping) else {})}


def _named(entry: Entry, request: Check, inputs: Properties, replaced: str) -> Failure | None:
    """Keep the name of last time, or make one up; both are marked as not the program's in `__defaults`."""
    rule = entry.name
    if rule is None or any(rules.given(inputs, each) for each in rule.unless):
        return None
    inputs["__defaults"] = [rule.property]
    kept = request.old_inputs.get(rule.property)
    if kept and rule.property in request.old_inputs.get("__defaults", ()):
        inputs[rule.property] = kept
        return None
    seed = f"{request.urn} {generation(entry, inputs)}"
    name = naming.made_up(rule, request.name, seed, request.autonaming, replaced)
    if isinstance(name, Failure):
        return name
    inputs[rule.property] = name
    return None


def generation(entry: Entry, inputs: Mapping[str, Any]) -> str:
    """Return the mark that a resource with these inputs keeps until one changes that replaces it."""
    return marks.generation(entry, inputs, replacing(entry))


def kept(entry: Entry, inputs: Properties) -> Properties:
    """Return the inputs without which a resource could not be looked for or deleted; none is a secret."""
    own = {entry.name.property} if entry.name else set()
    names = {*entry.local, *replacing(entry), *own, *entry.sought} - {*entry.unseen, *entry.secret}
    return {name: each for name, each in inputs.items() if name in names}


def replacing(entry: Entry) -> list[str]:
    """Return the paths of the inputs whose change replaces a resource of this type."""
    if entry.update is None:
        return sorted({"region", *(name for name in entry.inputs if name not in entry.local)} - set(entry.in_place))
    return sorted(({"region", *schema.resource(entry.token)["replace"], *entry.replace}) - set(entry.in_place))


def diff(entry: Entry, request: DiffRequest, region: str) -> Diff:
    """Compare inputs with inputs; JSON texts parsed, sets without order. `region` is the provider's.

    What the inputs of a half-made resource were may not be known: it is updated, and replaced only where its
    generation is another one.
    """
    old, new = dict(request.old_inputs), dict(request.inputs)
    for name in entry.json:
        if _same_json(old.get(name), new.get(name)):
            new[name] = old[name]
    if old.get("region") is None and new.get("region") == (request.old_outputs.get("region") or region):
        new.pop("region", None)
    elif new.get("region") is None and old.get("region") == region:
        old.pop("region", None)
    changes = differ.diff(old, new, replace=replacing(entry), sets=entry.sets, ignore=("__defaults", *entry.unseen))
    if half_made := request.old_outputs.get(HALF_MADE):
        if has_unknown(new) or half_made == generation(entry, new):
            changes = {path: each.without_replace() for path, each in changes.items()}
        changes[HALF_MADE] = Kind.UPDATE
    else:
        changes = _with_replaces(entry, changes, old, new)
    return Diff(changes, delete_before_replace=entry.replace_first or _same_given_name(entry, old, new))


def _with_replaces(entry: Entry, changes: dict[str, Kind], old: Properties, new: Properties) -> dict[str, Kind]:
    """Return the changes with those marked that replace only sometimes."""
    names = {name for name in {differ.parse(path)[0] for path in changes} if _replaces(entry, name, old, new)}
    return {path: each.with_replace() if differ.parse(path)[0] in names else each for path, each in changes.items()}


def _replaces(entry: Entry, name: str, old: Properties, new: Properties) -> bool:
    """Say whether this change of a property replaces, although not every one does."""
    if name in entry.replace_while and entry.replace_while[name](new):
        return True
    values = old.get(name), new.get(name)
    return name in entry.replace_if and not has_unknown(values) and entry.replace_if[name](*values)


def _same_json(old: Any, new: Any) -> bool:
    return isinstance(old, str) and isinstance(new, str) and old != new and drift.parsed(old) == drift.parsed(new)


def _same_given_name(entry: Entry, old: Properties, new: Properties) -> bool:
    """Say whether the program insists on the name that the old resource still has."""
    if entry.name is None or entry.name.property in new.get("__defaults", ()):
        return False
    name = new.get(entry.name.property)
    return name is not UNKNOWN and name is not None and name == old.get(entry.name.property)
