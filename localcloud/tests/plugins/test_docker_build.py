"""The image as a resource, on a registry of the test's own and without a Docker engine that builds."""

from pathlib import Path
from typing import Any

import pytest

from localcloud import docker
from localcloud.errors import Trouble
from localcloud.plugins.docker_build import context, inputs
from localcloud.plugins.docker_build.empty import CONFIG_TYPE, MANIFEST_TYPE
from localcloud.plugins.docker_build.provider import IMAGE, LABEL, DockerBuild
from localcloud.plugins.provider import (
    UNKNOWN,
    Check,
    Create,
    Delete,
    DiffRequest,
    Read,
    Secret,
    Update,
)
from localcloud.plugins.registry import Repository
from localcloud.tests.plugins.tiny_registry import TinyRegistry

URN = f"urn:pulumi:dev::p::{IMAGE}::counter-backend"


class Lines:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def status(self, text: str) -> None:
        """Forget it."""

    def warning(self, text: str) -> None:
        """Keep it."""
        self.warnings.append(text)


@pytest.fixture
def provider() -> DockerBuild:
    return DockerBuild()


@pytest.fixture
def given(tmp_path: Path, registry: TinyRegistry) -> dict[str, Any]:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY message /\n")
    (folder / "message").write_text("hello\n")
    tag = f"{registry.host}/counter/backend:v1"
    return {"context": {"location": str(folder)}, "push": True, "tags": [tag], "buildOnPreview": False}


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build fails, so that what passes has not built."""
    monkeypatch.setattr(docker, "find", lambda: None)
    monkeypatch.setattr(docker, "explain", lambda: ["Docker is not installed"])


def push_as_built(given: dict[str, Any]) -> str:
    """Push what a build of these inputs would have pushed, as far as the registry shows."""
    build = inputs.read(given, {})
    label = context.build_hash(build, context.context_hash(build))
    digest = ""
    for tag in build.tags:
        repository = Repository(tag, {})
        config = repository.put_blob(f'{{"config": {{"Labels": {{"{LABEL}": "{label}"}}}}}}'.encode())
        described = {"mediaType": CONFIG_TYPE, "digest": config, "size": 1}
        digest = repository.put_manifest({"mediaType": MANIFEST_TYPE, "config": described, "layers": []})
    return digest


def changes(provider: DockerBuild, old: dict[str, Any], new: dict[str, Any], hashed: object) -> dict[str, str]:
    outputs = {**old, "contextHash": hashed, "digest": "sha256:x", "ref": "x"}
    return dict(provider.diff(DiffRequest(URN, IMAGE, "counter-backend", new, old, outputs)).changes)


def hash_of(given: dict[str, Any]) -> str:
    return context.context_hash(inputs.read(given, {}))


def test_a_preview_knows_the_context_and_the_tags_but_no_digest(
    provider: DockerBuild, given: dict[str, Any], no_engine: None
) -> None:
    previewed = provider.create(Create(URN, IMAGE, given, preview=True))
    assert previewed.id == ""
    unknown = {"contextHash": hash_of(given), "digest": UNKNOWN, "ref": UNKNOWN}
    assert previewed.outputs == {**given, **unknown}


def test_a_preview_of_a_context_that_is_not_known_yet_knows_no_hash(provider: DockerBuild) -> None:
    given = {"context": {"location": UNKNOWN}, "tags": [UNKNOWN], "push": True, "buildOnPreview": True}
    outputs = provider.create(Create(URN, IMAGE, given, preview=True)).outputs
    assert outputs["contextHash"] is UNKNOWN


def test_an_image_that_is_there_from_the_same_sources_is_taken_over_without_a_build(
    provider: DockerBuild, given: dict[str, Any], no_engine: None
) -> None:
    digest = push_as_built(given)
    created = provider.create(Create(URN, IMAGE, given))
    where = {"digest": digest, "ref": f"{given['tags'][0]}@{digest}"}
    assert created.id == "counter-backend"
    assert created.outputs == {**given, "contextHash": hash_of(given), **where}


@pytest.mark.parametrize(
    "difference",
    [{"buildArgs": {"A": "2"}}, {"noCache": True}, {"target": "other"}, {"labels": {"a": "b"}}],
)
def test_an_image_from_other_sources_is_not_taken_over(
    provider: DockerBuild, given: dict[str, Any], no_engine: None, difference: dict[str, Any]
) -> None:
    push_as_built(given)
    with pytest.raises(Trouble, match="no Docker engine answers → Docker is not installed"):
        provider.create(Create(URN, IMAGE, {**given, **difference}))


def test_an_image_is_built_when_one_of_its_tags_is_missing(
    provider: DockerBuild, given: dict[str, Any], no_engine: None
) -> None:
    push_as_built(given)
    more = {**given, "tags": [*given["tags"], given["tags"][0].replace(":v1", ":v2")]}
    with pytest.raises(Trouble, match="no Docker engine answers"):
        provider.create(Create(URN, IMAGE, more))
    push_as_built(more)
    assert provider.create(Create(URN, IMAGE, more)).id == "counter-backend"


def test_nothing_changed_is_no_difference(provider: DockerBuild, given: dict[str, Any]) -> None:
    assert changes(provider, given, given, hash_of(given)) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"buildArgs": {"A": "1"}}, {"buildArgs": "add"}),
        ({"tags": ["localhost/a"]}, {"tags": ["localhost/b"]}, {"tags[0]": "update"}),
        ({"labels": {"a": "1"}}, {"labels": {"a": "2"}}, {"labels.a": "update"}),
        ({"secrets": {"t": "1"}}, {"secrets": {"t": "2"}}, {"secrets.t": "update"}),
        ({"buildOnPreview": True}, {"buildOnPreview": False}, {}),
        (
            {"registries": [{"address": "a", "username": "AWS", "password": "1"}]},
            {"registries": [{"address": "a", "username": "AWS", "password": "2"}]},
            {},
        ),
        (
            {"secrets": {"t": "1"}, "ignoreSecretsInDiffCalculation": ["t"]},
            {"secrets": {"t": "2"}, "ignoreSecretsInDiffCalculation": ["t"]},
            {},
        ),
        (
            {"ignoreSecretsInDiffCalculation": ["t"]},
            {"secrets": {"t": "2"}, "ignoreSecretsInDiffCalculation": ["t"]},
            {"secrets": "add"},
        ),
    ],
)
def test_a_changed_input_is_a_build_in_place_apart_from_tokens(
    provider: DockerBuild, given: dict[str, Any], old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]
) -> None:
    assert changes(provider, {**given, **old}, {**given, **new}, hash_of(given)) == expected


def test_changed_sources_are_a_build_in_place(provider: DockerBuild, given: dict[str, Any]) -> None:
    before = hash_of(given)
    Path(given["context"]["location"], "message").write_text("bye\n")
    assert changes(provider, given, given, before) == {"contextHash": "update"}


def test_read_sees_another_digest_and_that_an_image_is_gone(
    provider: DockerBuild, given: dict[str, Any], registry: TinyRegistry
) -> None:
    digest = push_as_built(given)
    outputs = provider.create(Create(URN, IMAGE, given)).outputs
    found = provider.read(Read(URN, IMAGE, "counter-backend", given, {**outputs, "digest": "sha256:old"}))
    assert found is not None
    assert found.outputs == outputs
    assert found.outputs["digest"] == digest
    registry.manifests.clear()
    assert provider.read(Read(URN, IMAGE, "counter-backend", given, outputs)) is None


def test_delete_keeps_the_image(provider: DockerBuild, given: dict[str, Any], registry: TinyRegistry) -> None:
    digest = push_as_built(given)
    outputs = provider.create(Create(URN, IMAGE, given)).outputs
    provider.delete(Delete(URN, IMAGE, "counter-backend", given, outputs))
    assert registry.digest("counter/backend", "v1") == digest


def test_secrets_and_passwords_are_marked_even_if_the_program_does_not(
    provider: DockerBuild, given: dict[str, Any], no_engine: None
) -> None:
    login = {"address": "localhost:1", "username": "AWS", "password": "hunter2"}
    secret = {**given, "secrets": {"t": "hunter2"}, "registries": [login]}
    push_as_built(secret)
    marked = {"secrets": Secret({"t": "hunter2"}), "registries": [{**login, "password": Secret("hunter2")}]}
    checked = provider.check(Check(URN, IMAGE, secret))
    assert checked.failures == []
    for properties in (
        checked.inputs,
        provider.create(Create(URN, IMAGE, secret)).outputs,
        provider.create(Create(URN, IMAGE, secret, preview=True)).outputs,
        provider.update(Update(URN, IMAGE, "counter-backend", secret, given, {})),
    ):
        assert {name: properties[name] for name in marked} == marked


def test_without_a_docker_engine_an_empty_image_says_that_it_is_one(
    provider: DockerBuild, given: dict[str, Any], no_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALCLOUD_NO_DOCKER", "1")
    lines = Lines()
    outputs = provider.create(Create(URN, IMAGE, given, log=lines)).outputs
    assert lines.warnings == [
        "there is no Docker engine: an empty image takes this one's place, nothing can run from it"
    ]
    repository = Repository(given["tags"][0], {})
    assert outputs["digest"] == repository.digest()
    labels = repository.labels()
    assert labels is not None
    assert labels["slipway.empty"] == "no Docker engine was there to build it"
    assert provider.create(Create(URN, IMAGE, given)).outputs == outputs

    Path(given["context"]["location"], "message").write_text("bye\n")
    assert provider.create(Create(URN, IMAGE, given)).outputs["digest"] != outputs["digest"]

    monkeypatch.delenv("LOCALCLOUD_NO_DOCKER")
    with pytest.raises(Trouble, match="no Docker engine answers"):
        provider.create(Create(URN, IMAGE, given))


def test_caches_of_buildx_are_refused_where_the_client_is_without_it(
    provider: DockerBuild, given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\nexit 1\n")
    client.chmod(0o755)
    engine = docker.DockerEngine("unix:///none.sock", "20.10.24", False, str(client), "172.17.0.1")
    monkeypatch.setattr(docker, "find", lambda: engine)
    caches = {"cacheTo": [{"inline": {}}, {"local": {"dest": "/c"}}]}
    checked = provider.check(Check(URN, IMAGE, {**given, **caches}))
    reason = f"needs docker buildx, which {client} is without"
    assert [(each.property, each.reason) for each in checked.failures] == [("cacheTo[1].local", reason)]
    client.write_text("#!/bin/sh\nexit 0\n")
    assert provider.check(Check(URN, IMAGE, {**given, **caches})).failures == []


def test_what_has_no_entry_is_refused_by_name(provider: DockerBuild) -> None:
    with pytest.raises(Trouble, match="has no resource docker-build:index:Index"):
        provider.check(Check("urn:pulumi:dev::p::docker-build:index:Index::x", "docker-build:index:Index", {}))
    with pytest.raises(Trouble, match="the setting docker-build:colour has no entry"):
        provider.configure({"host": "", "colour": "red"})
    with pytest.raises(Trouble, match="has no function docker-build:index:x"):
        provider.invoke("docker-build:index:x", {})
    with pytest.raises(Trouble, match="the image x cannot be imported"):
        provider.read(Read(URN, IMAGE, "x"))
