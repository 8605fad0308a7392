"""Fields that take what they say and nothing that could be read as it, and bodies without unknown fields."""

from __future__ import annotations

import unicodedata
from typing import Any

from rest_framework import serializers

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
"""Categories of characters that cannot be seen: they hide what a text says."""
JOINERS = {"\u200c", "\u200d", "\ufe0f"}
"""Zero-width ones that languages and pictures of faces are written with."""


class Text(serializers.CharField):
    """A text; a number is none. One line, unless `lines` are allowed."""

    def __init__(self, *, lines: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._allowed = JOINERS | ({"\n", "\t"} if lines else set())

    def to_internal_value(self, data: Any) -> str:
        """The text, without space around it."""
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data.replace("\r\n", "\n"))
        if any(unicodedata.category(one) in UNSEEN and one not in self._allowed for one in text):
            raise serializers.ValidationError("has a character that cannot be seen")
        return text


class Switch(serializers.BooleanField):
    """true or false; neither "yes" nor 1."""

    def to_internal_value(self, data: Any) -> bool:
        """The value."""
        if not isinstance(data, bool):
            raise serializers.ValidationError("is neither true nor false")
        return data


class Number(serializers.IntegerField):
    """A whole number; neither "5" nor 5.0 nor true."""

    def to_internal_value(self, data: Any) -> int:
        """The value."""
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("is not a whole number")
        return data


class Strict(serializers.Serializer):
    """A body or a query in which every field is known."""

    def to_internal_value(self, data: Any) -> Any:
        """The values."""
        if isinstance(data, dict):
            unknown = sorted(str(name)[:40] for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({unknown[0]: ["is not known"]})
        return super().to_internal_value(data)
