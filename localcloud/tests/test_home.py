"""Files of the machine are written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from localcloud import home


def test_a_file_is_left_as_it_was_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ports.json"
    home.write(path, "old", mode=0o600)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        home.write(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("old", 0o600)
    assert list(tmp_path.iterdir()) == [path]
