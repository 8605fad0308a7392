import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud import engine, home
from localcloud.engine import shim
from localcloud.tests.engine.fakes import FakePulumi, Project, executable


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.slipway` of the test's own."""
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("LOCALCLOUD_HOME", str(place))
    return place


@pytest.fixture
def fake_pulumi() -> FakePulumi:
    """Write an executable `pulumi` into a folder that answers `pulumi version` with a text."""

    def write(folder: Path, answer: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return executable(folder / "pulumi", f"echo '{answer}'")

    return write


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A stack `dev` of an empty program, with the machine's real command line."""
    yield from opened(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The same for tests that never bring anything up."""
    yield from opened(tmp_path_factory.mktemp("shared"))


def opened(folder: Path) -> Iterator[Project]:
    """Make a project and its stack under a folder, with a `.slipway` of its own."""
    found = engine.find()
    if found is None:
        pytest.skip("no engine: make setup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALCLOUD_HOME", str(folder / "home"))
        repository = folder / "repository"
        (repository / "infra").mkdir(parents=True)
        (repository / "Pulumi.yaml").write_text("name: tiny\nruntime: python\nmain: infra/\n")
        kept = home.folder("pulumi", "bin") / "pulumi"
        try:
            os.link(found.pulumi, kept)
        except OSError:  # another file system
            shutil.copy2(found.pulumi, kept)
        own = engine.find()
        assert own is not None
        engine.install_plugins(own)
        environment = engine.environment(endpoint=None, region="eu-west-1", docker_host=None)
        created = Project(repository, shim.write(own.pulumi, engine.workspace.folder()), environment)
        created.write("")
        created.run("stack", "init", "dev")
        yield created
