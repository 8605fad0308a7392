"""Plugins in the project's own PULUMI_HOME."""

import json
from pathlib import Path

import pytest

from localcloud.engine import SDK_VERSION, Engine, install_plugins
from localcloud.engine.plugins import sdk_plugins
from localcloud.errors import Trouble
from localcloud.tests.engine.fakes import FakePulumi, Project, executable

PROVIDERS = ("aws", "docker", "docker-build")


@pytest.fixture
def providers(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name in PROVIDERS:
        found[name] = tmp_path / "providers" / name
        found[name].mkdir(parents=True)
        executable(found[name] / f"pulumi-resource-{name}", f"echo {name}")
    return found


def engine_at(pulumi: Path) -> Engine:
    return Engine(pulumi=pulumi, version=SDK_VERSION, source="path")


def placed(home: Path) -> dict[str, list[str]]:
    folder = home / "pulumi" / "plugins"
    return {plugin.name: sorted(file.name for file in plugin.iterdir()) for plugin in folder.iterdir()}


def test_the_versions_are_those_of_the_installed_sdk_packages() -> None:
    assert {name: sdk_plugins()[name] for name in PROVIDERS} == {
        "aws": "7.51.1",
        "docker": "5.2.0",
        "docker-build": "0.0.22",
    }


def test_providers_and_a_language_host_are_placed_once(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi, providers: dict[str, Path]
) -> None:
    engine = engine_at(fake_pulumi(tmp_path / "tools", SDK_VERSION))
    (own_home / "pulumi" / "plugins" / "resource-aws-v7.0.0").mkdir(parents=True)
    install_plugins(engine, providers)
    assert placed(own_home) == {
        "language-python-v" + SDK_VERSION: ["pulumi-language-python"],
        "resource-aws-v7.51.1": ["pulumi-resource-aws"],
        "resource-docker-v5.2.0": ["pulumi-resource-docker"],
        "resource-docker-build-v0.0.22": ["pulumi-resource-docker-build"],
    }
    folder = own_home / "pulumi" / "plugins" / "resource-aws-v7.51.1"
    before = folder.stat().st_ino
    install_plugins(engine, providers)
    assert folder.stat().st_ino == before
    executable(providers["aws"] / "pulumi-resource-aws", "echo changed")
    install_plugins(engine, providers)
    assert (folder / "pulumi-resource-aws").read_text().endswith("echo changed\n")


def test_a_command_line_that_brings_its_language_host_keeps_it(
    own_home: Path, tmp_path: Path, fake_pulumi: FakePulumi
) -> None:
    engine = engine_at(fake_pulumi(tmp_path / "tools", SDK_VERSION))
    executable(tmp_path / "tools" / "pulumi-language-python", "echo official")
    install_plugins(engine, {})
    assert not (own_home / "pulumi" / "plugins").exists()


def test_a_command_line_that_was_built_here_gets_the_host_beside_it(own_home: Path, fake_pulumi: FakePulumi) -> None:
    engine = engine_at(fake_pulumi(own_home / "pulumi" / "bin", SDK_VERSION))
    install_plugins(engine, {})
    host = own_home / "pulumi" / "bin" / "pulumi-language-python"
    assert host.stat().st_mode & 0o111
    assert "language_host.py" in host.read_text()


def test_a_provider_that_no_sdk_package_asks_for_is_refused(
    own_home: Path, fake_pulumi: FakePulumi, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match="no installed SDK package asks for the provider gcp"):
        install_plugins(engine_at(fake_pulumi(tmp_path / "tools", SDK_VERSION)), {"gcp": tmp_path})


@pytest.mark.engine
def test_the_command_line_lists_exactly_our_plugins(project: Project) -> None:
    listed = json.loads(project.run("plugin", "ls", "--json"))
    assert sorted((plugin["name"], plugin["version"]) for plugin in listed if plugin["kind"] == "resource") == [
        ("aws", "7.51.1"),
        ("docker", "5.2.0"),
        ("docker-build", "0.0.22"),
    ]
