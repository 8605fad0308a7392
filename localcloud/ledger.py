"""What a run makes while its state is not written: one line a resource, read only when the run was cut off.

The engine can write a stack's state once, at the end of a run. Until then a provider that finds SLIPWAY_LEDGER in its
environment writes into that folder what it makes, each process into a file of its own. Room for a line is taken before
the resource is made, so that a full disk refuses a create rather than forget it. No line holds a secret.
"""

from __future__ import annotations

import functools
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "SLIPWAY_LEDGER"
HALF_MADE = "__halfMade"
"""Output that marks a resource whose create did not get to its end, by its generation: its next update redoes all."""
BEGUN = "?"
"""Id of a resource whose create was begun and may have come to nothing: its next read looks for it by its marks."""
ROOM = 512 * 1024
"""Bytes taken at a time. Half of it is more than the lines of the creates that a provider can have under way."""
LONGEST = 4096
"""Characters of an input that is written down, as JSON: more than what a call of a function is given."""


@dataclass(frozen=True)
class Made:
    """One resource that was made, taken over or, as long as its id is BEGUN, may have been made."""

    urn: str
    id: str
    generation: str
    """Hash of the inputs that replace the resource."""
    inputs: dict[str, Any]
    """Those without which it could not be looked for or deleted: whose part it is, region, `forceDestroy`."""
    provider: dict[str, Any] = field(default_factory=dict)
    """URN, id and settings of the provider that made it."""


class Ledger:
    """One provider's file in a run's folder; without a folder nothing is written."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._end = self._taken = 0
        self._file = -1
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{time.time_ns()}-{os.getpid()}"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def take_room(self) -> None:
        """Take room for what comes; OSError when the disk is full."""
        with self._lock:
            if self._file >= 0 and self._taken - self._end < ROOM // 2:
                os.posix_fallocate(self._file, self._end, ROOM)
                self._taken = self._end + ROOM

    def configured(self, urn: str, id: str, settings: dict[str, Any]) -> None:  # noqa: A002 - the protocol's word
        """Write down which provider all that follows was made by; settings are the engine's, without secret ones."""
        self.take_room()
        self._write({"provider": {"urn": urn, "id": id, "settings": settings}})

    def made(self, made: Made) -> None:
        """Write down a resource before it is made, and again as soon as its id is known."""
        line = {"urn": made.urn, "id": made.id, "generation": made.generation, "inputs": plain(made.inputs)}
        self._write({"at": time.monotonic_ns(), **line})

    def _write(self, line: dict[str, Any]) -> None:
        if self._file < 0:
            return
        text = f"{json.dumps(line)}\n".encode()
        with self._lock:
            os.pwrite(self._file, text, self._end)
            self._end += len(text)


def plain(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return those inputs that a line has room for: what JSON can hold, and is short."""
    return {key: value for key, value in inputs.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    try:
        return len(json.dumps(value)) <= LONGEST
    except (TypeError, ValueError):
        return False  # files, and what is not known yet


@functools.cache
def current() -> Ledger:
    """Return the ledger of the run that this process works for."""
    folder = os.environ.get(FOLDER)
    return Ledger(Path(folder) if folder else None)


def read(folder: Path) -> list[Made]:
    """Return what a run has written down, in the order in which it was made; a line that was cut off is left out.

    What was begun is left out as well where it was made in the end.
    """
    found = [line for file in folder.iterdir() for line in _lines(file)]
    known = {(made.urn, made.generation) for _, made in found if made.id != BEGUN}
    ordered = [made for _, made in sorted(found, key=lambda each: each[0])]
    return [made for made in ordered if made.id != BEGUN or (made.urn, made.generation) not in known]


def _lines(file: Path) -> list[tuple[int, Made]]:
    found: list[tuple[int, Made]] = []
    provider: dict[str, Any] = {}
    for text in file.read_bytes().rstrip(b"\0").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if "provider" in line:
            provider = line["provider"]
        else:
            found.append((line.pop("at"), Made(**line, provider=provider)))
    return found
