"""Text as it is taken from outside: one normal form, nothing that cannot be seen, addresses of the web only."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlsplit

UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are refused: control, surrogate, private, unassigned, line and paragraph separators."""
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows, so that a text reads as another."""


def clean(value: str, lines: bool = False) -> str:
    """The text in Unicode's normal form C without white space around it; ValueError for what is refused.

    With `lines`, line feeds are taken too.
    """
    text = unicodedata.normalize("NFC", value).strip()
    for position, character in enumerate(text):
        if lines and character == "\n":
            continue
        if unicodedata.category(character) in UNSEEN or character in DIRECTIONS:
            raise ValueError(f"a character that cannot be seen, U+{ord(character):04X}, stands at position {position}")
    return text


def web_address(value: str) -> str:
    """The address, cleaned; ValueError unless it is http or https with a host and without a login."""
    text = clean(value)
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or " " in text:
        raise ValueError("must be an address of the web, http:// or https://")
    return text


def whole(value: Any) -> Any:
    """1.0 as 1: JSON has one kind of number, the table keeps whole ones."""
    return int(value) if isinstance(value, float) else value
