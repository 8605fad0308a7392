from pathlib import Path

import pytest

from localcloud.cloud import process


def test_the_process_sees_nothing_that_was_not_chosen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("SERVICES", "s3")
    monkeypatch.setenv("SLIPWAY_CLOUD_DRAIN_SECONDS", "1")
    found = process.settings(4566, "eu-west-1", "boot", None)
    assert found["AWS_SECRET_ACCESS_KEY"] == "embedded"
    assert "SERVICES" not in found
    assert found["SLIPWAY_CLOUD_DRAIN_SECONDS"] == "1"


def test_it_listens_on_loopback_alone(home: Path) -> None:
    found = process.settings(4567, "eu-west-1", "boot", None)
    chosen = ("BIND_HOST", "GATEWAY_PORT", "IOT_MTLS_ENABLED", "SFTP_ENABLED", "PERSIST_STATE")
    assert [found[key] for key in chosen] == ["127.0.0.1", "4567", "0", "0", "0"]


def test_without_an_engine_no_socket_is_found_by_chance(home: Path) -> None:
    assert process.settings(4566, "eu-west-1", "boot", None)["DOCKER_HOST"] == process.NO_DOCKER
    with_engine = process.settings(4566, "eu-west-1", "boot", "unix:///run/x.sock")
    assert (with_engine["DOCKER_HOST"], with_engine["SLIPWAY_DOCKER"]) == ("unix:///run/x.sock", "1")


def test_scratch_files_of_an_earlier_start_are_removed(home: Path) -> None:
    (home / "cloud" / "scratch").mkdir(parents=True)
    (home / "cloud" / "scratch" / "old").write_text("x")
    found = process.settings(4566, "eu-west-1", "boot", None)
    assert list(Path(found["TMPDIR"]).iterdir()) == []


def test_containers_are_known_by_the_home_they_belong_to(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = process.instance()
    assert process.instance() == mine
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "other"))
    assert process.instance() != mine
