"""Sites, built for real by the pinned Node: npm, a build script, and what it leaves."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from localcloud.errors import Trouble
from pipelines import sites


def site(folder: Path, build: str) -> Path:
    package = {"name": "shop", "version": "1.0.0", "private": True, "scripts": {"build": build}}
    lock = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "shop"}}}
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def test_a_site_is_what_its_build_leaves_by_the_pinned_node(tmp_path: Path) -> None:
    script = "mkdir -p dist/assets && node --version > dist/index.html && echo 1 > dist/assets/a-1.js"
    sources = site(tmp_path / "shop", script)

    packed = sites.pack(sources, "shop of 1")

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["assets/a-1.js", "index.html"]
        assert archive.read("index.html") == b"v24.19.0\n"
    assert sorted(path.name for path in sources.iterdir()) == ["package-lock.json", "package.json"]


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ("echo 'no such module: react' >&2; exit 1", "shop of 1 cannot be packed: .*no such module: react"),
        ("mkdir dist", "shop of 1 cannot be packed: its build left no dist/index.html → mend its build script"),
    ],
)
def test_a_build_that_fails_or_leaves_nothing_is_told_in_one_line(tmp_path: Path, build: str, said: str) -> None:
    with pytest.raises(Trouble, match=said):
        sites.pack(site(tmp_path / "shop", build), "shop of 1")
