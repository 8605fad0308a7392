"""A cloud for the tests in a home of its own: without Docker for most, with it for some."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import cloud, docker, images
from localcloud.cloud import environment
from localcloud.cloud.process import instance
from localcloud.docker import DockerEngine
from localcloud.tests.cloud.data import IMAGES, Data

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


@pytest.fixture
def client(plain: cloud.Cloud) -> Callable[[str], Any]:
    """Return a client of a service."""
    return lambda service: cloud.client(service, ACCOUNT, plain)


@pytest.fixture
def vpc(client: Callable[[str], Any]) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def subnets(client: Callable[[str], Any], vpc: str) -> list[str]:
    ec2 = client("ec2")
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{letter}")["Subnet"][
            "SubnetId"
        ]
        for number, letter in enumerate("ab")
    ]


@pytest.fixture(scope="module")
def data(engine: DockerEngine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """The cloud of this file; nothing of it is left in the engine afterwards."""
    images.ensure(engine, IMAGES)
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("LOCALCLOUD_HOME", str(home))
        data = Data(engine, cloud.start(engine, "eu-west-1"), home)
        yield data
        cloud.stop()
        chosen = ("--quiet", "--filter", f"label=ministack.instance={instance()}")
        left = [data.docker(*words, *chosen) for words in (("ps", "--all"), ("volume", "ls"), ("network", "ls"))]
        assert left == ["", "", ""]
