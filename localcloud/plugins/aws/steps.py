"""Declarative steps for entries: one call of boto3 in a line. Each is a callable of a `Call`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jmespath

from localcloud.plugins.aws import shapes
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties, Step

ALL = ("*",)
"""Every input of the entry that is not local."""


@dataclass(frozen=True)
class Op:
    """One call. Inputs named in `take` become parameters by their letters; `params` are fixed ones beside them.

    Texts in `params` are filled in: `$id`, `$region`, `$account`, `$input.name`, `$state.arn`; one that is not there
    leaves its parameter out. `pick` is the jmespath of what is returned.
    """

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    take: Sequence[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    pick: str = ""
    when: Sequence[str] = ()
    """Only when one of these inputs has changed; for updates."""
    tagged: bool = False
    """Whether tags go along; the entry's create step sets it by itself when it is an Op."""

    def __call__(self, call: Call) -> Any:
        """Make the call, or return None when nothing of `when` has changed."""
        if self.when and not call.changed(*self.when):
            return None
        parameters = filled(self.params, call)
        parameters.update(call.parameters(self.method, taken(self.take, call), self.rename))
        if self.tagged:
            parameters.update(tag_parameters(call))
        answer = call.api(self.method, **parameters)
        return jmespath.search(self.pick, answer) if self.pick else answer


@dataclass(frozen=True)
class Read:
    """Describe the resource: `pick` is its place in the answer, `extra(call, live)` adds or overrides properties."""

    method: str
    params: Mapping[str, Any]
    pick: str
    rename: Mapping[str, str] = field(default_factory=dict)
    extra: Callable[[Call, Properties], Properties] | None = None

    def __call__(self, call: Call) -> Properties | None:
        """Return the live properties, or None when there is no such resource."""
        answer = call.api(self.method, **filled(self.params, call))
        live = jmespath.search(self.pick, answer) if self.pick else answer
        if not live:
            return None
        found = call.properties(live, self.rename)
        more = self.extra
        return {**found, **more(call, live)} if more else found


@dataclass(frozen=True)
class Patch:
    """Change what has changed, in one call: the inputs named in `empty`, each with its value once it is taken away.

    An empty value of None is left out of the call.
    """

    method: str
    params: Mapping[str, Any]
    empty: Mapping[str, Any]
    rename: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, call: Call) -> None:
        """Make the call, unless nothing that it carries has changed."""
        sent = changes(call, self.method, self.empty, self.rename)
        if sent:
            call.api(self.method, **filled(self.params, call), **sent)


@dataclass(frozen=True)
class Find:
    """Look for what an interrupted run has made: the first item of `path` with this resource's marks in its tags."""

    method: str
    path: str
    id: str
    """Key of the id in an item."""
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: str = "Tags"

    def __call__(self, call: Call) -> str | None:
        """Return the id of what an interrupted run has made, or None."""
        items = jmespath.search(self.path, call.api(self.method, **filled(self.params, call))) or ()
        for item in items:
            if str(item[self.id]) not in call.known and call.mine(item.get(self.tags)):
                return str(item[self.id])
        return None


@dataclass(frozen=True)
class Named:
    """Look for what an interrupted run has made by its name: the one that has it is read, and its tags say whose it is.

    `id` is the id that the resource would have, filled in as `Op.params` is, or a function that says it.
    """

    id: str | Callable[[Call], str | None] = "$input.name"

    def __call__(self, call: Call) -> str | None:
        """Return the id of what an interrupted run has made, or None."""
        wanted = self.id(call) if callable(self.id) else filled(self.id, call)
        if not wanted or not isinstance(call.entry, Entry):
            return None
        there = replace(call, id=str(wanted))
        live = call.entry.read(there)
        return there.id if live is not None and call.mine(live_tags(there, live)) else None


def each(*steps: Step) -> Step:
    """Return the step that runs all these one after the other and returns nothing."""

    def run(call: Call) -> None:
        for step in steps:
            step(call)

    return run


def changes(call: Call, method: str, empty: Mapping[str, Any], rename: Mapping[str, str] | None = None) -> Properties:
    """Return parameters of a method for the inputs of `empty` that have changed; see `Patch`."""
    changed = [name for name in empty if call.changed(name)]
    wanted = {name: call.inputs.get(name, empty[name]) for name in changed}
    return call.parameters(method, changed, rename, values=wanted)


def pages(call: Call, method: str, path: str, ask: str = "NextToken", told: str = "", **parameters: Any) -> list[Any]:
    """Return the items of a list that AWS answers in pages; `path` is their jmespath.

    `ask` is the parameter that asks for the next page; `told` is the jmespath of what to ask for, the same by default.
    """
    found: list[Any] = []
    more: Properties = {}
    while True:
        answer = call.api(method, **parameters, **more)
        found += jmespath.search(path, answer) or ()
        following = jmespath.search(told or ask, answer)
        if not following:
            return found
        more = {ask: following}


def settled(call: Call) -> None:
    """Do nothing: the update of a type whose `settle` brings it to its inputs."""


def taken(names: Sequence[str], call: Call) -> Sequence[str]:
    """Return the input names that `take` stands for."""
    if tuple(names) != ALL:
        return names
    local = call.entry.local if isinstance(call.entry, Entry) else ()
    return [name for name in call.entry.inputs if name not in local]


def tag_parameters(call: Call) -> Properties:
    """Return the parameters of a create call that carry the tags, marks included; nothing to write, none."""
    tags = call.entry.tags if isinstance(call.entry, Entry) else None
    if tags is None or tags.after or not call.tags:
        return {}
    written = tag_pairs(call, call.tags)
    return tags.create(call, written) if tags.create else {tags.member: written}


def tag_pairs(call: Call, tags: Mapping[str, str]) -> Any:
    """Return tags as the entry's service wants them: a list of pairs, or a map."""
    shape = call.entry.tags if isinstance(call.entry, Entry) else None
    if shape is None or not shape.key:
        return dict(tags)
    return [{shape.key: key, shape.value: value} for key, value in sorted(tags.items())]


def live_tags(call: Call, live: Properties) -> dict[str, str]:
    """Return the tags of a described resource, asking for them where the description has none."""
    shape = call.entry.tags if isinstance(call.entry, Entry) else None
    if shape is not None and callable(shape.list):
        return shapes.pairs(shape.list(call))
    if shape is not None and isinstance(shape.list, str) and shape.list:
        return shapes.pairs(jmespath.search(shape.listed, call.api(shape.list, **shape.owner(call))))
    return shapes.pairs(live.get("tags"))


def filled(params: Any, call: Call) -> Any:
    """Return parameters with their `$…` texts replaced; what is not there is left out."""
    if isinstance(params, Mapping):
        found = {key: filled(value, call) for key, value in params.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(params, (list, tuple)):
        return [value for value in (filled(value, call) for value in params) if value is not None]
    if not isinstance(params, str) or not params.startswith("$"):
        return params
    where, _, name = params[1:].partition(".")
    if name:
        return {"input": call.inputs, "state": call.state, "old": call.old}[where].get(name)
    return {"id": call.id, "region": call.region, "account": call.account}[where]
