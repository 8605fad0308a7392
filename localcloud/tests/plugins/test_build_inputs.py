import os
import time
from pathlib import Path
from typing import Any

import pytest

from localcloud.plugins.docker_build import inputs
from localcloud.plugins.docker_build.context import build_hash, context_hash
from localcloud.plugins.provider import UNKNOWN
from localcloud.plugins.registry import Login


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    (folder / "src").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (folder / "src" / "app.py").write_text("print()\n")
    return folder


def build(context: Path, **more: Any) -> inputs.Build:
    return inputs.read({"context": {"location": str(context)}, "push": False, **more}, {})


def hash_of(context: Path, **more: Any) -> str:
    return context_hash(build(context, **more))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"ssh": [{"id": "default"}]}, "ssh"),
        ({"builder": {"name": "x"}}, "builder"),
        ({"colour": "red"}, "colour"),
        ({"context": {"location": ".", "named": {}}}, "context.named"),
        ({"exports": [{"docker": {}}, {"tar": {"dest": "x"}}]}, "exports[1].tar"),
        ({"exports": [{"docker": {"dest": "x"}}]}, "exports[0].docker.dest"),
        ({"cacheFrom": [{"s3": {"bucket": "x"}}]}, "cacheFrom[0].s3"),
        ({"cacheTo": [{"raw": "x"}]}, "cacheTo[0].raw"),
        ({"cacheTo": [{"registry": {"ref": "x", "compression": "zstd"}}]}, "cacheTo[0].registry.compression"),
        ({"push": True, "tags": []}, "tags"),
        ({"push": True}, "tags"),
        ({"push": True, "tags": ["localhost/a", "python:3"]}, "tags[1]"),
        ({"platforms": ["linux/amd64", "linux/arm64"]}, "platforms"),
        ({"exec": True}, "exec"),
        ({"secrets": {"a,src=/etc/shadow": "x"}}, "secrets.a,src=/etc/shadow"),
        ({"dockerfile": {"inline": "FROM x", "location": "y"}}, "dockerfile"),
        ({"context": {"location": "/nowhere"}}, "context.location"),
        ({"dockerfile": {"location": "/nowhere"}}, "dockerfile.location"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_its_path(
    context: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], path: str
) -> None:
    monkeypatch.chdir(context)
    assert [failure.property for failure in inputs.failures({"push": False, **given})] == [path]


def test_everything_that_is_honoured_is_taken(context: Path) -> None:
    given = {
        "addHosts": ["a:1.2.3.4"],
        "buildArgs": {"A": "1"},
        "buildOnPreview": True,
        "cacheFrom": [{"registry": {"ref": "localhost/x"}}, {"local": {"src": "/c"}}, {"disabled": True}],
        "cacheTo": [{"inline": {}}, {"registry": {"ref": "localhost/x", "mode": "max"}}, {"local": {"dest": "/c"}}],
        "context": {"location": str(context)},
        "dockerfile": {"location": str(context / "Dockerfile")},
        "exec": False,
        "exports": [{"docker": {}}, {"registry": {}}, {"disabled": True}],
        "ignoreSecretsInDiffCalculation": ["token"],
        "labels": {"l": "1"},
        "load": False,
        "network": "host",
        "noCache": True,
        "platforms": ["linux/amd64"],
        "pull": True,
        "push": False,
        "registries": [{"address": "localhost", "username": "u", "password": "p"}],
        "secrets": {"token": "s"},
        "tags": ["localhost/a:b"],
        "target": "final",
    }
    assert inputs.failures(given) == []
    taken = inputs.read(given, {"other": Login("a", "b")})
    assert (taken.push, taken.load) == (True, True)
    assert taken.logins == {"other": Login("a", "b"), "localhost": Login("u", "p")}
    assert (len(taken.cache_from), len(taken.cache_to)) == (2, 3)
    assert (taken.network, taken.platform, taken.target) == ("host", "linux/amd64", "final")


