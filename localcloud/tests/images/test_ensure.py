"""Which base images are pulled, built, or left as they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from localcloud import images, progress
from localcloud.docker import DockerEngine
from localcloud.errors import Trouble
from localcloud.images import bases, debian, registry, standins
from localcloud.images.__main__ import main
from localcloud.images.bases import Base, Bases

from .conftest import MemoryEngine

DIGEST = "sha256:" + "d" * 64
COLLECTOR = "otel/opentelemetry-collector-contrib:0.153.0"
NAMES = ["python:3.13-slim", "node:24-slim", "nginx:alpine", "postgres:17-alpine", "valkey/valkey:8-alpine", COLLECTOR]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is built as a stand-in, in order; the engine then has it."""
    names: list[str] = []

    def build_debian(engine: MemoryEngine, made: Any, labels: list[str]) -> None:
        names.append(made.name)
        engine.images[made.name] = stand_in(made.name, labels)

    def build_one(engine: MemoryEngine, base: Base, words: Sequence[str]) -> None:
        assert words[0] == engine.client
        assert f"--tag={base.name}" in words
        assert all(needed in engine.images for needed in base.needs)
        names.append(base.name)
        labels = [word.removeprefix("--label=") for word in words if word.startswith("--label=")]
        engine.images[base.name] = stand_in(base.name, labels)

    monkeypatch.setattr(debian, "build", build_debian)
    monkeypatch.setattr(standins, "_build_one", build_one)
    return names


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(progress, "note", heard.append)
    return heard


def stand_in(name: str, labels: list[str]) -> dict[str, Any]:
    return {"RepoTags": [name], "Config": {"Labels": dict(label.split("=", 1) for label in labels)}}


def answering(monkeypatch: pytest.MonkeyPatch, verdict: bool) -> list[str]:
    asked: list[str] = []

    def reachable(host: str) -> bool:
        asked.append(host)
        return verdict

    monkeypatch.setattr(registry, "reachable", reachable)
    return asked


def pinned(monkeypatch: pytest.MonkeyPatch) -> Bases:
    plain = bases.load()
    table = {
        name: Base(name=name, digest=DIGEST, recipe=base.recipe, needs=base.needs)
        for name, base in plain.by_name.items()
    }
    found = Bases(plain.debian, table)
    monkeypatch.setattr(images, "load", lambda: found)
    return found


def sources(engine: DockerEngine) -> dict[str, tuple[str, bool, str]]:
    return {found.name: (found.source, found.ready, found.note) for found in images.status(engine)}


def test_an_engine_without_images_misses_all(memory_engine: MemoryEngine) -> None:
    assert sources(memory_engine) == dict.fromkeys(NAMES, ("missing", False, ""))


def test_where_no_registry_answers_stand_ins_are_built_each_after_what_it_needs(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, False)
    said: list[str] = []
    images.ensure(memory_engine, say=said.append)
    assert set(asked) == {registry.DOCKER_HUB}
    assert built[0] == "localcloud/debian:trixie"
    assert sorted(built[1:]) == sorted(NAMES)
    assert said[0] == "Debian trixie from packages"
    assert memory_engine.pulls() == []
    assert sources(memory_engine) == dict.fromkeys(NAMES, ("stand-in", True, ""))


def test_one_image_brings_only_what_it_needs(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, False)
    images.ensure(memory_engine, ["node:24-slim"])
    assert built == ["localcloud/debian:trixie", "python:3.13-slim", "node:24-slim"]


def test_what_is_ready_stays_and_no_network_is_asked(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, False)
    images.ensure(memory_engine)
    built.clear()
    asked = answering(monkeypatch, True)
    images.ensure(memory_engine)
    assert (built, asked, memory_engine.pulls()) == ([], [], [])


def test_a_changed_recipe_is_built_again_on_the_debian_that_is_there(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, False)
    images.ensure(memory_engine)
    memory_engine.images["nginx:alpine"] = stand_in("nginx:alpine", standins.labels("0" * 16))
    assert sources(memory_engine)["nginx:alpine"] == ("stand-in", False, "its recipe has changed")
    built.clear()
    images.ensure(memory_engine)
    assert built == ["nginx:alpine"]


