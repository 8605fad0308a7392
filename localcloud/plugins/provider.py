"""What a provider implements; `server` speaks gRPC with the engine for it, `wire` translates the values.

Property values are plain Python: dict, list, str, bool, int (a float with an integral value arrives as int),
float, None, and those of `values`. Secrets arrive as their plain value. A property that the program does not
set, or sets to None, is not in the dict. Every method may be called on several threads at once.

Errors: a `Trouble` becomes its one line, `InitFailed` keeps a half-made resource in the state, any other
exception becomes one line with its class and text. Nobody sees a traceback unless SLIPWAY_DEBUG=1 puts it
into the plugin's log.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from localcloud.errors import Trouble
from localcloud.plugins.values import UNKNOWN, Archive, Asset, Secret, Unknown, has_unknown

__all__ = [
    "SILENT",
    "UNKNOWN",
    "Archive",
    "Asset",
    "Autonaming",
    "Check",
    "Checked",
    "Create",
    "Created",
    "Delete",
    "Diff",
    "DiffRequest",
    "Failure",
    "InitFailed",
    "Interrupted",
    "Kind",
    "Log",
    "Properties",
    "Provider",
    "Read",
    "Request",
    "Secret",
    "Unknown",
    "Update",
    "has_unknown",
    "pause",
]

Properties = dict[str, Any]


class Log(Protocol):
    """Where a provider tells the person something about the resource in hand."""

    def status(self, text: str) -> None:
        """Show what happens just now, in the line of the resource; the next text takes its place."""

    def warning(self, text: str) -> None:
        """Print a warning that stays, with the resource's name."""


class _Silent:
    """A log that nobody reads."""

    def status(self, text: str) -> None:
        """Show nothing."""

    def warning(self, text: str) -> None:
        """Print nothing."""


SILENT: Log = _Silent()


@dataclass(frozen=True)
class Autonaming:
    """The name that the project's `pulumi:autonaming` gives a resource without one.

    `propose`: may be changed, so shortened · `enforce`: exactly this name, or a failure · `disable`: no name is
    made up.
    """

    proposed_name: str
    mode: Literal["propose", "enforce", "disable"] = "propose"


@dataclass(frozen=True)
class Failure:
    """A refused input: the property's path (`tags`, `rules[0].port`, or "" for the whole) and why, in one line."""

    property: str
    reason: str


@dataclass(frozen=True)
class Request:
    """What every request says: which resource. `type` is like `aws:s3/bucket:Bucket`."""

    urn: str
    type: str

    @property
    def name(self) -> str:
        """The logical name: what follows the last `::` of the URN."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Check(Request):
    """Validate the program's inputs and fill in defaults and names."""

    inputs: Properties
    old_inputs: Properties = field(default_factory=dict)
    """What Check returned last time; empty for a new resource, also for the new one of a replacement."""
    autonaming: Autonaming | None = None
    random_seed: bytes = b""
    """Different at every run: a name made from it at preview is not that of the update. Empty outside a run."""
    log: Log = field(default=SILENT, compare=False)


@dataclass(frozen=True)
class Checked:
    """Check's answer: the inputs that go into the state, or why they are refused."""

    inputs: Properties
    failures: list[Failure] = field(default_factory=list)


class Kind(StrEnum):
    """How one property differs, and whether that replaces the resource."""

    ADD = "add"
    ADD_REPLACE = "add-replace"
    UPDATE = "update"
    UPDATE_REPLACE = "update-replace"
    DELETE = "delete"
    DELETE_REPLACE = "delete-replace"

    @property
    def replaces(self) -> bool:
        """Say whether the resource is made anew."""
        return self.value.endswith("-replace")

    def with_replace(self) -> Kind:
        """Return the kind of the same difference that replaces."""
        return self if self.replaces else Kind(f"{self.value}-replace")

    def without_replace(self) -> Kind:
        """Return the kind of the same difference that changes the resource in place."""
        return Kind(self.value.removesuffix("-replace"))


