"""Which files may be attached, and what each kind is known by: its first bytes, not what a caller says."""

from __future__ import annotations

LARGEST_FILE = 10 * 1024 * 1024
TEXT = "text/plain"
KINDS = ("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", TEXT)
SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def kind_of(content: bytes) -> str | None:
    """The kind of a file; None for one that may not be attached."""
    for signature, kind in SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    """UTF-8 without the characters that no text has."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)
