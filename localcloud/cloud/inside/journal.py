"""What a table held at any second: the state at the journal's beginning and every change since."""

import copy
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

LONGEST = 20_000
"""Changes that a journal keeps; the oldest are folded into its beginning, which moves forward with them."""

Key = tuple[Any, Any]
"""Values of an item's partition and sort key."""
Items = dict[Any, dict[Any, Any]]
"""Items by partition and sort key, as the emulator holds them."""


class Change(NamedTuple):
    """One item after a change; nothing when it was deleted."""

    at: float
    key: Key
    item: Any


class Journal:
    """The past of one table."""

    def __init__(self, items: Mapping[Any, Mapping[Any, Any]], clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._first = {
            (first, second): copy.deepcopy(item) for first, row in items.items() for second, item in row.items()
        }
        self._changes: deque[Change] = deque()
        self.earliest = clock()
        """The first second that can be returned to."""

    def record(self, first: Any, second: Any, item: Any) -> None:
        """Keep an item as it is after a change; nothing stands for its deletion."""
        self._changes.append(Change(self._clock(), (first, second), copy.deepcopy(item)))
        while len(self._changes) > LONGEST:
            change = self._changes.popleft()
            _apply(self._first, change)
            self.earliest = change.at

    def settle(self, items: Mapping[Any, Mapping[Any, Any]]) -> None:
        """Keep as changes of now whatever differs in a table whose items were replaced as a whole."""
        last = self._state(float("inf"))
        now = {(first, second): item for first, row in items.items() for second, item in row.items()}
        for key in {**last, **now}:
            if last.get(key) != now.get(key):
                self.record(*key, now.get(key))

    def at(self, moment: float) -> Items:
        """Return the items of a moment, changes of that very moment included."""
        found: Items = {}
        for (first, second), item in self._state(moment).items():
            found.setdefault(first, {})[second] = copy.deepcopy(item)
        return found

    def _state(self, moment: float) -> dict[Key, Any]:
        state = dict(self._first)
        for change in self._changes:
            if change.at > moment:
                break
            _apply(state, change)
        return state


def _apply(state: dict[Key, Any], change: Change) -> None:
    if change.item is None:
        state.pop(change.key, None)
    else:
        state[change.key] = change.item
