"""The environment of the emulator is built whole or not at all; pip and uv are only pretended here."""

import stat
from pathlib import Path

import pytest

from localcloud.cloud import environment
from localcloud.errors import Trouble

MAKE = """#!/bin/sh
echo "$@" >> {log}
for last; do :; done
case "$1" in
  venv) mkdir -p "$last/bin" && touch "$last/bin/python" ;;
  pip) {install} ;;
esac
"""


@pytest.fixture
def uv(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A uv that makes an empty environment; what it was asked is in `asked` beside it."""
    monkeypatch.setattr("localcloud.home.REPOSITORY", home / "elsewhere")
    place = home / "uv" / "bin" / "uv"
    place.parent.mkdir(parents=True)
    write(place, "true")
    return place


def write(place: Path, install: str) -> None:
    place.write_text(MAKE.format(log=place.parent / "asked", install=install))
    place.chmod(place.stat().st_mode | stat.S_IXUSR)


def asked(uv: Path) -> list[str]:
    return (uv.parent / "asked").read_text().splitlines()


def test_it_is_built_from_the_lock_with_hashes(uv: Path, home: Path) -> None:
    python = environment.ensure()
    assert python == home / "cloud" / "venv" / "bin" / "python"
    assert python.exists()
    assert "--require-hashes" in asked(uv)[1]
    assert asked(uv)[1].endswith(str(environment.LOCK))


def test_a_second_time_nothing_is_done(uv: Path) -> None:
    environment.ensure()
    environment.ensure()
    assert len(asked(uv)) == 2


def test_another_lock_builds_it_again(uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure()
    other = tmp_path / "requirements.txt"
    other.write_text("other==1\n")
    monkeypatch.setattr(environment, "LOCK", other)
    environment.ensure()
    assert len(asked(uv)) == 4


def test_a_failure_is_told_in_one_line_and_leaves_nothing(uv: Path, home: Path) -> None:
    write(uv, "echo no such package >&2; exit 1")
    with pytest.raises(Trouble, match="could not be installed: no such package"):
        environment.ensure()
    assert list((home / "cloud").iterdir()) == []


def test_without_a_network_the_error_and_its_deepest_cause_are_told(uv: Path) -> None:
    refused = (
        "error: Failed to fetch x\\n  cause: tunnel error\\n  cause: Connection refused (os error 111)\\n\\nhint: y"
    )
    write(uv, f"printf '{refused}' >&2; exit 1")
    with pytest.raises(Trouble) as raised:
        environment.ensure()
    assert str(raised.value) == (
        "the AWS emulator could not be installed: Failed to fetch x: Connection refused (os error 111) "
        "→ check the network and try again"
    )


def test_a_disk_that_fills_up_is_told_without_what_the_installer_was_at(uv: Path) -> None:
    write(uv, "echo 'error: failed to copy a to b: No space left on device (os error 28)' >&2; exit 1")
    with pytest.raises(Trouble, match=r"could not be installed: no space left on the disk → "):
        environment.ensure()


def test_without_uv_it_is_pip(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "find_uv", lambda: None)
    make, install = environment.commands(tmp_path)
    assert make[1:3] == ["-m", "venv"]
    assert install == [
        str(tmp_path / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "-r",
        str(environment.LOCK),
    ]


def test_the_lock_names_no_index_and_pins_every_package() -> None:
    lines = [line for line in environment.LOCK.read_text().splitlines() if line and line[0] not in " #"]
    assert not [line for line in lines if "==" not in line]
    assert "://" not in environment.LOCK.read_text()
    assert "ministack==1.5.33 \\" in lines
