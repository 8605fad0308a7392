"""One run of the engine as it is told: what it does now, what it changed, what went wrong."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation import EngineEvent, OpType

_QUIET = {OpType.SAME, OpType.READ, OpType.REFRESH}
_COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


def plain(text: str) -> str:
    """Return an engine's text without its colour marks."""
    return _COLOUR.sub("", text).strip()


def short(urn: str) -> str:
    """Return `aws:ecs:Service counter-backend` for a URN; the module's file name and the parents are left out."""
    parts = urn.split("::")
    if len(parts) < 4:
        return urn
    package, _, rest = parts[2].split("$")[-1].partition(":")
    module, _, kind = rest.rpartition(":")
    return f"{package}:{module.split('/')[0]}:{kind} {parts[3]}"


@dataclass(frozen=True)
class Change:
    """One resource that a run creates, changes, replaces or deletes."""

    urn: str
    type: str
    operation: str
    properties: tuple[str, ...] = ()
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.split("::")[-1]


@dataclass
class Run:
    """What the engine's events say, collected; `say` is told what happens now."""

    say: Callable[[str], None] = lambda text: None
    changes: dict[str, Change] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    done: int = 0
    _refreshing: set[str] = field(default_factory=set)

    def hear(self, event: EngineEvent) -> None:
        """Take in one event."""
        if event.resource_pre_event is not None:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event is not None:
            self.done += 1
            self._refreshed(event.res_outputs_event.metadata)
        elif event.diagnostic_event is not None:
            self._complain(event.diagnostic_event)

    def counts(self) -> dict[str, int]:
        """Return how many resources of the cloud each operation touched, components left out."""
        return dict(Counter(change.operation for change in self.changes.values() if is_real(change.type)))

    def _begin(self, step: Any) -> None:
        if step.op == OpType.REFRESH:
            self._refreshing.add(step.urn)
        if step.op in _QUIET:
            return
        self.say(f"{self.done} done, {str(step.op.value).replace('-', ' ')} {short(step.urn)}")
        operation = _word(step.op)
        if operation:
            known = self.changes.get(step.urn)
            if known is None or known.operation != "replace":
                self.changes[step.urn] = Change(
                    step.urn,
                    step.type,
                    operation,
                    _paths(step),
                    dict(step.old.inputs or {}) if step.old else {},
                    dict(step.new.inputs or {}) if step.new else {},
                )

    def _refreshed(self, step: Any) -> None:
        """A refresh begins as such and says in its outputs event what it found: a change, or that nothing is there."""
        if step.urn not in self._refreshing:
            return
        self._refreshing.discard(step.urn)
        if step.op == OpType.UPDATE:
            self.changes[step.urn] = Change(step.urn, step.type, "drift", _paths(step))
        elif step.op == OpType.DELETE:
            self.changes[step.urn] = Change(step.urn, step.type, "drift", ("gone",))

    def _complain(self, said: Any) -> None:
        text = plain(said.message)
        if not text:
            return
        if "Traceback (most recent call last)" in text:
            text = text.splitlines()[-1]  # the whole of it is in the log
        where = f"{short(said.urn)}: " if said.urn and "pulumi:Stack" not in said.urn else ""
        if said.severity in ("error", "info#err"):
            self.errors.append(where + text)
        elif said.severity == "warning":
            self.warnings.append(where + text)


def is_real(kind: str) -> bool:
    """Say whether a type token is a resource of the cloud, neither component nor provider nor stack."""
    return not kind.startswith(("pulumi:", "platform:"))


def _word(operation: OpType) -> str:
    if operation in (OpType.REPLACE, OpType.CREATE_REPLACEMENT, OpType.DELETE_REPLACED):
        return "replace"
    return {OpType.CREATE: "create", OpType.UPDATE: "update", OpType.DELETE: "delete"}.get(operation, "")


def _paths(step: Any) -> tuple[str, ...]:
    if step.detailed_diff:
        return tuple(sorted(step.detailed_diff))
    return tuple(sorted(step.diffs or ()))
