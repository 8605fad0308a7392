"""Images: addresses known before a build, builds from normalised contexts, releases that must be there."""

from pathlib import Path

import pulumi
import pytest

from infra.components.service_image import RegistryLogin, ServiceImage, ServiceImageArgs
from infra.core.contents import content_address
from interface.pins import Release
from tests import cloud, fakes

HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
URL = f"{HOST}/counter/backend"


def sources(folder: Path) -> Path:
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "app.py").write_text("print(1)\n")
    return folder


def args(source: Path | Release, architecture: str = "x86_64") -> ServiceImageArgs:
    login = RegistryLogin(host=HOST, username="AWS", password=pulumi.Output.secret(fakes.PASSWORD))
    return ServiceImageArgs(repository_url=URL, source=source, architecture=architecture, login=login)


def built(folder: Path, architecture: str = "x86_64") -> cloud.Recording:
    return cloud.build(lambda: ServiceImage("backend", args(sources(folder), architecture)))


def outputs(source: Path | Release) -> dict[str, str]:
    def make() -> dict[str, object]:
        image = ServiceImage("backend", args(source))
        return {"address": image.address, "uri": image.uri, "digest": image.digest}

    return cloud.build(make).result


def test_an_image_is_tagged_with_the_address_of_its_sources_and_pushed(tmp_path: Path) -> None:
    image = built(tmp_path).one("docker-build:index:Image")

    assert image.inputs["tags"] == [f"{URL}:{content_address(tmp_path)}"]
    assert image.inputs["push"] is True
    assert image.inputs["buildOnPreview"] is False
    assert image.inputs["registries"] == [{"address": HOST, "username": "AWS", "password": fakes.PASSWORD}]


def test_an_image_is_kept_when_its_stack_is_gone(tmp_path: Path) -> None:
    assert built(tmp_path).one("docker-build:index:Image").retain_on_delete
    assert "stateful" in str(ServiceImage.__doc__).splitlines()[0]


def test_an_image_is_built_from_the_copy_that_its_address_was_made_of(tmp_path: Path, contexts: Path) -> None:
    image = built(tmp_path).one("docker-build:index:Image")
    location = Path(image.inputs["context"]["location"])

    assert location.resolve() == (contexts / content_address(tmp_path)).resolve()
    assert image.inputs["dockerfile"]["location"] == f"{location}/Dockerfile"
    assert content_address(location) == content_address(tmp_path)


@pytest.mark.parametrize(("architecture", "platform"), [("x86_64", "linux/amd64"), ("arm64", "linux/arm64")])
def test_trap_07_an_image_is_built_for_the_one_architecture(tmp_path: Path, architecture: str, platform: str) -> None:
    image = built(tmp_path, architecture).one("docker-build:index:Image")

    assert image.inputs["platforms"] == [platform]


def test_what_runs_is_named_by_digest_never_by_tag(tmp_path: Path) -> None:
    assert outputs(sources(tmp_path)) == {
        "address": content_address(tmp_path),
        "digest": fakes.DIGEST,
        "uri": f"{URL}@{fakes.DIGEST}",
    }


def test_a_certificate_bundle_reaches_the_build_as_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_text("CERTIFICATE")
    monkeypatch.setenv("SLIPWAY_BUILD_CA", str(bundle))
    folder = tmp_path / "sources"
    folder.mkdir()

    recording = built(folder)

    image = recording.one("docker-build:index:Image")
    assert image.inputs["secrets"] == {"ca": "CERTIFICATE"}
    assert image.inputs["ignoreSecretsInDiffCalculation"] == ["ca"]
    assert "secrets" in image.secrets


def test_without_a_bundle_a_build_has_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLIPWAY_BUILD_CA", raising=False)

    image = built(tmp_path).one("docker-build:index:Image")

    assert "secrets" not in image.inputs


def test_the_registrys_password_is_a_secret_of_the_state(tmp_path: Path) -> None:
    image = built(tmp_path).one("docker-build:index:Image")

    assert image.secrets == {"registries"}


def test_a_release_that_the_registry_holds_is_used_and_nothing_is_built() -> None:
    release = Release(address="1" * 20, digest=fakes.DIGEST)
    recording = cloud.build(lambda: ServiceImage("backend", args(release)))

    assert recording.of("docker-build:index:Image") == []
    assert outputs(release) == {"address": "1" * 20, "digest": fakes.DIGEST, "uri": f"{URL}@{fakes.DIGEST}"}
    assert recording.calls == (("docker:index/getRegistryImage:getRegistryImage", {"name": f"{URL}:{'1' * 20}"}),)


def test_a_release_of_another_digest_ends_the_preview_in_one_line() -> None:
    release = Release(address="1" * 20, digest=f"sha256:{'b' * 64}")

    with pytest.raises(pulumi.RunError) as raised:
        outputs(release)

    assert str(raised.value) == (f"{URL}:{'1' * 20}: pinned sha256:{'b' * 64}, the registry holds {fakes.DIGEST}")


def test_a_release_that_is_not_there_ends_the_preview_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(inputs: fakes.Inputs) -> dict[str, str]:
        raise ValueError("invoke of a:b:c failed: invocation of a:b:c returned an error: manifest unknown")

    monkeypatch.setitem(fakes.READ, "docker:index/getRegistryImage:getRegistryImage", missing)

    with pytest.raises(pulumi.RunError) as raised:
        outputs(Release(address="1" * 20, digest=fakes.DIGEST))

    assert str(raised.value) == f"{URL}:{'1' * 20}: the registry does not hold this release: manifest unknown"


def test_a_folder_without_a_dockerfile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no Dockerfile"):
        ServiceImageArgs(
            repository_url=URL,
            source=tmp_path,
            architecture="x86_64",
            login=RegistryLogin(host=HOST, username="AWS", password=fakes.PASSWORD),
        )
