"""A search for secrets in what outlives a run: every form in which a value may lie somewhere, and where it may lie."""

import base64
import gzip
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote, quote_plus

SHORTEST = 12
"""Characters; what is shorter may be found by chance, and is no generated value."""
OPEN = {"ca", "dbname", "engine", "host", "kid", "port", "publicKey", "tls", "username"}
"""Keys of a secret's JSON whose values anybody may know."""


def values(text: str) -> set[str]:
    """Return what must be found nowhere of a secret: its whole text, or of JSON the leaves that are not open."""
    try:
        found = json.loads(text)
    except ValueError:
        return {text} if len(text) >= SHORTEST else set()
    return {leaf for leaf in _leaves(found) if len(leaf) >= SHORTEST}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key not in OPEN:
                yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str):
        yield value


def forms(value: str) -> set[bytes]:
    """Return one-line texts of which at least one is there wherever the value lies: plain, escaped, URL, base64.

    Of a value of several lines one in the middle stands for all, of the longest: keys begin alike. Base64 of a text
    that merely contains the value is found as well: the value's own characters in each of the three places where it
    may begin.
    """
    lines = value.splitlines()
    longest = [line for line in lines if len(line) == max(map(len, lines))]
    plain = longest[len(longest) // 2]
    escaped = json.dumps(value)[1:-1]
    found = {plain, escaped, quote(plain, safe=""), quote_plus(plain), plain.encode().hex()}
    for text in {value.encode(), plain.encode()}:
        for offset in range(3):
            for code in (base64.b64encode, base64.urlsafe_b64encode):
                coded = code(b"\0" * offset + text).decode().rstrip("=")
                whole = len(coded) if (offset + len(text)) % 3 == 0 else len(coded) - 1
                found.add(coded[-(-offset * 8 // 6) : whole])
    return {form.encode() for form in found if len(form) >= SHORTEST}


class Search:
    """Looks for values in streams; which value was found where is told by its name, never by itself."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._names = {form: name for name, value in named.items() for form in forms(value)}
        # In a file that only its owner reads: on a command line the search would find itself.
        self._file = tempfile.NamedTemporaryFile()  # noqa: SIM115 __exit__ closes it
        self._file.write(b"\n".join(self._names))
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def stream(self, what: str, content: IO[bytes]) -> list[str]:
        """Return `value in what` for each value that a stream holds; a gzipped one is unpacked."""
        head = content.read(2)
        again: Any = _Again(head, content)  # all that is read of, which the types of gzip do not say
        source = gzip.GzipFile(fileobj=again) if head == b"\x1f\x8b" else again
        command = ["grep", "--text", "--only-matching", "--fixed-strings", f"--file={self._file.name}"]
        with (
            tempfile.TemporaryFile() as out,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
            ) as process,
        ):
            assert process.stdin is not None
            with process.stdin:
                shutil.copyfileobj(source, process.stdin, 1 << 20)
            assert process.wait(600) in (0, 1), f"the search in {what} failed"
            out.seek(0)
            return sorted({f"{self._names[line]} in {what}" for line in out.read().splitlines()})

    def text(self, what: str, text: str | bytes) -> list[str]:
        """Search a text."""
        with tempfile.TemporaryFile() as file:
            file.write(text.encode() if isinstance(text, str) else text)
            file.seek(0)
            return self.stream(what, file)

    def files(self, paths: Iterable[Path]) -> list[str]:
        """Search files; one that goes away meanwhile, as logs and states do, is left out."""
        found = []
        for path in paths:
            try:
                with path.open("rb") as file:
                    found += self.stream(str(path), file)
            except FileNotFoundError:
                continue
        return found

    def archive(self, what: str, archive: IO[bytes]) -> list[str]:
        """Search every file of a tar, layer by layer of one that an engine saves."""
        found = []
        with tarfile.open(fileobj=archive, mode="r|") as bundle:
            for member in bundle:
                content = bundle.extractfile(member) if member.isfile() else None
                if content is not None:
                    found += self.stream(f"{what}, {member.name}", content)
        return found


class _Again:
    """A stream with the bytes in front that were already read of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._rest.read(size)


def command_lines() -> Iterator[tuple[str, bytes]]:
    """Yield the id and the command line of every process of this machine."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield folder.name, (folder / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:  # it has ended
                continue


def decoded(text: str) -> Iterator[str]:
    """Yield every text in a JSON document, and those in texts that are JSON themselves."""
    try:
        value = json.loads(text)
    except ValueError:
        yield text
        return
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, Mapping):
            pending += each.values()
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, str):
            yield each
            if each.startswith(("{", "[")):
                yield from decoded(each)
