"""Turns between groups and targets."""

from localcloud.door.choice import Turns
from localcloud.door.view import Target

A, B, C = (Target("127.0.0.1", port) for port in (1, 2, 3))


def test_weights_are_kept_exactly_and_spread_out() -> None:
    turns = Turns()
    assert [turns.group((("a", 3), ("b", 1), ("c", 0))) for _ in range(8)] == ["a", "a", "b", "a"] * 2


def test_when_all_weights_are_zero_nobody_has_a_turn() -> None:
    assert Turns().group((("a", 0),)) is None


def test_targets_take_turns_for_each_group_by_itself() -> None:
    turns = Turns()
    assert [turns.target("x", [A, B, C]) for _ in range(4)] == [B, C, A, B]
    assert turns.target("y", [A, B, C]) == B
    assert turns.target("y", []) is None
