"""What a provider writes down while the state is not written; that it writes it, the tests of the aws plugin show."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud import ledger
from localcloud.ledger import BEGUN, FOLDER, ROOM, Ledger, Made

AWS = {"urn": "provider", "id": "p", "settings": {"region": "eu-west-1"}}


@pytest.fixture
def book(tmp_path: Path) -> Ledger:
    opened = Ledger(tmp_path)
    opened.configured("provider", "p", {"region": "eu-west-1"})
    return opened


@pytest.fixture
def fresh() -> Iterator[None]:
    ledger.current.cache_clear()
    yield
    ledger.current.cache_clear()


def test_what_was_made_is_read_in_the_order_in_which_it_was_made(book: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path)
    other.configured("tooling", "q", {})
    book.made(Made("one", "1", "g", {"forceDestroy": True}))
    other.made(Made("two", "2", "g", {}))
    book.made(Made("three", "3", "g", {}))
    assert ledger.read(tmp_path) == [
        Made("one", "1", "g", {"forceDestroy": True}, AWS),
        Made("two", "2", "g", {}, {"urn": "tooling", "id": "q", "settings": {}}),
        Made("three", "3", "g", {}, AWS),
    ]


def test_only_plain_inputs_are_kept(book: Ledger, tmp_path: Path) -> None:
    book.made(Made("one", "1", "g", {"code": object(), "list": [1], "text": "x" * 5000, "days": 7, "name": "n"}))
    assert ledger.read(tmp_path)[0].inputs == {"list": [1], "days": 7, "name": "n"}


def test_what_was_begun_counts_until_it_was_made(book: Ledger, tmp_path: Path) -> None:
    book.made(Made("one", BEGUN, "g", {}))
    book.made(Made("two", BEGUN, "g", {}))
    book.made(Made("one", "1", "g", {}))
    book.made(Made("one", BEGUN, "another", {}))
    assert [(each.urn, each.id) for each in ledger.read(tmp_path)] == [("two", BEGUN), ("one", "1"), ("one", BEGUN)]


def test_a_line_that_was_cut_off_is_left_out(book: Ledger, tmp_path: Path) -> None:
    book.made(Made("one", "1", "g", {}))
    book.made(Made("two", "2", "g", {}))
    [file] = tmp_path.iterdir()
    text = file.read_bytes().rstrip(b"\0")
    file.write_bytes(text[:-20])
    assert [each.urn for each in ledger.read(tmp_path)] == ["one"]


def test_there_is_always_room_for_the_lines_of_what_is_under_way(book: Ledger, tmp_path: Path) -> None:
    [file] = tmp_path.iterdir()
    for number in range(2000):
        book.take_room()
        assert file.stat().st_size - len(file.read_bytes().rstrip(b"\0")) >= ROOM // 2
        book.made(Made(f"urn {number}", str(number), "g", {"name": "n" * 800}))
    assert len(ledger.read(tmp_path)) == 2000


def test_a_full_disk_refuses_before_anything_is_made(
    book: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        Ledger(tmp_path).take_room()


def test_only_its_owner_may_read_it(book: Ledger, tmp_path: Path) -> None:
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_without_a_folder_nothing_is_written(fresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    book = ledger.current()
    book.configured("provider", "p", {})
    book.take_room()
    book.made(Made("one", "1", "g", {}))
    assert list(tmp_path.iterdir()) == []


def test_a_run_names_its_folder_in_the_environment(
    fresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "dev.behind"))
    ledger.current().configured("provider", "p", {})
    assert ledger.read(tmp_path / "dev.behind") == []
    assert len(list((tmp_path / "dev.behind").iterdir())) == 1
