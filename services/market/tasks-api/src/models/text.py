"""Text as it is taken from outside: one normal form, no control characters, no longer than said."""

from __future__ import annotations

import unicodedata

UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are refused: control, surrogate, private, unassigned, line and paragraph separators."""
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows, so that a text reads as another."""


def clean(value: str) -> str:
    """The text in Unicode's normal form C without white space around it; ValueError for what is refused."""
    text = unicodedata.normalize("NFC", value).strip(" ")
    for position, character in enumerate(text):
        if unicodedata.category(character) in UNSEEN or character in DIRECTIONS:
            raise ValueError(f"a character that cannot be seen, U+{ord(character):04X}, stands at position {position}")
    return text
