"""What the provider says before anything happens: refused inputs, names, tags, differences; no cloud is asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws import schema, table
from localcloud.plugins.aws.entry import Function
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import (
    UNKNOWN,
    Check,
    DiffRequest,
    Kind,
    Secret,
)
from localcloud.tests.plugins.aws.zoo import MADE, TOKEN, check_cage, make_cage


def test_check_fills_in_a_name_and_all_tags(cages: Callable[[], Provider]) -> None:
    checked = check_cage(cages(), tags={"team": "cats"})
    assert checked["tagsAll"] == {"env": "dev", "team": "cats"}
    assert checked["name"].startswith("lion-")
    assert checked["__defaults"] == ["name"]
    assert check_cage(cages(), tags={"team": "cats"})["name"] == checked["name"]


def test_check_refuses_by_name_what_the_table_does_not_carry(cages: Callable[[], Provider]) -> None:
    answer = cages().check(Check(MADE, TOKEN, {"place": "north", "colour": "red", "size": "big"}))
    assert [(failure.property, failure.reason.split(":")[0]) for failure in answer.failures] == [
        ("colour", "is not in the embedded cloud's table"),
        ("size", "must be a whole number, got 'big'"),
    ]


def test_check_refuses_what_the_rules_of_the_type_refuse(cages: Callable[[], Provider]) -> None:
    answer = cages().check(Check(MADE, TOKEN, {"place": "north", "size": 1}))
    assert [failure.reason for failure in answer.failures] == ["a lion needs room"]


def test_check_says_what_is_missing_and_judges_nothing_unknown(cages: Callable[[], Provider]) -> None:
    missing = cages().check(Check(MADE, TOKEN, {}))
    assert [(failure.property, failure.reason) for failure in missing.failures] == [
        ("place", "is required and was not given")
    ]
    assert cages().check(Check(MADE, TOKEN, {"place": UNKNOWN, "size": UNKNOWN})).failures == []


def test_a_type_without_an_entry_is_refused_by_name(cages: Callable[[], Provider]) -> None:
    with pytest.raises(Trouble, match="aws:zoo/aquarium:Aquarium is not in the embedded cloud's table"):
        cages().check(Check(MADE, "aws:zoo/aquarium:Aquarium", {}))


def test_a_function_without_an_entry_is_refused_by_name(cages: Callable[[], Provider]) -> None:
    with pytest.raises(Trouble, match="aws:zoo/getLion:getLion is not in the embedded cloud's table of functions"):
        cages().invoke("aws:zoo/getLion:getLion", {})


def test_a_function_refuses_arguments_it_does_not_know_and_marks_secrets(
    cages: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "aws:zoo/getKey:getKey"
    function = Function(token=token, service="zoo", inputs=("cage",), run=lambda call: {"key": "k"}, secret=("key",))
    monkeypatch.setattr(table, "functions", lambda: {token: function})
    monkeypatch.setattr(schema, "function", lambda name: {"outputs": {"key": "string", "cage": "string"}})
    assert cages().invoke(token, {"cage": "1"}) == {"key": Secret("k"), "cage": "1"}
    with pytest.raises(Trouble, match="the argument colour is not in"):
        cages().invoke(token, {"colour": "red"})


def test_a_given_name_makes_the_old_one_go_first(cages: Callable[[], Provider]) -> None:
    started = cages()
    name, checked, outputs = make_cage(started, name="lion")
    wanted = check_cage(started, checked, name="lion", place="south")
    assert started.diff(DiffRequest(MADE, TOKEN, name, wanted, checked, outputs)).delete_before_replace


def test_equal_json_in_another_spelling_is_no_change(cages: Callable[[], Provider]) -> None:
    started = cages()
    name, checked, outputs = make_cage(started, rules='{"a": 1, "b": 2}')
    for rules in ('{"b":2,"a":1}', {"a": 1, "b": 2}):
        wanted = check_cage(started, checked, rules=rules)
        assert started.diff(DiffRequest(MADE, TOKEN, name, wanted, checked, outputs)).changes == {}


def test_the_providers_own_region_given_to_a_resource_is_no_change(cages: Callable[[], Provider]) -> None:
    started = cages()
    name, checked, outputs = make_cage(started)
    same = started.diff(
        DiffRequest(MADE, TOKEN, name, check_cage(started, checked, region="eu-west-1"), checked, outputs)
    )
    moved = started.diff(
        DiffRequest(MADE, TOKEN, name, check_cage(started, checked, region="us-east-1"), checked, outputs)
    )
    assert (same.changes, moved.changes) == ({}, {"region": Kind.ADD_REPLACE})


def test_a_change_may_replace_one_way_only(cages: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch) -> None:
    entry = replace(table.entries()[TOKEN], replace_if={"size": lambda old, new: new < old})
    monkeypatch.setattr(table, "entries", lambda: {TOKEN: entry})
    started = cages()
    name, checked, outputs = make_cage(started, size=5)
    for size, replaced in ((4, ["size"]), (6, [])):
        wanted = check_cage(started, checked, size=size)
        assert started.diff(DiffRequest(MADE, TOKEN, name, wanted, checked, outputs)).replaces == replaced


def test_a_type_that_cannot_be_updated_replaces_for_everything_but_tags(
    cages: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = replace(table.entries()[TOKEN], update=None)
    monkeypatch.setattr(table, "entries", lambda: {TOKEN: entry})
    started = cages()
    name, checked, outputs = make_cage(started)
    wanted = check_cage(started, checked, size=5, tags={"team": "cats"})
    said = started.diff(DiffRequest(MADE, TOKEN, name, wanted, checked, outputs))
    assert said.replaces == ["size"]
    assert said.changes["tags"] is Kind.ADD