def test_where_the_registry_answers_the_digest_is_pulled_and_named(
    memory_engine: MemoryEngine, built: list[str], notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pinned(monkeypatch)
    answering(monkeypatch, True)
    engine = MemoryEngine(
        *("unix:///nowhere", "20.10.24", False, "/opt/docker", "172.17.0.1"),
        upstream=frozenset(base.pulled for base in found.choose()),
    )
    images.ensure(engine)
    repositories = ("python", "node", "nginx", "postgres", "valkey/valkey", COLLECTOR.partition(":")[0])
    assert engine.pulls() == [f"{repository}@{DIGEST}" for repository in repositories]
    assert (built, notes) == ([], [])
    assert sources(engine) == dict.fromkeys(NAMES, ("registry", True, ""))


def test_an_image_that_is_not_pinned_is_pulled_by_its_tag_and_that_is_said(
    memory_engine: MemoryEngine, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, True)
    engine = MemoryEngine(*("unix:///nowhere", "20.10.24", False, "/opt/docker", ""), upstream=frozenset(NAMES))
    images.ensure(engine, ["nginx:alpine"])
    assert engine.pulls() == ["nginx:alpine"]
    assert notes == ["nginx:alpine is not pinned: pulled is what its tag names today"]
    assert images.status(engine, ["nginx:alpine"]) == [
        images.ImageStatus("nginx:alpine", "registry", True, "not pinned")
    ]


def test_a_pull_that_fails_is_said_and_a_stand_in_takes_its_place(
    memory_engine: MemoryEngine, built: list[str], notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(monkeypatch)
    answering(monkeypatch, True)
    images.ensure(memory_engine, ["python:3.13-slim"])
    assert notes == ["python:3.13-slim cannot be pulled (toomanyrequests: slow down): a stand-in takes its place"]
    assert built == ["localcloud/debian:trixie", "python:3.13-slim"]


def test_an_image_with_another_digest_than_the_pinned_one_is_not_ready(
    memory_engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(monkeypatch)
    name = "nginx:alpine"
    memory_engine.images[name] = {"RepoTags": [name], "RepoDigests": ["nginx@sha256:" + "e" * 64], "Config": {}}
    assert images.status(memory_engine, [name]) == [
        images.ImageStatus(name, "registry", False, "not the pinned digest")
    ]


def test_an_image_of_unknown_origin_is_replaced(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, False)
    memory_engine.images["nginx:alpine"] = {
        "RepoTags": ["nginx:alpine"],
        "RepoDigests": ["127.0.0.1:4566/web@sha256:" + "e" * 64],
        "Config": {},
    }
    note = "another image has its name: neither pulled nor made here"
    assert sources(memory_engine)["nginx:alpine"] == ("missing", False, note)
    images.ensure(memory_engine, ["nginx:alpine"])
    assert built == ["localcloud/debian:trixie", "nginx:alpine"]


def test_a_stand_in_that_cannot_be_built_ends_the_others_with_its_trouble(
    memory_engine: MemoryEngine, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, False)

    def fail(engine: MemoryEngine, base: Base, words: Sequence[str]) -> None:
        raise Trouble(f"the stand-in for {base.name} cannot be built", "read x.log")

    monkeypatch.setattr(standins, "_build_one", fail)
    with pytest.raises(Trouble, match=r"the stand-in for python:3\.13-slim cannot be built"):
        images.ensure(memory_engine)
    assert sources(memory_engine) == dict.fromkeys(NAMES, ("missing", False, ""))


def test_look_prints_a_line_an_image_and_ends_with_1_when_one_is_missing(
    memory_engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("localcloud.docker.find", lambda: memory_engine)
    label = standins.labels(bases.load().fingerprint(bases.load().by_name["nginx:alpine"]))
    memory_engine.images["nginx:alpine"] = stand_in("nginx:alpine", label)
    assert main(["look"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "python:3.13-slim                              missing",
        "node:24-slim                                  missing",
        "nginx:alpine                                  stand-in",
        "postgres:17-alpine                            missing",
        "valkey/valkey:8-alpine                        missing",
        "otel/opentelemetry-collector-contrib:0.153.0  missing",
    ]
    assert main(["look", "nginx:alpine", "--json"]) == 0


def test_look_starts_no_engine_and_says_why_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("localcloud.docker.find", lambda: None)
    monkeypatch.setattr("localcloud.docker.explain", lambda: ["Docker is not installed → install it"])
    assert main(["look"]) == 1
    assert capsys.readouterr().err == "base images need a Docker engine → Docker is not installed → install it\n"


def test_pin_asks_the_registry_and_writes_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "bases.toml"
    copy.write_text(bases.LIST.read_text())
    monkeypatch.setattr(bases, "LIST", copy)
    monkeypatch.setattr(registry, "digest", lambda name: DIGEST)
    assert main(["pin", "nginx:alpine"]) == 0
    assert main(["pin", "nginx:alpine"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"nginx:alpine  {DIGEST}  changed",
        f"nginx:alpine  {DIGEST}  unchanged",
    ]
    assert bases.load(copy).by_name["nginx:alpine"].digest == DIGEST
