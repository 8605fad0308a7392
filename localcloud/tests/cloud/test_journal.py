import pytest

from localcloud.cloud.inside import journal
from localcloud.cloud.inside.journal import Journal


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_table_is_as_it_was_at_each_second(clock: Clock) -> None:
    past = Journal({"a": {"1": {"n": 1}}}, clock)
    clock.now = 101
    past.record("a", "1", {"n": 2})
    past.record("b", "1", {"n": 3})
    clock.now = 102
    past.record("a", "1", None)
    assert past.at(100) == {"a": {"1": {"n": 1}}}
    assert past.at(101) == past.at(101.9) == {"a": {"1": {"n": 2}}, "b": {"1": {"n": 3}}}
    assert past.at(102) == {"b": {"1": {"n": 3}}}


def test_what_is_done_to_an_item_later_does_not_change_the_past(clock: Clock) -> None:
    item = {"list": [1]}
    past = Journal({"a": {"1": item}}, clock)
    past.record("b", "1", item)
    item["list"].append(2)
    past.at(100)["a"]["1"]["list"].append(3)
    assert past.at(100) == {"a": {"1": {"list": [1]}}, "b": {"1": {"list": [1]}}}


def test_a_long_past_is_folded_into_its_beginning(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LONGEST", 2)
    past = Journal({}, clock)
    for number in range(5):
        clock.now = 200.0 + number
        past.record("a", str(number), {"n": number})
    assert past.earliest == 202
    assert sorted(past.at(202)["a"]) == ["0", "1", "2"]
    assert sorted(past.at(204)["a"]) == ["0", "1", "2", "3", "4"]


def test_items_that_are_replaced_as_a_whole_are_changes_like_others(clock: Clock) -> None:
    past = Journal({"a": {"1": {"n": 1}, "2": {"n": 2}}}, clock)
    clock.now = 101
    past.settle({"a": {"1": {"n": 1}, "3": {"n": 3}}})
    assert past.at(100) == {"a": {"1": {"n": 1}, "2": {"n": 2}}}
    assert past.at(101) == {"a": {"1": {"n": 1}, "3": {"n": 3}}}
    assert past.earliest == 100
