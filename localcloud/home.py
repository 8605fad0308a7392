"""Where everything of this machine lives: one folder, never committed."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def folder(*parts: str) -> Path:
    """Return the folder `.slipway/PARTS` of the repository and make it; `LOCALCLOUD_HOME` moves it elsewhere."""
    path = file(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def file(*parts: str) -> Path:
    """Return the path `.slipway/PARTS`, whose parent exists afterwards."""
    root = Path(os.environ.get("LOCALCLOUD_HOME") or REPOSITORY / ".slipway")
    path = root.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all: to a name beside it, to the disk, then renamed into place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
