"""Which command line counts as the engine."""

from pathlib import Path

import pytest

from localcloud.engine import SDK_VERSION, Engine, cli, find, shim
from localcloud.tests.engine.fakes import FakePulumi, executable

MAJOR, MINOR, PATCH = map(int, SDK_VERSION.split("."))


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        (SDK_VERSION, True),
        (f"{MAJOR}.{MINOR}.{PATCH + 9}", True),
        (f"{MAJOR}.{MINOR + 1}.0-alpha.1", True),
        (f"{MAJOR}.{MINOR - 1}.99", False),
        (f"{MAJOR + 1}.{MINOR}.0", False),
        ("unknown", False),
    ],
)
def test_a_version_fits_from_the_sdks_minor_version_on(version: str, fits: bool) -> None:
    assert cli.fits(version) is fits


def test_the_kept_one_is_taken_before_one_on_path(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = fake_pulumi(tmp_path / "tools", f"v{MAJOR}.{MINOR + 1}.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:/usr/bin:/bin")
    assert find() == Engine(pulumi=on_path, version=f"{MAJOR}.{MINOR + 1}.0", source="path")
    kept = fake_pulumi(own_home / "pulumi" / "bin", f"v{SDK_VERSION}")
    assert find() == Engine(pulumi=kept, version=SDK_VERSION, source="cached")


def test_what_is_too_old_or_does_not_answer_is_passed_over(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pulumi(own_home / "pulumi" / "bin", "v3.1.0")
    fake_pulumi(tmp_path / "chatty", "usage: pulumi")
    (tmp_path / "broken").mkdir()
    executable(tmp_path / "broken" / "pulumi", f"echo v{SDK_VERSION}; exit 1")
    (tmp_path / "folder" / "pulumi").mkdir(parents=True)
    shim.write(tmp_path / "chatty" / "pulumi", tmp_path)
    good = fake_pulumi(tmp_path / "good", f"v{SDK_VERSION}")
    folders = ["chatty", "broken", "folder", "missing", "home/bin", "good"]
    monkeypatch.setenv("PATH", ":".join([*(str(tmp_path / each) for each in folders), "/usr/bin", "/bin"]))
    assert find() == Engine(pulumi=good, version=SDK_VERSION, source="path")


def test_a_link_on_path_leads_to_the_real_executable(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fake_pulumi(tmp_path / "real", f"v{SDK_VERSION}")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "pulumi").symlink_to(real)
    monkeypatch.setenv("PATH", f"{tmp_path / 'links'}:/usr/bin:/bin")
    assert find() == Engine(pulumi=real, version=SDK_VERSION, source="path")


def test_an_executable_is_asked_once_and_again_when_it_was_changed(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi
) -> None:
    calls = tmp_path / "calls"
    pulumi = executable(tmp_path / "pulumi", f"echo x >> {calls}; echo v3.1.0")
    assert [cli.answer_of(pulumi), cli.answer_of(pulumi)] == ["3.1.0", "3.1.0"]
    assert calls.read_text() == "x\n"
    executable(pulumi, f"echo x >> {calls}; echo v3.1.10")
    assert cli.answer_of(pulumi) == "3.1.10"
