"""Bodies: JSON, of bounded size and depth, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

from planner.middleware import LARGEST_BODY
from planner.problems import RefusedError


class Json(BaseParser):
    """A JSON text; 400 for what is none, 413 for what is longer than any that is needed."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """What the text says."""
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise RefusedError(413, f"the body is larger than {LARGEST_BODY} bytes")
        try:
            return json.loads(raw.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError("the body is not JSON") from error


class OnlyJson(BaseContentNegotiation):
    """Every answer is JSON, whatever a caller would rather have; only the parser is chosen."""

    def select_parser(self, request: Any, parsers: Sequence[Any]) -> Any:
        """The parser of the body's type; None (415) for another."""
        kind = (request.content_type or "").split(";", 1)[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Any, renderers: Sequence[Any], format_suffix: str | None = None) -> Any:
        """The first one."""
        return renderers[0], renderers[0].media_type


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
