import os
import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2

from localcloud.engine.plugins import sdk_plugins
from localcloud.plugins import install
from localcloud.plugins.docker.provider import Docker
from localcloud.plugins.docker_build.provider import DockerBuild
from localcloud.plugins.provider import Provider
from localcloud.tests.plugins.conftest import Stub


@pytest.mark.parametrize("name", ["docker", "docker-build"])
def test_an_installed_provider_answers_with_the_version_that_its_sdk_asks_for(tmp_path: Path, name: str) -> None:
    executable = install(tmp_path)[name] / f"pulumi-resource-{name}"
    with subprocess.Popen([executable], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            version = Stub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=60).version
        process.terminate()
    assert version == sdk_plugins()[name]


def test_every_provider_gets_a_folder_with_one_executable(tmp_path: Path) -> None:
    folders = install(tmp_path)
    assert {name: os.listdir(folder) for name, folder in folders.items()} == {
        "aws": ["pulumi-resource-aws"],
        "docker": ["pulumi-resource-docker"],
        "docker-build": ["pulumi-resource-docker-build"],
    }
    assert all(os.access(folder / f"pulumi-resource-{name}", os.X_OK) for name, folder in folders.items())


def test_installing_again_changes_nothing(tmp_path: Path) -> None:
    times = [os.stat(folder / f"pulumi-resource-{name}").st_mtime_ns for name, folder in install(tmp_path).items()]
    again = [os.stat(folder / f"pulumi-resource-{name}").st_mtime_ns for name, folder in install(tmp_path).items()]
    assert again == times


def test_the_programs_folder_cannot_shadow_a_module_of_the_provider(tmp_path: Path) -> None:
    executable = install(tmp_path / "providers")["docker"] / "pulumi-resource-docker"
    for name in ("json", "grpc", "localcloud"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    with subprocess.Popen([executable], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdigit()
        process.terminate()


def test_both_keep_to_the_protocol() -> None:
    providers: list[Provider] = [Docker(), DockerBuild()]
    assert [one.name for one in providers] == ["docker", "docker-build"]
