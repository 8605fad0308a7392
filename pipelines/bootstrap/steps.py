"""A step of the first day: how it is looked up, what differs, how it is made or mended."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

MISSING = {
    "404",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchEntity",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NotFoundException",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


@dataclass(frozen=True)
class Finding:
    """What one step found: `state` is `missing`, `differs` or `as wanted`."""

    name: str
    state: str
    detail: str = ""


class Step(Protocol):
    """One thing that has to be there."""

    @property
    def name(self) -> str:
        """What the plan calls it."""

    def look(self) -> Finding:
        """Say how it is now, without changing anything."""

    def make(self) -> None:
        """Make it, or change it to what is wanted; doing so twice is doing so once."""


@contextlib.contextmanager
def absent_is_nothing() -> Iterator[None]:
    """Let an answer "not found" of any service end the block quietly."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise


def compare(name: str, wanted: dict[str, Any], found: dict[str, Any] | None) -> Finding:
    """Return the finding for what was found of what is wanted; other keys of what was found do not count."""
    if found is None:
        return Finding(name, "missing")
    other = sorted(key for key, value in wanted.items() if found.get(key) != value)
    return Finding(name, "differs" if other else "as wanted", ", ".join(other))
