"""The same test for every entry of the aws table: its life on the emulator, through the provider's own methods.

create → read gives the same inputs → no change → a killed run's create takes it over → a run that knows only what a
ledger keeps of it finishes it in place → each update in place, seen by a read with the old inputs as drift → what AWS
replaces is said to replace → delete by what a ledger keeps → gone.

A case is data:

    Case(
        token="aws:ec2/subnet:Subnet",
        parents=(VPC,),
        inputs={"vpcId": "${vpc.id}", "cidrBlock": "10.0.0.0/24"},
        updates=({"mapPublicIpOnLaunch": True}, {"tags": {"team": "x"}}),   # one on top of the other; None removes
        replaces=({"cidrBlock": "10.0.1.0/24"},),
    )

`${name.property}` is an output (or `id`) of a parent, or `${account}`, `${region}`; any other `${…}` stays as it is.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from localcloud import ledger
from localcloud.ledger import BEGUN, HALF_MADE
from localcloud.plugins import differ
from localcloud.plugins.aws import checking, drift, schema, table
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import Check, Create, Delete, DiffRequest, Read, Secret, Update

ACCOUNT = "222222222222"
REGION = "eu-west-1"
_REFERENCE = re.compile(r"\$\{([a-zA-Z0-9_]+)(?:\.([a-zA-Z0-9_\[\].]+))?\}")


@dataclass(frozen=True)
class Parent:
    """A resource that must be there first; its inputs may refer to the parents before it."""

    name: str
    token: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """The life of one resource. `label` tells cases of one token apart."""

    token: str
    inputs: Mapping[str, Any]
    label: str = ""
    parents: Sequence[Parent] = ()
    before: Callable[[Life], None] | None = None
    """Puts in place what is no resource, when the parents are there (a file in a bucket)."""
    updates: Sequence[Mapping[str, Any]] = ()
    """Changes made in place, one after the other, each on top of the last; None takes an input away."""
    replaces: Sequence[Mapping[str, Any]] = ()
    """Changes to the first inputs, each of which replaces the resource."""
    refused: Sequence[Mapping[str, Any]] = ()
    """Changes to the first inputs, each of which Check refuses."""
    stays: str = ""
    """Why a read still answers after delete, as on AWS (a setting of a bucket that falls back to its default)."""
    unread: Sequence[str] = ()
    """Inputs of this case that read cannot compare (another spelling of the same thing): they count as unproven."""
    unimported: Sequence[str] = ()
    """Inputs that an import cannot tell apart from others, while a refresh can."""

    def __str__(self) -> str:
        return f"{self.token.rpartition(':')[2]}{f'-{self.label}' if self.label else ''}"


@dataclass
class Made:
    """A resource that a test has made."""

    token: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def urn(self) -> str:
        """The URN by which the provider knows it."""
        return f"urn:pulumi:conformance::slipway::{self.token}::{self.name}"


def cases() -> list[Case]:
    """Return the cases of all files in `cases/`."""
    package = importlib.import_module("localcloud.tests.plugins.aws.cases")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [case for name in names for case in importlib.import_module(f"{package.__name__}.{name}").CASES]


def proven() -> dict[str, set[str]]:
    """Return the inputs of each token that some case sets, so that its read gives them back."""
    found: dict[str, set[str]] = {}
    for case in cases():
        names = set(case.inputs).union(*map(set, case.updates)) - set(case.unread)
        found.setdefault(case.token, set()).update(names)
    return found


class Life:
    """Makes resources through a provider, and ends them in reverse order."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.made: list[Made] = []
        self.names: dict[str, Any] = {"account": ACCOUNT, "region": REGION}

    def make(self, token: str, name: str, inputs: Mapping[str, Any]) -> Made:
        """Check and create one resource."""
        made = Made(token, name, "", {}, {})
        made.inputs = self.checked(made, inputs, {})
        created = self.provider.create(Create(made.urn, token, made.inputs))
        made.id, made.outputs = created.id, plain(created.outputs)
        self.made.append(made)
        return made

    def parents(self, parents: Sequence[Parent]) -> None:
        """Make the parents of a case."""
        for parent in parents:
            made = self.make(parent.token, parent.name, self.resolved(parent.inputs))
            self.names[parent.name] = {**made.outputs, "id": made.id}

    def resolved(self, value: Any) -> Any:
        """Return a value with its `${…}` replaced."""
        if isinstance(value, Mapping):
            return {self.resolved(key): self.resolved(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.resolved(each) for each in value]
        if not isinstance(value, str):
            return value
        whole = _REFERENCE.fullmatch(value)
        return self._lookup(whole) if whole else _REFERENCE.sub(lambda match: str(self._lookup(match)), value)

    def _lookup(self, match: re.Match[str]) -> Any:
        if match[1] not in self.names:
            return match[0]
        found = self.names[match[1]]
        for step in differ.parse(match[2] or ""):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return found

    def checked(self, made: Made, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Check makes of inputs, which it must accept."""
        given = {key: value for key, value in inputs.items() if value is not None}
        answer = self.provider.check(Check(made.urn, made.token, given, dict(old)))
        assert answer.failures == []
        return answer.inputs

    def diff(self, made: Made, inputs: Mapping[str, Any]) -> Any:
        """Return what Diff says of new inputs."""
        return self.provider.diff(DiffRequest(made.urn, made.token, made.id, dict(inputs), made.inputs, made.outputs))

    def read(self, made: Made, inputs: Mapping[str, Any] | None = None) -> Any:
        """Return what Read says, given the inputs in the state."""
        given = made.inputs if inputs is None else dict(inputs)
        return self.provider.read(Read(made.urn, made.token, made.id, given, made.outputs))

    def update(self, made: Made, inputs: dict[str, Any]) -> None:
        """Update in place."""
        outputs = self.provider.update(Update(made.urn, made.token, made.id, inputs, made.inputs, made.outputs))
        made.inputs, made.outputs = inputs, plain(outputs)

    def delete(self, made: Made) -> None:
        """End one resource."""
        self.provider.delete(Delete(made.urn, made.token, made.id, made.inputs, made.outputs))

    def end(self) -> None:
        """End everything that was made, the last first."""
        while self.made:
            self.delete(self.made.pop())


def live(provider: Provider, case: Case) -> None:
    """Run one case; every assertion names what went wrong."""
    life = Life(provider)
    try:
        life.parents(case.parents)
        if case.before:
            case.before(life)
        made = life.make(case.token, "main", life.resolved(case.inputs))
        _is_unchanged(life, made, case)
        _is_taken_over(made, life)
        _is_finished(life, made)
        _is_unchanged(life, made, case)
        for change in case.updates:
            _is_updated(life, made, life.resolved(change), case)
        for change in case.replaces:
            wanted = life.checked(made, {**_given(made), **life.resolved(change)}, made.inputs)
            assert life.diff(made, wanted).replaces, f"{change} does not replace {case.token}"
        for change in case.refused:
            tried = {**life.resolved(case.inputs), **life.resolved(change)}
            answer = provider.check(Check(made.urn, made.token, tried))
            assert answer.failures, f"{change} was not refused"
        life.made.remove(made)
        life.delete(_cut_off(life, made))
        if not case.stays:
            assert life.read(made) is None, f"{case.token} is still there after delete"
        life.delete(made)
    finally:
        life.end()


def _given(made: Made) -> dict[str, Any]:
    """Return a resource's inputs as a program writes them."""
    automatic = {"__defaults", "tagsAll", *made.inputs.get("__defaults", ())}
    return {key: value for key, value in made.inputs.items() if key not in automatic}


def _is_unchanged(life: Life, made: Made, case: Case) -> None:
    """Assert that a read gives the inputs back, that an import would, and that nothing differs."""
    answer = life.read(made)
    assert answer is not None, f"{made.token} {made.id} cannot be read"
    entry = table.entries()[made.token]
    drifted = differ.diff(made.inputs, answer.inputs, sets=entry.sets)
    assert drifted == {}, (
        f"a refresh sees {drifted}: {_few(made.inputs, drifted)} became {_few(answer.inputs, drifted)}"
    )
    again = life.diff(made, life.checked(made, _given(made), made.inputs)).changes
    assert again == {}, f"a second preview sees {again}"
    assert set(answer.outputs) <= set(schema.resource(made.token)["outputs"])
    imported = life.read(made, {}).inputs
    skipped = {*entry.local, *entry.dropped, *case.unread, *case.unimported, "region", "tags"}
    for name, value in _given(made).items():
        if name in skipped or value == entry.defaults.get(name):
            continue
        assert drift.means(entry, name, value, imported.get(name)), f"an import does not see {name}={value!r}"


def _few(inputs: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs at the head of these paths."""
    return {name: inputs.get(name) for name in sorted({path.split(".")[0].split("[")[0] for path in paths})}


def _is_taken_over(made: Made, life: Life) -> None:
    """Assert that the create of a run which knows nothing of the resource returns the same one."""
    if table.entries()[made.token].find is None:
        return
    stranger = Provider()
    stranger.configure({"region": REGION, "allowedAccountIds": [ACCOUNT]})
    created = stranger.create(Create(made.urn, made.token, made.inputs))
    assert created.id == made.id, f"{made.token} was made twice"


def _cut_off(life: Life, made: Made) -> Made:
    """Return the resource as the state has it after a run that was cut off before it wrote one."""
    entry = table.entries()[made.token]
    inputs = ledger.plain(checking.kept(entry, made.inputs))
    outputs = {**inputs, HALF_MADE: checking.generation(entry, made.inputs)}
    answer = life.read(Made(made.token, made.name, made.id, inputs, outputs))
    assert answer is not None, f"{made.token} {made.id} cannot be read by what a ledger keeps"
    return Made(made.token, made.name, answer.id, plain(answer.inputs), plain(answer.outputs))


def _is_finished(life: Life, made: Made) -> None:
    """Assert that what a cut-off run has left is brought to its inputs, whatever is known of it, in place."""
    entry, half_made = table.entries()[made.token], _cut_off(life, made)
    if entry.find or entry.id_of:
        begun = _cut_off(life, replace(made, id=BEGUN))
        assert begun.id == made.id, f"{made.token} is found as {begun.id} by what a ledger keeps"
    assert life.diff(half_made, life.checked(half_made, _given(made), half_made.inputs)).replaces == []
    assert HALF_MADE in life.diff(half_made, made.inputs).changes
    life.update(half_made, made.inputs)
    made.outputs = half_made.outputs
    assert HALF_MADE not in made.outputs


def _is_updated(life: Life, made: Made, change: Mapping[str, Any], case: Case) -> None:
    """Assert that a change is made in place, and that a read with the old inputs names exactly it."""
    before = made.inputs
    wanted = life.checked(made, {**_given(made), **change}, before)
    said = life.diff(made, wanted)
    assert said.changes, f"{change} changes nothing of {made.token}"
    assert said.replaces == [], f"{change} would replace {made.token}"
    life.update(made, wanted)
    _is_unchanged(life, made, case)
    entry = table.entries()[made.token]
    after = life.read(made, before).inputs
    seen = set(_few(after, differ.diff(before, after, sets=entry.sets)))
    silent = {*entry.local, *entry.dropped, *case.unread}
    expected = {name for name in change if name not in silent and before.get(name) is not None}
    assert expected <= seen | {"tags"}, f"a refresh would not see the change of {expected - seen}"
    assert seen - {"tagsAll"} <= set(change), f"a refresh sees more than was changed: {seen - set(change)}"


def plain(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return outputs as the engine hands them back: secrets unwrapped."""
    return {key: value.value if isinstance(value, Secret) else value for key, value in outputs.items()}


def parents(*several: Parent | Sequence[Parent]) -> tuple[Parent, ...]:
    """Return parents and groups of them in one list."""
    return tuple(_flat(several))


def _flat(several: Sequence[Parent | Sequence[Parent]]) -> Iterator[Parent]:
    for each in several:
        if isinstance(each, Parent):
            yield each
        else:
            yield from each


VPC = Parent("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
SUBNETS = (
    Parent(
        "a",
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"},
    ),
    Parent(
        "b",
        "aws:ec2/subnet:Subnet",
        {"vpcId": "${vpc.id}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1b"},
    ),
)
