"""Content addresses and normalised contexts: what makes a difference, and what does not."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.core import contents
from infra.core.contents import content_address, contexts_folder, listing, normalised_context
from tests.infra import stacks

FILES = {"Dockerfile": "FROM scratch\n", "app/main.py": "print(1)\n", "app/data.txt": "one\ntwo\n"}


def sources(folder: Path, files: dict[str, str] = FILES) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def test_an_address_is_twenty_hex_digits_and_the_same_everywhere(tmp_path: Path) -> None:
    assert content_address(sources(tmp_path)) == "4157a963e0182470d5fc"


def test_order_times_owner_modes_and_line_ends_make_no_difference(tmp_path: Path) -> None:
    one = sources(tmp_path / "one")
    other = sources(tmp_path / "other", dict(reversed([(n, t.replace("\n", "\r\n")) for n, t in FILES.items()])))
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700 if path.is_dir() else 0o600)

    assert content_address(one) == content_address(other)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "app/main.py").write_text("print(2)\n"),
        lambda folder: (folder / "app/main.py").rename(folder / "app/other.py"),
        lambda folder: (folder / "app/main.py").chmod(0o755),
        lambda folder: (folder / "app/new.py").touch(),
        lambda folder: (folder / "app/data.txt").unlink(),
        lambda folder: (folder / "Dockerfile").write_text("FROM other\n"),
    ],
    ids=["a byte", "a name", "the executable bit", "one more file", "one file less", "the Dockerfile"],
)
def test_what_a_build_would_see_makes_a_difference(tmp_path: Path, change) -> None:
    folder = sources(tmp_path)
    before = content_address(folder)

    change(folder)

    assert content_address(folder) != before


def test_the_executable_bit_of_the_owner_is_part_of_an_address_and_no_other_bit(tmp_path: Path) -> None:
    folder = sources(tmp_path)

    (folder / "app/main.py").chmod(0o677)
    others = content_address(folder)
    (folder / "app/main.py").chmod(0o700)

    assert (others, content_address(folder)) == ("4157a963e0182470d5fc", "6ece02fbebe798488a90")


def test_a_listing_is_sorted_by_whole_paths(tmp_path: Path) -> None:
    folder = sources(tmp_path, {"a/b.txt": "", "a-b.txt": "", "a.txt": "", "B.txt": ""})

    assert [entry.path for entry in listing(folder)] == ["B.txt", "a-b.txt", "a.txt", "a/b.txt"]


def test_a_byte_order_mark_is_no_part_of_the_first_pattern(tmp_path: Path) -> None:
    folder = sources(tmp_path, {"notes.md": "", ".dockerignore": "\ufeffnotes.md\n"})

    assert [entry.path for entry in listing(folder)] == [".dockerignore"]


@pytest.mark.parametrize(("zero", "content"), [(7999, b"\r\n"), (8000, b"\n")], ids=["binary", "text"])
def test_a_file_is_binary_by_a_zero_in_its_first_8000_bytes(tmp_path: Path, zero: int, content: bytes) -> None:
    (tmp_path / "file").write_bytes(b"x" * zero + b"\0\r\n")

    [entry] = listing(tmp_path)

    assert entry.content == b"x" * zero + b"\0" + content


def test_line_ends_of_binary_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "image.png").write_bytes(b"\0one\r\ntwo")

    assert [entry.content for entry in listing(tmp_path)] == [b"\0one\r\ntwo"]


def test_ignored_files_make_no_difference(tmp_path: Path) -> None:
    folder = sources(tmp_path, {**FILES, ".dockerignore": "**/__pycache__\nnotes.md\n"})
    before = content_address(folder)

    sources(folder, {"app/__pycache__/main.pyc": "x", "notes.md": "y"})

    assert content_address(folder) == before


def test_the_dockerfile_counts_even_where_it_is_ignored(tmp_path: Path) -> None:
    folder = sources(tmp_path, {**FILES, ".dockerignore": "*\n!app\n"})

    assert [entry.path for entry in listing(folder)] == [".dockerignore", "Dockerfile", "app/data.txt", "app/main.py"]


def test_an_empty_folder_makes_no_difference(tmp_path: Path) -> None:
    before = content_address(sources(tmp_path))

    (tmp_path / "empty").mkdir()

    assert content_address(tmp_path) == before


def test_a_link_to_a_file_of_the_folder_is_that_file(tmp_path: Path) -> None:
    folder = sources(tmp_path)
    (folder / "linked.py").symlink_to("app/main.py")

    assert {entry.path: entry.content for entry in listing(folder)}["linked.py"] == b"print(1)\n"


@pytest.mark.parametrize("target", ["../outside.txt", "nowhere", "app"])
def test_a_link_that_another_machine_may_not_have_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.txt").write_text("x")
    folder = sources(tmp_path / "sources")
    (folder / "linked").symlink_to(target)

    with pytest.raises(ValueError, match=r"linked in .* is a link to something outside of the folder, or to nothing"):
        content_address(folder)


def test_a_context_is_the_listing_with_fixed_modes_and_times(tmp_path: Path, contexts: Path) -> None:
    folder = sources(tmp_path, {**FILES, "run.sh": "#!/bin/sh\r\n", "notes.md": "", ".dockerignore": "notes.md\n"})
    (folder / "run.sh").chmod(0o700)
    address = content_address(folder)

    context = normalised_context(folder, address)

    assert context == contexts / address
    assert content_address(context) == address
    found = {path.relative_to(context).as_posix(): path.stat() for path in context.rglob("*")}
    assert {name: (oct(stat.st_mode & 0o777), stat.st_mtime) for name, stat in found.items()} == {
        ".dockerignore": ("0o644", 0),
        "Dockerfile": ("0o644", 0),
        "app": ("0o755", 0),
        "app/data.txt": ("0o644", 0),
        "app/main.py": ("0o644", 0),
        "run.sh": ("0o755", 0),
    }
    assert (context / "run.sh").read_bytes() == b"#!/bin/sh\n"


def test_an_address_is_copied_once(tmp_path: Path) -> None:
    folder = sources(tmp_path, {"only.txt": "once\n"})
    address = content_address(folder)
    first = normalised_context(folder, address)
    mark = first.stat().st_ino

    assert normalised_context(folder, address).stat().st_ino == mark


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, contexts: Path) -> None:
    folder = sources(tmp_path / "sources")
    (folder / "linked").symlink_to("nowhere")

    with pytest.raises(ValueError, match="linked"):
        normalised_context(folder, "f" * 20)

    assert [path.name for path in contexts.iterdir() if "f" * 20 in path.name] == []


def test_copies_are_kept_in_the_repositorys_own_folder_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(tmp_path / "elsewhere"))
    told = contexts_folder()
    monkeypatch.delenv("SLIPWAY_CONTEXTS")

    assert (told, contexts_folder()) == (tmp_path / "elsewhere", stacks.REPOSITORY / ".slipway" / "contexts")


def test_folders_that_a_copy_needs_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sources(tmp_path / "sources", {"one/two/three.txt": "3\n"})
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(tmp_path / "not" / "there"))

    context = normalised_context(folder, content_address(folder))

    assert (context / "one/two/three.txt").read_bytes() == b"3\n"


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen in the middle of a copy, when all entries but the end of the listing were read."""

    def interrupted(folder: Path) -> Iterator[contents.Entry]:
        yield from listing(folder)
        happens()

    monkeypatch.setattr(contents, "listing", interrupted)


def test_a_copy_grows_beside_its_place_under_a_hidden_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = sources(tmp_path / "sources"), tmp_path / "kept"
    seen: list[str] = []
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(kept))
    meanwhile(monkeypatch, lambda: seen.extend(path.name for path in kept.iterdir()))

    normalised_context(folder, "e" * 20)

    assert [name[:22] for name in seen] == [f".{'e' * 20}-"]
    assert [path.name for path in kept.iterdir()] == ["e" * 20]


def test_the_copy_of_a_run_that_was_quicker_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = sources(tmp_path / "sources"), tmp_path / "kept"
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(kept))
    meanwhile(monkeypatch, lambda: sources(kept / ("e" * 20), {"quicker.txt": ""}))

    context = normalised_context(folder, "e" * 20)

    assert [path.name for path in context.iterdir()] == ["quicker.txt"]
    assert [path.name for path in kept.iterdir()] == ["e" * 20]


def test_what_is_no_copy_is_never_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = sources(tmp_path / "sources"), sources(tmp_path / "kept", {"e" * 20: "no folder"})
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(kept))

    with pytest.raises(NotADirectoryError):
        normalised_context(folder, "e" * 20)

    assert [path.name for path in kept.iterdir()] == ["e" * 20]
