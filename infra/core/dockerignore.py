"""`.dockerignore` as Docker reads it: patterns from the folder's root, the last one that matches decides.

The rules are those of moby's patternmatcher: `*` and `?` stay within one path element, `**` spans any number of them,
`[a-z]` and `\\` as in Go's filepath.Match, `!` takes a path back in, and a pattern that matches a folder covers all
that is below it.
"""

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from posixpath import normpath

FILE = ".dockerignore"


@dataclass(frozen=True)
class Ignore:
    """The patterns of one folder in order; each with whether it takes back in."""

    patterns: tuple[tuple[bool, re.Pattern[str]], ...]
    taken_back: tuple[tuple[str, ...], ...] = ()
    """Of each pattern that takes back in, the path elements before its first wildcard."""

    @classmethod
    def of(cls, folder: Path) -> "Ignore":
        """Read the folder's `.dockerignore`, if it has one."""
        path = folder / FILE
        return cls.parse(path.read_text(encoding="utf-8-sig") if path.is_file() else "")

    @classmethod
    def parse(cls, text: str) -> "Ignore":
        """Read patterns, one a line; a ValueError names a line that is none."""
        patterns: list[tuple[bool, re.Pattern[str]]] = []
        taken_back: list[tuple[str, ...]] = []
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            pattern = line.strip()
            back_in = pattern.startswith("!")
            pattern = pattern[1:].strip() if back_in else pattern
            if not pattern:
                continue
            cleaned = normpath(pattern)
            cleaned = cleaned.lstrip("/") if len(cleaned) > 1 else cleaned
            try:
                patterns.append((back_in, re.compile(_expression(cleaned))))
            except (re.error, IndexError):
                raise ValueError(f"{FILE}: not a pattern: {line}") from None
            if back_in:
                taken_back.append(tuple(takewhile(_is_plain, cleaned.split("/"))))
        return cls(tuple(patterns), tuple(taken_back))

    def matches(self, path: str) -> bool:
        """Say whether a path, with forward slashes and relative to the folder, is left out of a build."""
        parts = path.split("/")
        names = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        ignored = False
        for back_in, pattern in self.patterns:
            if ignored == back_in and any(pattern.fullmatch(name) for name in names):
                ignored = not back_in
        return ignored

    def may_hold_wanted(self, folder: str) -> bool:
        """Say whether something below a folder can be part of a build: it is not ignored, or a `!` may take it back."""
        parts = folder.split("/")
        return not self.matches(folder) or any(
            all(one == other for one, other in zip(parts, plain, strict=False)) for plain in self.taken_back
        )


def _is_plain(element: str) -> bool:
    return not any(letter in element for letter in "*?[\\")


def _expression(pattern: str) -> str:
    """Translate a cleaned pattern into a regular expression over the whole path."""
    expression, index = "", 0
    while index < len(pattern):
        letter = pattern[index]
        index += 1
        if letter == "*":
            if not pattern.startswith("*", index):
                expression += "[^/]*"
                continue
            index += 1
            if pattern.startswith("/", index):
                index += 1
                expression += "(.*/)?"
            else:
                expression += ".*"
        elif letter == "?":
            expression += "[^/]"
        elif letter == "[":
            end = pattern.index("]", index + 1) if "]" in pattern[index + 1 :] else -1
            if end < 0:
                raise IndexError(pattern)
            inside = pattern[index:end]
            index = end + 1
            expression += f"(?!/)[{inside}]"
        elif letter == "\\":
            expression += re.escape(pattern[index])
            index += 1
        else:
            expression += re.escape(letter)
    return expression
