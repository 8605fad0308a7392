"""Images from the real Docker engine in a registry of the test's own."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import docker
from localcloud.errors import Trouble
from localcloud.plugins.docker_build.provider import IMAGE, DockerBuild
from localcloud.plugins.provider import Create, Update
from localcloud.tests.plugins import images
from localcloud.tests.plugins.tiny_registry import TinyRegistry

pytestmark = [pytest.mark.docker, pytest.mark.slow]

URN = f"urn:pulumi:dev::p::{IMAGE}::app"
SECRET = "the-secret-hunter2"


class Wrapped:
    """The real engine behind a client that writes down every command line."""

    def __init__(self, engine: docker.DockerEngine, folder: Path) -> None:
        self._calls = folder / "calls"
        self._calls.touch()
        client = folder / "docker"
        client.write_text(f'#!/bin/sh\necho "$@" >> {self._calls}\nexec {engine.client} "$@"\n')
        client.chmod(0o755)
        self.engine = docker.DockerEngine(engine.host, engine.version, engine.ours, str(client), engine.gateway)

    def words(self) -> list[str]:
        """Return the first word of every call."""
        return [line.split()[0] for line in self.calls().splitlines()]

    def calls(self) -> str:
        """Return all command lines."""
        return self._calls.read_text()


@pytest.fixture
def wrapped(real_engine: docker.DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wrapped:
    wrapped = Wrapped(real_engine, tmp_path)
    monkeypatch.setattr(docker, "find", lambda: wrapped.engine)
    return wrapped


@pytest.fixture
def given(
    registry: TinyRegistry, tmp_path: Path, wrapped: Wrapped, real_engine: docker.DockerEngine
) -> Iterator[dict[str, Any]]:
    folder = images.write_sources(tmp_path / "context")
    tags = [f"{registry.host}/app:{tag}" for tag in ("v1", "v2")]
    yield {"context": {"location": str(folder)}, "push": True, "tags": tags, "buildOnPreview": False}
    images.remove(real_engine, f"{registry.host}/app")


def sources(given: dict[str, Any]) -> Path:
    return Path(given["context"]["location"])


def make(given: dict[str, Any]) -> dict[str, Any]:
    return DockerBuild().create(Create(URN, IMAGE, given)).outputs


def test_an_image_is_built_once_pushed_under_every_tag_and_then_taken_over(
    given: dict[str, Any], registry: TinyRegistry, wrapped: Wrapped
) -> None:
    outputs = make(given)
    assert outputs["digest"] == registry.digest("app", "v1") == registry.digest("app", "v2")
    assert outputs["ref"] == f"{given['tags'][0]}@{outputs['digest']}"
    assert wrapped.words() == ["build", "push", "push"]
    assert make(given) == outputs
    assert wrapped.words() == ["build", "push", "push"]

    (sources(given) / "message").write_text("bye\n")
    updated = DockerBuild().update(Update(URN, IMAGE, "app", given, given, outputs))
    assert updated["contextHash"] != outputs["contextHash"]
    assert updated["digest"] == registry.digest("app", "v1") != outputs["digest"]


def test_a_secret_and_a_password_are_in_no_command_line_log_or_layer(
    given: dict[str, Any],
    registry: TinyRegistry,
    wrapped: Wrapped,
    own_home: Path,
    real_engine: docker.DockerEngine,
) -> None:
    registry.login = f"AWS:{SECRET}"
    run = 'RUN --mount=type=secret,id=token read word < /run/secrets/token && echo "the word is $word"'
    images.write_sources(sources(given), run)
    login = {"address": registry.host, "username": "AWS", "password": SECRET}
    make({**given, "secrets": {"token": f"{SECRET}\n"}, "registries": [login], "noCache": True})
    log = (own_home / "logs" / "images" / "app.log").read_text()
    assert "the word is ***" in log
    packed = subprocess.run(
        [real_engine.client, "save", given["tags"][0]],
        capture_output=True,
        check=True,
        env=real_engine.environment(),
    ).stdout
    assert b"hello\n" in packed
    assert SECRET.encode() not in packed
    assert SECRET.encode() not in b"".join(registry.blobs.values())
    assert SECRET not in log + wrapped.calls()


def test_a_failed_build_tells_the_last_words_of_the_step(given: dict[str, Any]) -> None:
    images.write_sources(sources(given), "RUN echo before && nothing-of-the-kind")
    with pytest.raises(Trouble) as caught:
        make(given)
    assert "  before\n" in str(caught.value)
    assert "nothing-of-the-kind" in str(caught.value)
    assert str(caught.value).endswith("logs/images/app.log")


def test_arguments_target_labels_and_an_inline_dockerfile_reach_the_image(
    given: dict[str, Any], real_engine: docker.DockerEngine
) -> None:
    dockerfile = (sources(given) / "Dockerfile").read_text()
    inline = f"{dockerfile}ARG WORD\nENV SAID=$WORD\nFROM shell AS other\n"
    more = {
        "dockerfile": {"inline": inline},
        "buildArgs": {"WORD": "yes"},
        "labels": {"team": "shop"},
        "target": "shell",
        "cacheTo": [{"inline": {}}],
    }
    make({**given, **more})
    said = real_engine.run("inspect", "--format", "{{json .Config}}", given["tags"][0]).stdout
    config = json.loads(said)
    assert "SAID=yes" in config["Env"]
    assert config["Labels"]["team"] == "shop"


def test_an_image_that_is_not_pushed_has_its_id_as_digest(
    given: dict[str, Any], registry: TinyRegistry, real_engine: docker.DockerEngine
) -> None:
    outputs = make({**given, "push": False, "load": True})
    found = real_engine.run("inspect", "--format", "{{.Id}}", given["tags"][0]).stdout.strip()
    assert outputs["digest"] == found
    assert registry.manifests == {}


def test_a_preview_that_builds_pushes_nothing(given: dict[str, Any], registry: TinyRegistry, wrapped: Wrapped) -> None:
    DockerBuild().create(Create(URN, IMAGE, {**given, "buildOnPreview": True}, preview=True))
    assert wrapped.words() == ["build"]
    assert registry.manifests == {}