@dataclass(frozen=True)
class DiffRequest(Request):
    """Compare the state with the inputs wanted now; `inputs` may have UNKNOWN in it at preview."""

    id: str
    inputs: Properties
    old_inputs: Properties
    old_outputs: Properties
    ignore_changes: list[str] = field(default_factory=list)
    """Paths of the program's ignore_changes. The engine has put the old values into `inputs` already."""


@dataclass(frozen=True)
class Diff:
    """What differs, by path (`tags.team`, `rules[0].port`, `labels["a.b"]`); empty means no change."""

    changes: Mapping[str, Kind] = field(default_factory=dict)
    delete_before_replace: bool = False

    @property
    def replaces(self) -> list[str]:
        """Paths of the properties for which the resource is made anew."""
        return [path for path, kind in self.changes.items() if kind.replaces]


@dataclass(frozen=True)
class Create(Request):
    """Make the resource. At `preview` nothing is done: the id is "" and what is not known yet is UNKNOWN."""

    inputs: Properties
    timeout: float = 0
    """Seconds of the program's custom timeout; 0: none was set."""
    preview: bool = False
    log: Log = field(default=SILENT, compare=False)


@dataclass(frozen=True)
class Created:
    """A resource that is there. `inputs` are read's: what the program would have to say to get this resource."""

    id: str
    outputs: Properties
    inputs: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Read(Request):
    """Look at the live resource: for a refresh with `inputs` and `old_outputs`, for an import without."""

    id: str
    inputs: Properties = field(default_factory=dict)
    old_outputs: Properties = field(default_factory=dict)
    log: Log = field(default=SILENT, compare=False)


@dataclass(frozen=True)
class Update(Request):
    """Change the resource in place; after `InitFailed` old and new inputs are equal: all steps are redone."""

    id: str
    inputs: Properties
    old_inputs: Properties
    old_outputs: Properties
    timeout: float = 0
    preview: bool = False
    ignore_changes: list[str] = field(default_factory=list)
    log: Log = field(default=SILENT, compare=False)


@dataclass(frozen=True)
class Delete(Request):
    """Remove the resource; one that is gone already is no error. Raises when it is still there at the end."""

    id: str
    old_inputs: Properties
    old_outputs: Properties
    timeout: float = 0
    log: Log = field(default=SILENT, compare=False)


class InitFailed(Exception):
    """The resource exists but is not as wanted: it is kept in the state, and the next run sends Update."""

    def __init__(self, id: str, outputs: Properties, inputs: Properties, reasons: list[str]) -> None:  # noqa: A002 - the word of the protocol
        super().__init__("; ".join(reasons))
        self.id = id
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = reasons


class Provider(Protocol):
    """One package of resources. `version` is that of the official provider it stands in for.

    One with secrets among its settings has their names in an attribute `secret_settings: frozenset[str]` more.
    """

    name: str
    version: str

    def configure(self, settings: Properties) -> None:
        """Take the provider's settings (nested ones parsed, booleans as bool), once, before all the others."""

    def check(self, request: Check) -> Checked:
        """Validate inputs, fill in defaults and names; what is UNKNOWN is not judged."""

    def diff(self, request: DiffRequest) -> Diff:
        """Say what differs between the state and the inputs, and what of it replaces."""

    def create(self, request: Create) -> Created:
        """Make the resource, or take over the one that an interrupted run has made; return id and outputs."""

    def read(self, request: Read) -> Created | None:
        """Return the live resource, or None when it is gone."""

    def update(self, request: Update) -> Properties:
        """Change the resource in place and return all its outputs."""

    def delete(self, request: Delete) -> None:
        """Remove the resource."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a function (`aws:index/getRegion:getRegion`); wrap what is secret in `Secret`."""


class Interrupted(Trouble):
    """The person pressed Ctrl-C: a wait ends."""


cancelled = threading.Event()
"""Set when the engine cancels the run."""


def pause(seconds: float) -> None:
    """Wait between two looks at something slow; raises at once when the run is cancelled."""
    if cancelled.wait(seconds):
        raise Interrupted("interrupted before the cloud was ready", "run the same command again")
