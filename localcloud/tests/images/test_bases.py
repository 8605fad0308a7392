"""The list of base images: what it says, its order of need, its fingerprints and its pins."""

from pathlib import Path

import pytest

from localcloud.errors import Trouble
from localcloud.images import bases
from localcloud.images.bases import Base, Bases, Debian


def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bases:
    monkeypatch.setattr(bases, "RECIPES", tmp_path)
    for recipe in ("one", "two"):
        (tmp_path / recipe).mkdir()
        (tmp_path / recipe / "Dockerfile").write_text("FROM localcloud/debian:trixie\n")
    one = Base(name="one:1", digest="", recipe="one")
    two = Base(name="two:2", digest="", recipe="two", needs=("one:1",))
    return Bases(Debian("trixie", ("ca-certificates",)), {"two:2": two, "one:1": one})


def test_the_list_names_the_bases_of_today_and_each_has_a_recipe() -> None:
    found = bases.load()
    assert list(found.by_name) == [
        "python:3.13-slim",
        "node:24-slim",
        "nginx:alpine",
        "postgres:17-alpine",
        "valkey/valkey:8-alpine",
        "otel/opentelemetry-collector-contrib:0.153.0",
    ]
    for base in found.choose():
        first = (bases.RECIPES / base.recipe / "Dockerfile").read_text().splitlines()[0]
        assert first.startswith(f"# Stand-in for {base.name}: ")
    assert found.debian.name == "localcloud/debian:trixie"


def test_every_recipe_builds_on_our_debian_and_on_what_it_declares() -> None:
    found = bases.load()
    for base in found.choose():
        lines = (bases.RECIPES / base.recipe / "Dockerfile").read_text().splitlines()
        froms = {line.split()[1] for line in lines if line.startswith("FROM ")}
        assert froms - {found.debian.name} == set(base.needs)
        assert froms


def test_a_base_that_nobody_listed_is_refused_with_the_names_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Trouble, match="no base image is called ruby:3: there are two:2, one:1"):
        small(tmp_path, monkeypatch).choose(["ruby:3"])


def test_what_a_base_needs_comes_before_it_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = small(tmp_path, monkeypatch)
    assert [base.name for base in found.in_order(found.choose())] == ["one:1", "two:2"]
    assert [base.name for base in found.in_order(found.choose(["two:2"]))] == ["one:1", "two:2"]


def test_a_changed_recipe_changes_its_fingerprint_and_those_that_build_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = small(tmp_path, monkeypatch)
    one, two = found.choose(["one:1", "two:2"])
    before = found.fingerprint(one), found.fingerprint(two)
    assert before == (found.fingerprint(one), found.fingerprint(two))

    (tmp_path / "two" / "start.sh").write_text("exec true\n")
    second = found.fingerprint(one), found.fingerprint(two)
    assert second[0] == before[0]
    assert second[1] != before[1]

    (tmp_path / "two" / "start.sh").chmod(0o755)
    third = found.fingerprint(two)
    assert third != second[1]

    (tmp_path / "one" / "Dockerfile").write_text("FROM localcloud/debian:trixie\nRUN true\n")
    assert found.fingerprint(one) != before[0]
    assert found.fingerprint(two) != third


def test_another_debian_changes_every_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = small(tmp_path, monkeypatch)
    other = Bases(Debian("forky", ("ca-certificates",)), found.by_name)
    for base in found.choose():
        assert other.fingerprint(base) != found.fingerprint(base)


def test_a_digest_is_pulled_instead_of_the_tag() -> None:
    digest = "sha256:" + "a" * 64
    assert Base(name="python:3.13-slim", digest="", recipe="python").pulled == "python:3.13-slim"
    assert Base(name="python:3.13-slim", digest=digest, recipe="python").pulled == f"python@{digest}"


def test_a_digest_that_is_none_is_refused() -> None:
    with pytest.raises(Trouble, match="the digest of a:1 is 'latest', not sha256:<64 hex digits>"):
        Base(name="a:1", digest="latest", recipe="a")


def test_a_pin_changes_one_line_of_the_list_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "bases.toml"
    copy.write_text(bases.LIST.read_text())
    digest = "sha256:" + "b" * 64
    assert bases.write_digest(copy, "node:24-slim", digest)
    assert bases.load(copy).by_name["node:24-slim"].digest == digest

    before, after = bases.LIST.read_text().splitlines(), copy.read_text().splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new for _, new in changed] == [f'digest = "{digest}"']
    assert not bases.write_digest(copy, "node:24-slim", digest)
