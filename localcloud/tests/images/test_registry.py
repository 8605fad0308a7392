"""What is asked of a registry, and what its answers mean."""

from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.images import registry

DIGEST = "sha256:" + "c" * 64


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    registry.reachable.cache_clear()
    yield
    registry.reachable.cache_clear()


def answer(status: int, body: bytes = b"", **headers: str) -> registry.Answer:
    said = Message()
    for name, value in headers.items():
        said[name.replace("_", "-")] = value
    return status, said, body


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("python:3.13-slim", (registry.DOCKER_HUB, "library/python", "3.13-slim")),
        ("valkey/valkey:8", (registry.DOCKER_HUB, "valkey/valkey", "8")),
        ("public.ecr.aws/lambda/python:3.13", ("public.ecr.aws", "lambda/python", "3.13")),
        ("localhost:5000/web:1", ("localhost:5000", "web", "1")),
    ],
)
def test_a_name_is_read_as_docker_reads_it(name: str, parts: tuple[str, str, str]) -> None:
    assert registry.split(name) == parts


@pytest.mark.parametrize(("status", "verdict"), [(200, True), (401, True), (403, False), (502, False)])
def test_a_registry_is_reachable_when_it_answers_as_one(
    monkeypatch: pytest.MonkeyPatch, status: int, verdict: bool
) -> None:
    monkeypatch.setattr(registry, "request", lambda *_: answer(status))
    assert registry.reachable("registry.example") is verdict


def test_a_registry_that_does_not_answer_is_not_reachable_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(method: str, url: str) -> registry.Answer:
        asked.append(f"{method} {url}")
        raise ConnectionRefusedError

    monkeypatch.setattr(registry, "request", refuse)
    assert [registry.reachable("registry.example") for _ in range(3)] == [False, False, False]
    assert asked == ["HEAD https://registry.example/v2/"]


def test_the_digest_is_asked_with_an_anonymous_token() -> None:
    asked: list[tuple[str, str, str]] = []

    def ask(method: str, url: str, headers: dict[str, str]) -> registry.Answer:
        token = headers.get("Authorization", "")
        asked.append((method, url, token))
        if "auth.example" in url:
            return answer(200, b'{"token": "t1"}')
        if token == "Bearer t1":
            return answer(200, Docker_Content_Digest=DIGEST)
        challenge = 'Bearer realm="https://auth.example/token",service="s",scope="repository:library/python:pull"'
        return answer(401, WWW_Authenticate=challenge)

    assert registry.digest("python:3.13-slim", ask) == DIGEST
    manifest = f"https://{registry.DOCKER_HUB}/v2/library/python/manifests/3.13-slim"
    token = "https://auth.example/token?service=s&scope=repository%3Alibrary%2Fpython%3Apull"
    assert asked == [("HEAD", manifest, ""), ("GET", token, ""), ("HEAD", manifest, "Bearer t1")]


def test_a_tag_that_is_not_there_is_said_with_its_name() -> None:
    with pytest.raises(Trouble, match="answers 404 for python:9"):
        registry.digest("python:9", lambda *_: answer(404))


def test_a_registry_out_of_reach_is_named() -> None:
    def ask(*_: Any) -> registry.Answer:
        raise OSError("no route to host")

    with pytest.raises(Trouble, match=r"the registry registry-1\.docker\.io cannot be reached: no route to host"):
        registry.digest("python:3.13-slim", ask)
