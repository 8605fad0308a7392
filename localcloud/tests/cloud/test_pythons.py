"""Where the Python of a function's runtime comes from; interpreters are scripts, Debian's packages are pretended."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from localcloud.cloud import pythons
from localcloud.docker import packages
from localcloud.errors import Trouble
from localcloud.images import unpacked


@pytest.fixture
def machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository without a Python of its own, on a Debian without one on PATH."""
    monkeypatch.setattr("localcloud.home.REPOSITORY", home / "repository")
    monkeypatch.setattr(pythons.shutil, "which", lambda name: None)
    monkeypatch.setattr(pythons, "_of_uv", lambda version: None)
    monkeypatch.setattr(unpacked, "run", lambda command, folder, otherwise: None)
    monkeypatch.setattr(packages, "is_debian", lambda: True)
    monkeypatch.setattr(pythons.platform, "machine", lambda: "x86_64")
    return home


def script(path: Path, said: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{said}\n")
    path.chmod(0o755)
    return path


def test_the_machines_own_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = script(machine / "bin" / "python3.13", "echo 3.13")
    monkeypatch.setattr(pythons.shutil, "which", lambda name: str(own) if name == "python3.13" else None)
    assert pythons.found() == {"python3.13": str(own)}


@pytest.mark.parametrize("said", ["echo 3.12", "exit 127", "echo 'command not found' >&2; exit 1"])
def test_a_shim_and_another_version_do_not_count(machine: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    own = script(machine / "bin" / "python3.13", said)
    monkeypatch.setattr(pythons.shutil, "which", lambda name: str(own))
    assert pythons.found() == {}


def test_uvs_is_taken_where_path_has_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    managed = script(machine / "uv" / "python3.13", "echo 3.13")
    monkeypatch.setattr(pythons, "_of_uv", lambda version: str(managed))
    assert pythons.found() == {"python3.13": str(managed)}


def test_one_is_made_of_debians_packages_and_serves_every_home(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(unpacked, "unpack", lambda names, folder, otherwise: folder.mkdir(parents=True))
    monkeypatch.setattr(pythons, "_script", lambda version, place: "#!/bin/sh\necho 3.13\n")
    pythons.ensure()
    made = machine / "repository" / ".slipway" / "cloud" / "python3.13" / "python"
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "other"))
    assert pythons.found() == {"python3.13": str(made)}


def test_one_that_does_not_run_is_removed_and_not_made_again_for_a_day(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tries: list[Path] = []

    def unpack(names: Sequence[str], folder: Path, otherwise: str) -> None:
        tries.append(folder)
        folder.mkdir(parents=True)

    monkeypatch.setattr(unpacked, "unpack", unpack)
    monkeypatch.setattr(pythons, "_script", lambda version, place: "#!/bin/sh\nexit 1\n")
    pythons.ensure()
    pythons.ensure()
    assert (len(tries), pythons.found()) == (1, {})
    assert "functions of python3.13 run on the emulator's own Python" in capsys.readouterr().err
    pythons._marker("3.13").write_text(str(int(time.time()) - pythons.AGAIN_SECONDS - 1))
    pythons.ensure()
    assert len(tries) == 2


def test_elsewhere_it_is_asked_for(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "is_debian", lambda: False)
    with pytest.raises(Trouble, match=r"there is no python3\.13 on PATH"):
        pythons._make("3.13")


def test_the_interpreter_is_started_with_its_own_loader_and_libraries(machine: Path) -> None:
    text = pythons._script("3.13", Path("/place"))
    assert "export PYTHONHOME='/place/usr'" in text
    assert "exec '/place/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'" in text
    assert "--library-path '/place/usr/lib/x86_64-linux-gnu' '/place/usr/bin/python3.13' \"$@\"" in text
