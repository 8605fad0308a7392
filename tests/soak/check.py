"""Is everything there once, and nothing else? Asked of the cloud itself, not of the state."""

from collections import Counter

from localcloud import cloud
from pipelines import recovery, stacks


def kinds(stack: str) -> Counter[str]:
    """Return how many resources of each kind the stack's account holds: `{"s3 bucket": 1, …}`."""
    running = cloud.running()
    if running is None:
        return Counter()
    found = cloud.leftovers(running.endpoint, running.region, stacks.account(stack))
    return Counter(line.rsplit(" ", 1)[0] for line in found)


def differences(stack: str, wanted: Counter[str]) -> list[str]:
    """Return what the account holds too often, too seldom or not at all, compared with a clean run."""
    found = kinds(stack)
    return [
        f"{kind}: {found[kind]} instead of {wanted[kind]}"
        for kind in sorted(set(found) | set(wanted))
        if found[kind] != wanted[kind]
    ]


def locks() -> list[str]:
    """Return the stacks that are still locked."""
    return [stack for stack in stacks.names() if recovery.locks(stack)]
