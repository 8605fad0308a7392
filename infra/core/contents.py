"""Content addresses: one name for a folder of sources, the same on every machine that has the same sources."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.core.dockerignore import FILE as DOCKERIGNORE
from infra.core.dockerignore import Ignore

ADDRESS_LENGTH = 20
REPOSITORY = Path(__file__).resolve().parents[2]
DOCKERFILE = "Dockerfile"
_SAMPLE = 8000  # as git does: a zero byte this near the beginning makes a file binary


@dataclass(frozen=True)
class Entry:
    """A file of a listing: its path with forward slashes, whether it can be executed, its normal content."""

    path: str
    executable: bool
    content: bytes


def listing(folder: Path) -> Iterator[Entry]:
    """Yield what a build of `folder` may see, sorted by path, with line ends as `\\n` in text files.

    `.dockerignore` is respected; like Docker, the listing keeps it and the Dockerfile even where it names them. A
    symbolic link is followed when it leads to a file of the folder; a ValueError names one that leads outside or
    nowhere, because a build on another machine would see something else.
    """
    ignore = Ignore.of(folder)
    root = folder.resolve()
    for path in sorted(_files(root, root, ignore), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        target = path.resolve()
        if not target.is_file() or not target.is_relative_to(root):
            raise ValueError(f"{name} in {folder} is a link to something outside of the folder, or to nothing")
        yield Entry(name, bool(target.stat().st_mode & 0o100), _normal(target.read_bytes()))


def content_address(folder: Path) -> str:
    """Return the first 20 hex digits of a SHA-256 over the listing of a folder.

    Order, times, owners, other mode bits and line ends make no difference; a path, the executable bit or a byte does.
    """
    digest = hashlib.sha256()
    for entry in listing(folder):
        content = hashlib.sha256(entry.content).hexdigest()
        digest.update(f"{'x' if entry.executable else '-'} {content} {entry.path}\n".encode())
    return digest.hexdigest()[:ADDRESS_LENGTH]


def contexts_folder() -> Path:
    """Return where normalised copies are kept: `SLIPWAY_CONTEXTS`, or `.slipway/contexts` in the repository."""
    return Path(os.environ.get("SLIPWAY_CONTEXTS") or REPOSITORY / ".slipway" / "contexts")


def normalised_context(folder: Path, address: str) -> Path:
    """Return a copy of the folder's listing under its address, with fixed modes and times; made once, and whole."""
    context = contexts_folder() / address
    if context.is_dir():
        return context
    context.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{address}-", dir=context.parent))
    try:
        for entry in listing(folder):
            target = beside / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(entry.content)
            target.chmod(0o755 if entry.executable else 0o644)
        for path in [*beside.rglob("*"), beside]:
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (0, 0))
        try:
            beside.rename(context)
        except OSError:
            if not context.is_dir():  # another run may have been quicker, with the same copy
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return context


def _files(folder: Path, root: Path, ignore: Ignore) -> Iterator[Path]:
    for path in folder.iterdir():
        name = path.relative_to(root).as_posix()
        if path.is_dir() and not path.is_symlink():
            if ignore.may_hold_wanted(name):
                yield from _files(path, root, ignore)
        elif name in (DOCKERFILE, DOCKERIGNORE) or not ignore.matches(name):
            yield path


def _normal(content: bytes) -> bytes:
    return content if b"\0" in content[:_SAMPLE] else content.replace(b"\r\n", b"\n")


def main() -> None:
    """Print the content address of the folder that is named, and where its normalised copy lies, a line each.

    For whoever packs a folder without being part of the program: `python -m infra.core.contents FOLDER`.
    """
    folder = Path(sys.argv[1])
    address = content_address(folder)
    print(address, normalised_context(folder, address), sep="\n")


if __name__ == "__main__":
    main()