def test_what_is_not_known_yet_is_not_judged() -> None:
    unknown = dict.fromkeys(inputs.KNOWN, UNKNOWN)
    assert inputs.failures({**unknown, "push": True}) == []
    partly = {"tags": [UNKNOWN], "registries": [{"address": UNKNOWN, "password": UNKNOWN}], "context": UNKNOWN}
    assert inputs.failures({**partly, "push": True}) == []


def test_a_build_hides_its_secrets_when_it_is_printed(context: Path) -> None:
    login = {"address": "localhost", "username": "u", "password": "hunter2"}
    assert "hunter2" not in repr(build(context, secrets={"token": "hunter2"}, registries=[login]))


def test_times_make_no_difference_to_the_hash_of_a_context(context: Path) -> None:
    before = hash_of(context)
    os.utime(context / "src" / "app.py", (1, time.time() + 1000))
    assert hash_of(context) == before


@pytest.mark.parametrize("change", ["content", "name", "mode", "link", "folder", "dockerfile", "inline"])
def test_every_change_that_a_build_sees_changes_the_hash(context: Path, change: str) -> None:
    before = hash_of(context)
    source = context / "src" / "app.py"
    more: dict[str, Any] = {}
    match change:
        case "content":
            source.write_text("print(1)\n")
        case "name":
            source.rename(context / "src" / "main.py")
        case "mode":
            source.chmod(0o755)
        case "link":
            (context / "link").symlink_to("src")
        case "folder":
            (context / "empty").mkdir()
        case "dockerfile":
            (context / "Dockerfile").write_text("FROM scratch\n")
        case "inline":
            more = {"dockerfile": {"inline": "FROM scratch\n"}}
    assert hash_of(context, **more) != before


@pytest.mark.parametrize(
    ("rules", "name", "ignored"),
    [
        ("*.log", "a.log", True),
        ("*.log", "src/a.log", False),
        ("**/*.log", "src/deep/a.log", True),
        ("**/*.log", "a.log", True),
        ("src", "src/new.py", True),
        ("/src", "src/new.py", True),
        ("src/", "src/new.py", True),
        ("./src", "src/new.py", True),
        ("src/**", "src/deep/new.py", True),
        ("*\n!keep.txt", "keep.txt", False),
        ("!keep.txt\n*", "keep.txt", True),
        ("# *.txt\n\n", "a.txt", False),
        ("a?c.txt", "abc.txt", True),
        ("a?c.txt", "a.c.txtt", False),
        ("[ab].txt", "b.txt", True),
        ("a.txt", "axtxt", False),
    ],
)
def test_what_dockerignore_keeps_out_makes_no_difference(context: Path, rules: str, name: str, ignored: bool) -> None:
    (context / "src" / "deep").mkdir()
    (context / ".dockerignore").write_text(f"{rules}\n")
    path = context / name
    path.write_text("before")
    before = hash_of(context)
    path.write_text("after")
    assert (hash_of(context) == before) is ignored


def test_a_dockerignore_beside_the_dockerfile_counts_before_the_contexts(context: Path) -> None:
    (context / ".dockerignore").write_text("a.txt\n")
    (context / "Dockerfile.dockerignore").write_text("b.txt\n")
    (context / "a.txt").write_text("1")
    (context / "b.txt").write_text("1")
    before = hash_of(context)
    (context / "b.txt").write_text("2")
    assert hash_of(context) == before
    (context / "a.txt").write_text("2")
    assert hash_of(context) != before


def test_the_hash_of_a_build_has_the_names_of_secrets_but_not_their_values(context: Path) -> None:
    def of(**more: Any) -> str:
        return build_hash(build(context, **more), "context")

    assert of(secrets={"token": "a"}) == of(secrets={"token": "b"})
    assert of(secrets={"token": "a"}) != of(secrets={"other": "a"})
    assert of(buildArgs={"A": "1"}) != of(buildArgs={"A": "2"})
    assert of(target="a") != of(target="b")
    assert of(tags=["localhost/a"]) == of(tags=["localhost/b"])
