"""What the state has of each resource, as far as the engine has told in this run: what a create may take over."""

import threading
from collections import defaultdict

from localcloud.plugins.aws.entry import Properties


class Known:
    """Ids by URN. Several of one URN: a replacement is under way, or did not come to its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._standing: dict[str, set[str]] = defaultdict(set)
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._inputs: dict[str, Properties] = {}

    def check(self, urn: str, old_inputs: Properties) -> Properties:
        """Remember that the program names it, with what the state says of it; return what it said the last time."""
        with self._lock:
            before = self._inputs.get(urn, {})
            if old_inputs:
                self._inputs[urn] = old_inputs
                self._standing[urn].clear()  # a refresh before it asked of everything how it differs
            return before

    def add(self, urn: str, id: str, stands: bool = True) -> None:  # noqa: A002 - the word of the protocol
        """Remember that the state has it, and whether that is more than something left to be deleted."""
        with self._lock:
            self._ids[urn].add(id)
            if stands:
                self._standing[urn].add(id)

    def ids(self, urn: str) -> frozenset[str]:
        """Return all that the state has."""
        with self._lock:
            return frozenset(self._ids[urn])

    def standing(self, urn: str) -> frozenset[str]:
        """Return of these what is not just left to be deleted."""
        with self._lock:
            return frozenset(self._standing[urn])

    def is_replaced_blindly(self, urn: str) -> bool:
        """Say whether the state has a resource of this URN that no Diff has told the id of (`--replace`)."""
        with self._lock:
            return urn in self._inputs and not self._standing[urn]

    def take(self, urn: str, id: str) -> None:  # noqa: A002 - as above
        """Remember that a create of this run has taken it over."""
        with self._lock:
            self._taken[urn].add(id)

    def is_taken(self, urn: str, id: str) -> bool:  # noqa: A002 - as above
        """Say whether a create of this run has taken it over."""
        with self._lock:
            return id in self._taken[urn]
