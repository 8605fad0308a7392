"""The life of a resource in the generic part of the provider, over a pretended service."""

from collections.abc import Callable

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import GENERATION, URN
from localcloud.plugins.aws.errors import Refused
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import (
    UNKNOWN,
    Create,
    Delete,
    DiffRequest,
    InitFailed,
    Interrupted,
    Kind,
    Read,
    Secret,
    Update,
    cancelled,
)
from localcloud.tests.plugins.aws.zoo import MADE, TOKEN, Zoo, check_cage, make_cage


def test_marks_are_written_and_never_shown(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages(), tags={"team": "cats"})
    assert set(zoo.cages[name]["tags"]) == {"env", "team", URN, GENERATION}
    assert zoo.cages[name]["tags"][URN] == MADE
    assert (outputs["tags"], outputs["tagsAll"]) == ({"team": "cats"}, {"env": "dev", "team": "cats"})
    read = cages().read(Read(MADE, TOKEN, name, checked, outputs))
    assert read is not None
    assert read.inputs == checked


def test_secret_outputs_are_marked(cages: Callable[[], Provider]) -> None:
    assert make_cage(cages())[2]["key"] == Secret("k")


def test_a_preview_makes_nothing_and_knows_only_the_inputs(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    started = cages()
    created = started.create(Create(MADE, TOKEN, check_cage(started, size=2), preview=True))
    assert (created.id, zoo.calls) == ("", [])
    assert (created.outputs["size"], created.outputs["rules"]) == (2, UNKNOWN)
    assert created.outputs["key"] == Secret(UNKNOWN)


def test_a_run_after_a_kill_takes_over_what_is_there_and_finishes_it(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    zoo.troubles["settle"] = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        make_cage(cages(), size=3)
    name, _, outputs = make_cage(cages(), size=3)
    assert (name, list(zoo.cages), outputs["size"]) == ("cage-1", ["cage-1"], 3)
    assert zoo.calls == ["create", "settle", "update", "settle"]


def test_a_replacement_is_never_taken_for_the_old_one(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages())
    later = cages()
    wanted = check_cage(later, checked, place="south")
    said = later.diff(DiffRequest(MADE, TOKEN, name, wanted, checked, outputs))
    assert said.changes == {"place": Kind.UPDATE_REPLACE}
    assert not said.delete_before_replace
    again, new, _ = make_cage(later, place="south")
    assert again == "cage-2"
    assert new["name"] != checked["name"]


@pytest.mark.parametrize("diffed", [True, False])
def test_a_forced_replacement_with_equal_inputs_is_made_anew(
    diffed: bool, zoo: Zoo, cages: Callable[[], Provider]
) -> None:
    name, checked, outputs = make_cage(cages())
    later = cages()
    check_cage(later, checked)
    if diffed:
        later.diff(DiffRequest(MADE, TOKEN, name, checked, checked, outputs))
    again, new, _ = make_cage(later)
    assert again == "cage-2"
    assert new["name"] != checked["name"]


def test_what_fails_after_the_create_call_is_kept_and_finished_by_the_next_update(
    zoo: Zoo, cages: Callable[[], Provider]
) -> None:
    started = cages()
    checked = check_cage(started, size=3)
    zoo.troubles["settle"] = [Trouble("the keeper is ill")]
    with pytest.raises(InitFailed) as failed:
        started.create(Create(MADE, TOKEN, checked))
    assert (failed.value.id, failed.value.reasons) == ("cage-1", ["the keeper is ill"])
    wanted = check_cage(started, checked, size=3, tags={"team": "cats"})
    outputs = started.update(Update(MADE, TOKEN, "cage-1", wanted, checked, failed.value.outputs))
    assert (outputs["size"], outputs["tags"]) == (3, {"team": "cats"})
    assert list(zoo.cages) == ["cage-1"]


def test_an_update_with_equal_inputs_redoes_every_step(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    started = cages()
    name, checked, outputs = make_cage(started, size=3)
    del zoo.cages[name]["size"]
    assert started.update(Update(MADE, TOKEN, name, checked, checked, outputs))["size"] == 3


def test_a_refresh_names_what_was_changed_behind_the_programs_back(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages(), size=3, tags={"team": "cats"})
    zoo.cages[name]["size"] = 4
    zoo.cages[name]["tags"] = {**zoo.cages[name]["tags"], "extra": "1"}
    read = cages().read(Read(MADE, TOKEN, name, checked, outputs))
    assert read is not None
    assert read.inputs == {
        **checked,
        "size": 4,
        "tags": {"team": "cats", "extra": "1"},
        "tagsAll": {"env": "dev", "team": "cats", "extra": "1"},
    }


def test_a_resource_that_is_gone_reads_as_gone_and_deletes_without_an_error(
    zoo: Zoo, cages: Callable[[], Provider]
) -> None:
    name, checked, outputs = make_cage(cages())
    zoo.cages.clear()
    assert cages().read(Read(MADE, TOKEN, name, checked, outputs)) is None
    cages().delete(Delete(MADE, TOKEN, name, checked, outputs))


def test_delete_tries_again_while_something_hangs_on_the_resource(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages())
    zoo.troubles["delete"] = [Refused("DeleteCage", "DependencyViolation", "a lion is in it")]
    cages().delete(Delete(MADE, TOKEN, name, checked, outputs))
    assert (zoo.calls.count("delete"), zoo.cages) == (2, {})


def test_delete_raises_what_will_not_change_and_what_lasts_too_long(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages())
    request = Delete(MADE, TOKEN, name, checked, outputs, timeout=0.01)
    zoo.troubles["delete"] = [Refused("DeleteCage", "AccessDenied", "no")]
    with pytest.raises(Refused, match="DeleteCage: AccessDenied: no"):
        cages().delete(request)
    zoo.troubles["delete"] = [Refused("DeleteCage", "DependencyViolation", "a lion is in it")] * 9
    with pytest.raises(Refused, match="a lion is in it"):
        cages().delete(request)


def test_an_interrupted_run_stops_waiting_at_once(
    zoo: Zoo, cages: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, checked, outputs = make_cage(cages())
    zoo.troubles["delete"] = [Refused("DeleteCage", "DependencyViolation", "a lion is in it")] * 9
    cancelled.set()
    try:
        with pytest.raises(Interrupted):
            cages().delete(Delete(MADE, TOKEN, name, checked, outputs))
    finally:
        cancelled.clear()


def test_a_preview_of_an_update_shows_the_old_state_under_the_new_inputs(cages: Callable[[], Provider]) -> None:
    started = cages()
    name, checked, outputs = make_cage(started, size=3)
    wanted = check_cage(started, checked, size=UNKNOWN)
    shown = started.update(Update(MADE, TOKEN, name, wanted, checked, {**outputs, "key": "k"}, preview=True))
    assert (shown["size"], shown["place"], shown["key"]) == (UNKNOWN, "north", Secret("k"))


def test_a_refresh_keeps_what_does_not_work_for_the_next_update(zoo: Zoo, cages: Callable[[], Provider]) -> None:
    name, checked, outputs = make_cage(cages(), size=3)
    zoo.cages[name]["hole"] = "a bar is loose"
    later = cages()
    with pytest.raises(InitFailed, match="a bar is loose") as failed:
        later.read(Read(MADE, TOKEN, name, checked, outputs))
    assert (failed.value.id, failed.value.inputs) == (name, checked)
    zoo.calls.clear()
    later.update(Update(MADE, TOKEN, name, checked, checked, failed.value.outputs))
    assert zoo.calls == ["update", "settle"]
    assert later.read(Read(MADE, TOKEN, name, checked, outputs)) is not None
