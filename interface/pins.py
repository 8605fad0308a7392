"""The one line of a stack file that says which artifact a service runs."""

import re
from dataclasses import dataclass
from typing import Final, Literal

BUILD: Final = "build"
UNRELEASED: Final = "unreleased"
ALLOWED: Final = f"{BUILD}, {UNRELEASED} or <20 hex digits>@sha256:<64 hex digits>"

_RELEASE = re.compile(r"([0-9a-f]{20})@(sha256:[0-9a-f]{64})")


@dataclass(frozen=True)
class Release:
    """A built image: the content address of its sources (20 hex digits) and its digest (`sha256:…`)."""

    address: str
    digest: str

    def __str__(self) -> str:
        return f"{self.address}@{self.digest}"


Pin = Release | Literal["build", "unreleased"]
"""`build` makes the image from the sources at hand, `unreleased` has none yet, a release is used as it is."""


def parse(text: str) -> Pin:
    """Read a pin; a ValueError says what is allowed."""
    if text == BUILD:
        return BUILD
    if text == UNRELEASED:
        return UNRELEASED
    match = _RELEASE.fullmatch(text)
    if match is None:
        raise ValueError(f"must be {ALLOWED}")
    return Release(address=match[1], digest=match[2])
