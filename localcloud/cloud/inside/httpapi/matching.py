"""Which route of an HTTP API takes a request, and which mapping of a domain name."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DEFAULT = "$default"
PARAMETER = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class Key:
    """A route key such as `GET /plans/{id}`, taken apart."""

    text: str
    method: str
    pattern: re.Pattern[str]
    parameters: tuple[str, ...]
    greedy: bool
    literals: int
    """How many of its segments are written out."""

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Order among the keys that match: whole before greedy, more written out, a method before ANY."""
        return (not self.greedy, self.literals, self.method != "ANY")


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Key | None:
    """Take a route key apart; nothing for `$default` and for what is no route of an HTTP API."""
    method, _, path = text.partition(" ")
    if not path.startswith("/"):
        return None
    parts, names, at = [], [], 0
    for found in PARAMETER.finditer(path):
        name = found[1]
        parts += [re.escape(path[at : found.start()]), "(.+)" if name.endswith("+") else "([^/]+)"]
        names.append(name.removesuffix("+"))
        at = found.end()
    pattern = re.compile("".join(parts) + re.escape(path[at:]), re.DOTALL)
    segments = [part for part in path.split("/") if part]
    literals = sum(not PARAMETER.fullmatch(part) for part in segments)
    return Key(text, method, pattern, tuple(names), "+}" in path, literals)


def route(keys: Iterable[str], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """Return the route key that takes a request with its path parameters, or nothing.

    A whole match comes before one with a greedy parameter, and that before `$default`.
    """
    best: tuple[Key, re.Match[str]] | None = None
    rest = False
    for text in keys:
        rest = rest or text == DEFAULT
        key = parse(text)
        if key is None or key.method not in ("ANY", method):
            continue
        found = key.pattern.fullmatch(path)
        if found and (best is None or key.rank > best[0].rank):
            best = key, found
    if best is not None:
        key, found = best
        return key.text, dict(zip(key.parameters, found.groups(), strict=True))
    return (DEFAULT, {}) if rest else None


def mapping(keys: Iterable[str], path: str) -> tuple[str, str] | None:
    """Return the mapping key that takes a path, the longest first, with what is left of the path; or nothing.

    The key of the root mapping is empty.
    """
    best: tuple[str, str] | None = None
    for key in keys:
        inside = not key or path == f"/{key}" or path.startswith(f"/{key}/")
        if inside and (best is None or len(key) > len(best[0])):
            best = key, (path.removeprefix(f"/{key}") or "/") if key else path
    return best


def settings(stage: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return the settings of a route in a stage: its own in place of the default ones, value by value."""
    defaults, own = stage.get("defaultRouteSettings"), (stage.get("routeSettings") or {})
    assert isinstance(own, Mapping)  # noqa: S101  # the service's model says so
    chosen = own.get(key)
    return {
        **(defaults if isinstance(defaults, Mapping) else {}),
        **(chosen if isinstance(chosen, Mapping) else {}),
    }
