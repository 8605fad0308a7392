"""The hash of what a build gets to see: its context without what .dockerignore keeps out, and the Dockerfile."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud.plugins.docker_build.inputs import Build

CHUNK = 1024 * 1024


def context_hash(build: Build) -> str:
    """Return 64 hex digits over paths, kinds, executable bits and contents; times and owners make no difference."""
    total = hashlib.sha256()
    dockerfile = build.inline.encode() if build.inline else build.dockerfile.read_bytes()
    _add(total, "dockerfile", hashlib.sha256(dockerfile).hexdigest())
    for name, path in sorted(_files(build.context, _ignored(build))):
        _add(total, name, _kind(path), _content(path))
    return total.hexdigest()


def build_hash(build: Build, context: str) -> str:
    """Return 64 hex digits over everything that decides the image's content, apart from the values of secrets."""
    content = [
        context,
        build.arguments,
        build.labels,
        sorted(build.secrets),
        build.hosts,
        build.platform,
        build.network,
        build.target,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _add(total: Any, *parts: str) -> None:
    """Add texts to a hash so that where one ends and the next begins counts."""
    for part in parts:
        encoded = part.encode(errors="surrogateescape")
        total.update(f"{len(encoded)}:".encode() + encoded)


def _kind(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    return "program" if mode & 0o111 else "file"


def _content(path: Path) -> str:
    """Return a link's target, nothing of a folder, else the hash of a file."""
    if path.is_symlink():
        return os.readlink(path)
    if path.is_dir():
        return ""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _files(root: Path, ignored: list[tuple[re.Pattern[str], bool]]) -> Iterator[tuple[str, Path]]:
    """Yield everything below a folder by its relative name, folders included, apart from what is ignored."""
    for folder, folders, files in os.walk(root):
        for name in sorted(folders + files):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if not _is_ignored(relative, ignored):
                yield relative, path


def _ignored(build: Build) -> list[tuple[re.Pattern[str], bool]]:
    """Return the rules of the .dockerignore that counts; True for a rule that takes an exception back in."""
    beside = build.dockerfile.with_name(f"{build.dockerfile.name}.dockerignore")
    path = beside if not build.inline and beside.is_file() else build.context / ".dockerignore"
    if not path.is_file():
        return []
    lines = (line.strip() for line in path.read_text().splitlines())
    return [_rule(line) for line in lines if line and not line.startswith("#")]


def _rule(line: str) -> tuple[re.Pattern[str], bool]:
    """Translate one line of a .dockerignore: `*` and `?` stay within a name, `**` crosses folders."""
    back = line.startswith("!")
    pattern = os.path.normpath(line.removeprefix("!").strip()).lstrip("/")
    expression = ""
    for part in re.findall(r"\*\*/?|\*|\?|\[[^\]]+\]|\\.|.", pattern):
        if part == "**/":
            expression += "(?:.*/)?"
        elif part == "**":
            expression += ".*"
        elif part == "*":
            expression += "[^/]*"
        elif part == "?":
            expression += "[^/]"
        elif part.startswith("[") and len(part) > 1:
            expression += part
        else:
            expression += re.escape(part[-1])
    return re.compile(f"{expression}(?:/.*)?"), back


def _is_ignored(name: str, rules: list[tuple[re.Pattern[str], bool]]) -> bool:
    """Say whether the last rule that matches a name, or a folder above it, keeps it out."""
    matching = [back for pattern, back in rules if pattern.fullmatch(name)]
    return bool(matching) and not matching[-1]
