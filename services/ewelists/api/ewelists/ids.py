"""Identities that sort by when they were made, secrets, and the cursors that pages are asked for by."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's, without letters that are read as others."""
LENGTH = 26
RANDOM_BITS = 80
PATTERN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
TOKEN = re.compile(rf"([{ALPHABET}]{{{LENGTH}}})\.([A-Za-z0-9_-]{{43}})")
CURSOR_CHARACTERS = 200


def new() -> str:
    """26 characters: 48 bits of milliseconds since 1970, 80 random ones."""
    number = (time.time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def secret() -> str:
    """What makes an invitation impossible to guess: 256 random bits in 43 characters."""
    return secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(value.encode()).hexdigest()


def cursor(sort_key: str | None) -> str | None:
    """Where a page ended, for the next one to begin after; None at the end."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=") if sort_key else None


def sort_key(value: str, prefix: str) -> str:
    """The sort key in a cursor; ValueError when it is none of the items with this prefix."""
    if len(value) > CURSOR_CHARACTERS:
        raise ValueError("longer than any cursor")
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        raise ValueError("no cursor") from None
    if not text.startswith(prefix) or not PATTERN.fullmatch(text[len(prefix) :]):
        raise ValueError("no cursor of this page")
    return text
