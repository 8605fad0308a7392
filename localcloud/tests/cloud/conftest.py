"""A cloud for the tests in a home of its own: without Docker for most, with it for some."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud import cloud, docker, images
from localcloud.cloud import environment
from localcloud.docker import DockerEngine

REGION = "eu-west-1"
ACCOUNT = "222222222222"
OTHER = "333333333333"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for one test."""
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def emulator() -> None:
    """The emulator's environment, built once for the homes of all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LOCALCLOUD_HOME", raising=False)
        environment.ensure()


@pytest.fixture(scope="module")
def plain(emulator: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    """A cloud that does not touch Docker, for the tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALCLOUD_HOME", str(tmp_path_factory.mktemp("home")))
        yield cloud.start(None, REGION)
        cloud.stop()
        assert not (Path(os.environ["LOCALCLOUD_HOME"]) / "cloud" / "cloud.json").exists()


@pytest.fixture(scope="session")
def engine(emulator: None) -> DockerEngine:
    """The Docker engine of this machine."""
    found = docker.find()
    if found is None:
        pytest.skip("no Docker engine answers")
    return found


@pytest.fixture(scope="session")
def image(engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image of the small web application beside this file."""
    images.ensure(engine, ["python:3.13-slim"])
    folder = tmp_path_factory.mktemp("image")
    shutil.copy(Path(__file__).with_name("app.py"), folder)
    (folder / "Dockerfile").write_text(
        'FROM python:3.13-slim\nCOPY app.py /app.py\nCMD ["python3", "/app.py", "from-image"]\n'
    )
    built = engine.run("build", "--quiet", "--tag", "localcloud/test-app", str(folder), seconds=600)
    assert built.returncode == 0, built.stderr
    return "localcloud/test-app"
