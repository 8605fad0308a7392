from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.plugins import differ
from localcloud.plugins.provider import UNKNOWN, Kind

# The same examples at every run, and none too slow for a busy machine.
steady = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": "update"}),
        ({}, {"a": 1}, {"a": "add"}),
        ({"a": 1}, {}, {"a": "delete"}),
        ({"a": 1}, {"a": None}, {"a": "delete"}),
        ({"a": None}, {}, {}),
        ({"a": 1}, {"a": True}, {"a": "update"}),
        ({"a": {}}, {}, {"a": "delete"}),
        ({"a": {"b": None}}, {"a": {}}, {}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": "update"}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3, "z": 4}}, {"a.x": "delete", "a.y": "update", "a.z": "add"}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, {}),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, {"a[1]": "update", "a[2]": "add"}),
        ({"a": [1, 2]}, {"a": [1]}, {"a[1]": "delete"}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {"a[0].b": "update"}),
        ({"a": [1]}, {"a": "1"}, {"a": "update"}),
        ({"tags": {"a.b": 1}}, {"tags": {"a.b": 2}}, {'tags["a.b"]': "update"}),
    ],
)
def test_differences_have_the_paths_and_kinds_that_the_engine_shows(
    old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]
) -> None:
    assert differ.diff(old, new) == expected


@pytest.mark.parametrize(
    ("replace", "old", "new", "expected"),
    [
        ("name", {"name": "a"}, {"name": "b"}, {"name": Kind.UPDATE_REPLACE}),
        ("name", {"size": 1}, {"size": 2}, {"size": Kind.UPDATE}),
        ("name", {"name": "a"}, {"name": UNKNOWN}, {"name": Kind.UPDATE_REPLACE}),
        ("names", {"names": "a"}, {"names": "b"}, {"names": Kind.UPDATE_REPLACE}),
        ("keys", {"keys": {"hash": "a"}}, {"keys": {"hash": "b"}}, {"keys.hash": Kind.UPDATE_REPLACE}),
        ("rule.port", {"rule": {"port": 1}}, {}, {"rule": Kind.DELETE_REPLACE}),
        ("rule.port", {}, {"rule": {"port": 1}}, {"rule": Kind.ADD_REPLACE}),
        ("rule.port", {}, {"rule": {"text": "x"}}, {"rule": Kind.ADD}),
        ("rule.port", {"rule": {"port": 1}}, {"rule": UNKNOWN}, {"rule": Kind.UPDATE_REPLACE}),
        ("r[*].port", {"r": [{"port": 1}]}, {"r": [{"port": 2}]}, {"r[0].port": Kind.UPDATE_REPLACE}),
        ("r[*].port", {"r": [{"text": 1}]}, {"r": [{"text": 2}]}, {"r[0].text": Kind.UPDATE}),
        ('tags["a.b"]', {"tags": {"a.b": 1}}, {"tags": {"a.b": 2}}, {'tags["a.b"]': Kind.UPDATE_REPLACE}),
    ],
)
def test_a_difference_at_inside_or_around_a_path_of_replace_replaces(
    replace: str, old: dict[str, Any], new: dict[str, Any], expected: dict[str, Kind]
) -> None:
    assert differ.diff(old, new, replace={replace}) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a", "b"], ["b", "a"], {}),
        (["a", "b"], ["b", "c"], {"ids[0]": "delete", "ids[1]": "add"}),
        (["a"], ["b"], {"ids[0]": "update"}),
        (["a", "a"], ["a"], {"ids[1]": "delete"}),
        ([{"x": 1}, {"y": 2}], [{"y": 2}, {"x": 1}], {}),
    ],
)
def test_a_set_differs_only_by_what_is_in_it(old: list[Any], new: list[Any], expected: dict[str, str]) -> None:
    assert differ.diff({"ids": old}, {"ids": new}, sets={"ids"}) == expected


def test_a_list_that_is_no_set_has_an_order() -> None:
    assert differ.diff({"ids": ["a", "b"]}, {"ids": ["b", "a"]}) == {"ids[0]": "update", "ids[1]": "update"}


def test_what_is_ignored_is_not_compared_at_any_depth() -> None:
    old, new = {"a": {"b": [1], "c": 1}, "d": 1}, {"a": {"b": [2, 3], "c": 2}, "d": 2}
    assert differ.diff(old, new, ignore={"a.b", "d"}) == {"a.c": "update"}


@steady
@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
def test_there_is_a_difference_exactly_where_two_maps_are_not_the_same(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert differ.diff(old, old) == {}
    assert bool(differ.diff(old, new)) is not differ.same(old, new)


@steady
@given(st.lists(st.text(), min_size=1))
def test_a_written_path_reads_back_as_its_steps(steps: list[str]) -> None:
    assert differ.parse(differ.text(steps)) == tuple(steps)


def test_an_index_is_written_in_brackets() -> None:
    assert differ.text(["a", 0, "b c", "d.e"]) == 'a[0].b c["d.e"]'
    assert differ.parse('a[0].b c["d.e"]') == ("a", "0", "b c", "d.e")
