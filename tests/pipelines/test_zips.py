"""Zips that are the same whoever packs them, and the one line where that cannot be done."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from localcloud.errors import Trouble
from pipelines import zips


def test_order_times_and_modes_make_no_difference_to_a_zip(tmp_path: Path) -> None:
    made = []
    for number, names in enumerate((("a.py", "b/c.py"), ("b/c.py", "a.py"))):
        folder = tmp_path / str(number)
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            path.chmod(0o600 if number else 0o755)
            os.utime(path, (number * 10**8, number * 10**8))
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "a.pyc").write_bytes(bytes([number]))
        made.append(zips.zipped(folder))

    assert made[0] == made[1]
    assert zipfile.ZipFile(io.BytesIO(made[0])).namelist() == ["a.py", "b/c.py"]


def test_without_uv_nothing_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "find_uv", lambda: None)

    with pytest.raises(
        Trouble, match="shop of 1 cannot be packed: there is no uv → make the environment with: make up"
    ):
        zips.pack(tmp_path, "shop of 1")
