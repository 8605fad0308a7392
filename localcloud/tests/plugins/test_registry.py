import pytest

from localcloud.errors import Trouble
from localcloud.plugins.registry import Login, Name, Repository, digest_of, local, login_for, parse
from localcloud.tests.plugins.tiny_registry import TinyRegistry

DIGEST = f"sha256:{'a' * 64}"
ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("name", "expected", "reference"),
    [
        (f"{ECR}/counter/backend", Name(ECR, "counter/backend"), "latest"),
        (f"{ECR}/counter/backend:v1", Name(ECR, "counter/backend", "v1"), "v1"),
        (f"{ECR}/counter/backend@{DIGEST}", Name(ECR, "counter/backend", "", DIGEST), DIGEST),
        (f"{ECR}/counter/backend:v1@{DIGEST}", Name(ECR, "counter/backend", "v1", DIGEST), DIGEST),
        ("127.0.0.1:4566/1/eu/one:v1", Name("127.0.0.1:4566", "1/eu/one", "v1"), "v1"),
        ("localhost/one", Name("localhost", "one"), "latest"),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: Name, reference: str) -> None:
    assert parse(name) == expected
    assert parse(name).reference == reference


@pytest.mark.parametrize("name", ["python:3.13", "library/python", "counter/backend:v1"])
def test_a_name_without_a_registry_is_refused(name: str) -> None:
    with pytest.raises(Trouble, match="is in no registry of this machine"):
        parse(name)


def test_a_broken_digest_is_refused() -> None:
    with pytest.raises(Trouble, match="'sha256:short' as digest"):
        parse(f"{ECR}/a@sha256:short")


def test_an_ecr_name_is_found_behind_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert local(f"{ECR}/counter/backend:v1") == "127.0.0.1:4566/111111111111/eu-west-1/counter/backend:v1"
    assert local("127.0.0.1:5000/x") == "127.0.0.1:5000/x"


@pytest.mark.parametrize(
    ("endpoint", "name", "why"),
    [
        ("", f"{ECR}/a", "AWS_ENDPOINT_URL is not set"),
        ("https://ecr.eu-west-1.amazonaws.com", f"{ECR}/a", "only registries on loopback are asked"),
        ("http://127.0.0.1:4566", "docker.io/library/python:3.13", "only registries on loopback are asked"),
    ],
)
def test_no_registry_elsewhere_is_ever_asked(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, name: str, why: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(Trouble, match=why):
        local(name)


def test_a_login_counts_for_its_host_however_the_address_is_written() -> None:
    login = Login("AWS", "hunter2")
    for address in (ECR, f"https://{ECR}", f"https://{ECR}/", f"{ECR}/counter/backend"):
        assert login_for(ECR, {address: login}) is login
    assert login_for(ECR, {"127.0.0.1:5000": login}) is None


def test_a_login_hides_its_password_when_it_is_printed() -> None:
    assert repr(Login("AWS", "hunter2")) == "Login('AWS')"


def test_what_was_pushed_is_found_by_tag_and_digest_with_its_labels(registry: TinyRegistry) -> None:
    registry.login = "AWS:hunter2"
    logins = {registry.host: Login("AWS", "hunter2")}
    name = f"{registry.host}/one/two:v1"
    repository = Repository(name, logins)
    assert repository.digest() is None
    assert repository.labels() is None
    config = repository.put_blob(b'{"config": {"Labels": {"a": "b"}}}')
    media_type = "application/vnd.oci.image.manifest.v1+json"
    digest = repository.put_manifest({"mediaType": media_type, "config": {"digest": config}, "layers": []})
    assert digest == registry.digest("one/two", "v1")
    assert digest_of(name, logins) == digest
    assert digest_of(f"{registry.host}/one/two@{digest}", logins) == digest
    assert repository.labels() == {"a": "b"}


def test_a_refusal_is_told_in_the_registrys_words(registry: TinyRegistry) -> None:
    registry.login = "AWS:hunter2"
    name = f"{registry.host}/one:v1"
    with pytest.raises(Trouble, match=f"refuses {name}: UNAUTHORIZED: log in first"):
        Repository(name, {registry.host: Login("AWS", "wrong")}).labels()


def test_a_registry_that_is_not_there_is_named() -> None:
    with pytest.raises(Trouble, match=r"the registry at 127\.0\.0\.1:1 does not answer for 127\.0\.0\.1:1/one:v1"):
        digest_of("127.0.0.1:1/one:v1", {})
