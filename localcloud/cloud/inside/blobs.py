"""Layers on disk under their digest; they outlive the cloud, so that no rebuild pushes a layer twice."""

import hashlib
import os
import re
import time
import uuid
from pathlib import Path

DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")
KEEP_DAYS = 30
READ_BYTES = 1 << 20


class Upload:
    """A layer on its way in: a file beside the others and the hash of what it holds so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = path.open("wb")

    def write(self, chunk: bytes) -> None:
        """Append a part."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def finish(self) -> str:
        """Close the file and return the digest of its content."""
        self._file.close()
        return f"sha256:{self._hash.hexdigest()}"

    def discard(self) -> None:
        """Forget the upload."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Blobs:
    """A folder of files named by their SHA-256; each is checked once in the life of this object."""

    def __init__(self, root: Path) -> None:
        self.root = root / "sha256"
        self.root.mkdir(parents=True, exist_ok=True)
        self._incoming = root / "incoming"
        self._incoming.mkdir(exist_ok=True)
        for torn in self._incoming.iterdir():
            torn.unlink()
        self._uploads: dict[str, Upload] = {}
        self._checked: set[str] = set()

    def find(self, digest: str) -> Path | None:
        """Return the file with this content, or nothing; one that does not match its name is removed."""
        if not DIGEST.match(digest):
            return None
        path = self.root / digest.removeprefix("sha256:")
        if digest not in self._checked:
            if not path.exists():
                return None
            if _digest_of(path) != digest:
                path.unlink()
                return None
            os.utime(path)
            self._checked.add(digest)
        return path

    def begin(self) -> str:
        """Start an upload and return its name."""
        name = uuid.uuid4().hex
        self._uploads[name] = Upload(self._incoming / name)
        return name

    def upload(self, name: str) -> Upload | None:
        """Return an upload under way."""
        return self._uploads.get(name)

    def commit(self, name: str, digest: str) -> bool:
        """End an upload; it becomes a blob when its content has the digest, else it is discarded."""
        upload = self._uploads.pop(name)
        if upload.finish() != digest:
            upload.discard()
            return False
        upload.path.replace(self.root / digest.removeprefix("sha256:"))
        self._checked.add(digest)
        return True

    def abort(self, name: str) -> None:
        """End an upload without a result."""
        upload = self._uploads.pop(name, None)
        if upload:
            upload.discard()

    def close(self) -> None:
        """End every upload under way."""
        for name in list(self._uploads):
            self.abort(name)

    def put(self, content: bytes) -> str:
        """Store a small blob such as a manifest and return its digest."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        name = self.begin()
        self._uploads[name].write(content)
        self.commit(name, digest)
        return digest

    def prune(self, days: int = KEEP_DAYS) -> int:
        """Remove what no cloud has used for so long; return how many files."""
        oldest = time.time() - days * 86_400
        old = [path for path in self.root.iterdir() if path.stat().st_mtime < oldest]
        for path in old:
            path.unlink()
        return len(old)


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
