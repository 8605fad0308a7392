"""Takes turns: between target groups by weight, between the targets of a group one after the other."""

from collections import defaultdict
from collections.abc import Sequence

from localcloud.door.view import Target


class Turns:
    """Exact turns rather than chance: of 10 requests at weights 9 and 1, one goes to the second group."""

    def __init__(self) -> None:
        self._owed: defaultdict[tuple[tuple[str, int], ...], dict[str, int]] = defaultdict(dict)
        self._next: defaultdict[str, int] = defaultdict(int)

    def group(self, weighted: tuple[tuple[str, int], ...]) -> str | None:
        """Return the ARN whose turn it is (smooth weighted round robin); nothing when all weights are 0."""
        total = sum(weight for _, weight in weighted)
        if total == 0:
            return None
        owed = self._owed[weighted]
        for arn, weight in weighted:
            owed[arn] = owed.get(arn, 0) + weight
        chosen = max(weighted, key=lambda each: owed[each[0]])[0]
        owed[chosen] -= total
        return chosen

    def target(self, arn: str, candidates: Sequence[Target]) -> Target | None:
        """Return the candidate whose turn it is in a group, or nothing when there is none."""
        if not candidates:
            return None
        self._next[arn] += 1
        return candidates[self._next[arn] % len(candidates)]
