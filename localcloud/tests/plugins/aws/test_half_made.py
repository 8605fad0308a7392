"""What a run leaves that is cut off after a create call, and how the next one goes on; over a pretended service."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import ledger
from localcloud.ledger import FOLDER, HALF_MADE, Made
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import UNKNOWN, DiffRequest, Kind, Read, Update
from localcloud.tests.plugins.aws.zoo import MADE, TOKEN, Zoo, check_cage, make_cage


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(FOLDER, str(tmp_path / "run"))
    ledger.current.cache_clear()
    ledger.current().configured("provider", "p", {})
    yield tmp_path / "run"
    ledger.current.cache_clear()


def cut_off(zoo: Zoo, provider: Provider, folder: Path, **inputs: Any) -> Made:
    zoo.troubles["settle"] = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        make_cage(provider, **inputs)
    [made] = ledger.read(folder)
    return made


def state(made: Made) -> dict[str, Any]:
    return {**made.inputs, HALF_MADE: made.generation}


def test_a_resource_is_written_down_before_it_is_waited_for(
    zoo: Zoo, cages: Callable[[], Provider], folder: Path
) -> None:
    made = cut_off(zoo, cages(), folder, size=3)
    assert (made.urn, made.id, made.inputs["place"]) == (MADE, "cage-1", "north")
    assert "size" not in made.inputs


def test_a_preview_writes_nothing_down(cages: Callable[[], Provider], folder: Path) -> None:
    started = cages()
    started.diff(DiffRequest(MADE, TOKEN, "cage-1", check_cage(started), check_cage(started), {}))
    assert ledger.read(folder) == []


def test_without_room_on_the_disk_nothing_is_made(
    zoo: Zoo, cages: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger.current(), "take_room", full)
    with pytest.raises(OSError, match="No space"):
        make_cage(cages())
    assert zoo.calls == []


def test_it_is_half_made_until_an_update_has_redone_every_step(
    zoo: Zoo, cages: Callable[[], Provider], folder: Path
) -> None:
    made = cut_off(zoo, cages(), folder, size=3)
    later = cages()
    read = later.read(Read(MADE, TOKEN, made.id, made.inputs, state(made)))
    assert read is not None
    assert read.outputs[HALF_MADE] == made.generation
    wanted = check_cage(later, read.inputs, size=3)
    said = later.diff(DiffRequest(MADE, TOKEN, made.id, wanted, read.inputs or {}, read.outputs))
    assert said.changes[HALF_MADE] == Kind.UPDATE
    assert said.replaces == []
    outputs = later.update(Update(MADE, TOKEN, made.id, wanted, read.inputs or {}, read.outputs))
    assert outputs["size"] == 3
    assert HALF_MADE not in outputs
    assert list(zoo.cages) == ["cage-1"]


@pytest.mark.parametrize(("place", "replaces"), [("north", False), ("south", True), (UNKNOWN, False)])
def test_it_is_replaced_only_by_another_generation(
    place: Any, replaces: bool, zoo: Zoo, cages: Callable[[], Provider], folder: Path
) -> None:
    made = cut_off(zoo, cages(), folder, size=3)
    later = cages()
    wanted = check_cage(later, {}, size=3, place=place)
    said = later.diff(DiffRequest(MADE, TOKEN, made.id, wanted, {"place": "north"}, state(made)))
    assert bool(said.replaces) == replaces
