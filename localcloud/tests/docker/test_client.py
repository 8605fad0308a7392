"""Which docker client is taken when there are several."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.docker import client, root


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(root, "SYSTEM_FOLDERS", ())
    client.forget()
    yield
    client.forget()


def make(folder: Path, version: str, buildx: bool = False) -> str:
    """Write a client that says its version, and has or has not the plugin."""
    folder.mkdir()
    program = folder / "docker"
    program.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = --version ]; then echo "Docker version {version}, build 1"; exit 0; fi\n'
        f"exit {0 if buildx else 1}\n"
    )
    program.chmod(0o755)
    return str(program)


def path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", ":".join(str(folder) for folder in folders))


@pytest.mark.parametrize(
    ("version", "buildx", "can"),
    [
        ("20.10.24+dfsg1", False, True),
        ("22.06.0-beta", False, True),
        ("23.0.0", False, False),
        ("28.2.2", False, False),
        ("28.2.2", True, True),
    ],
)
def test_buildkit_is_in_old_clients_and_in_the_plugin_of_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, buildx: bool, can: bool
) -> None:
    program = make(tmp_path / "bin", version, buildx)
    path(monkeypatch, tmp_path / "bin")
    assert client.find() == client.Client(program, version, can)


def test_a_client_that_builds_is_preferred_to_one_that_stands_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "local", "28.2.2")
    program = make(tmp_path / "system", "20.10.24")
    path(monkeypatch, tmp_path / "local", tmp_path / "system")
    assert client.find() == client.Client(program, "20.10.24", True)


def test_the_first_client_is_named_when_none_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = make(tmp_path / "local", "28.2.2")
    make(tmp_path / "system", "27.0.0")
    path(monkeypatch, tmp_path / "local", tmp_path / "system")
    assert client.find() == client.Client(program, "28.2.2", False)


def test_what_is_not_a_docker_client_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\necho podman\n")
    (tmp_path / "docker").chmod(0o755)
    path(monkeypatch, tmp_path, tmp_path / "missing")
    assert client.find() is None


def test_a_client_that_was_installed_meanwhile_is_seen_after_forgetting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make(tmp_path / "bin", "28.2.2")
    path(monkeypatch, tmp_path / "bin")
    assert client.find() == client.Client(program, "28.2.2", False)
    Path(program).write_text(Path(program).read_text().replace("exit 1", "exit 0"))
    assert client.find() == client.Client(program, "28.2.2", False)
    client.forget()
    assert client.find() == client.Client(program, "28.2.2", True)
