"""What a refresh sees: the program's inputs while they mean the same, the live ones where they do not."""

from typing import Any

import pytest

from localcloud.plugins.aws import drift
from localcloud.plugins.aws.entry import Entry


def _entry(**more: Any) -> Entry:
    def nothing(call: object) -> None:
        return None

    fields: dict[str, Any] = {"inputs": ("a", "b", "policy", "hosts"), "create": nothing, "read": nothing} | more
    return Entry(token="aws:x/y:Y", service="x", delete=nothing, **fields)


def test_a_live_value_that_differs_takes_the_place_of_the_given_one() -> None:
    assert drift.inputs(_entry(), {"a": 1, "b": "x"}, {"a": 2, "b": "x"}) == {"a": 2, "b": "x"}


def test_a_value_that_is_gone_is_gone_from_the_inputs() -> None:
    assert drift.inputs(_entry(), {"a": 1}, {}) == {}


def test_what_the_program_never_set_is_no_drift_unless_awss_default_is_known() -> None:
    assert drift.inputs(_entry(), {"a": 1}, {"a": 1, "b": "x"}) == {"a": 1}
    assert drift.inputs(_entry(defaults={"b": "y"}), {"a": 1}, {"a": 1, "b": "x"}) == {"a": 1, "b": "x"}
    assert drift.inputs(_entry(defaults={"b": "x"}), {"a": 1}, {"a": 1, "b": "x"}) == {"a": 1}


def test_an_import_takes_everything_that_is_no_default() -> None:
    assert drift.inputs(_entry(defaults={"b": "x"}), {}, {"a": 1, "b": "x", "hosts": []}) == {"a": 1}


def test_json_is_compared_by_what_it_says() -> None:
    entry = _entry(json=("policy",))
    given = {"policy": '{"a": 1, "b": 2}'}
    assert drift.inputs(entry, given, {"policy": '{"b":2,"a":1}'}) == given
    assert drift.inputs(entry, given, {"policy": '{"b":2}'}) == {"policy": '{"b":2}'}


def test_a_set_has_no_order_and_a_list_has() -> None:
    given, live = {"hosts": ["a", "b"]}, {"hosts": ["b", "a"]}
    assert drift.inputs(_entry(sets=("hosts",)), given, live) == given
    assert drift.inputs(_entry(), given, live) == live


def test_an_item_more_in_a_set_is_drift() -> None:
    live = {"hosts": ["a", "a"]}
    assert drift.inputs(_entry(sets=("hosts",)), {"hosts": ["a", "b"]}, live) == live


def test_what_aws_adds_inside_an_object_is_no_drift() -> None:
    given = {"a": {"path": "/"}}
    assert drift.inputs(_entry(), given, {"a": {"path": "/", "port": "80"}}) == given


@pytest.mark.parametrize("field", ["local", "dropped"])
def test_what_cannot_be_read_is_kept(field: str) -> None:
    entry = _entry(**{field: {"a": "the emulator forgets it"}})
    assert drift.inputs(entry, {"a": 1}, {}) == {"a": 1}
    assert drift.outputs(entry, {"a": 1}, {"b": 2}) == {"a": 1, "b": 2}


def test_outputs_have_the_programs_own_words_where_they_mean_the_same() -> None:
    entry = _entry(json=("policy",))
    assert drift.outputs(entry, {"policy": '{"a": 1}', "a": 1}, {"policy": '{"a":1}', "a": 2}) == {
        "policy": '{"a": 1}',
        "a": 2,
    }


def test_default_tags_are_not_the_programs_unless_it_sets_them_too() -> None:
    live = {"team": "x", "env": "dev"}
    assert drift.tags(live, {}, {"env": "dev"}) == {"tagsAll": live, "tags": {"team": "x"}}
    assert drift.tags(live, {"tags": {"env": "dev"}}, {"env": "dev"}) == {"tagsAll": live, "tags": live}
    assert drift.tags({"env": "dev"}, {}, {"env": "dev"}) == {"tagsAll": {"env": "dev"}}


def test_only_what_changed_inside_an_object_is_named() -> None:
    given = {"check": {"path": "/healthz", "matcher": "200"}, "rules": [{"a": 1}, {"a": 2}]}
    live = {
        "check": {"path": "/", "matcher": "200", "port": "traffic-port"},
        "rules": [{"a": 1, "b": 0}, {"a": 3, "b": 0}],
    }
    entry = _entry(inputs=("check", "rules"))
    assert drift.inputs(entry, given, live) == {
        "check": {"path": "/", "matcher": "200"},
        "rules": [{"a": 1}, {"a": 3}],
    }


def test_a_set_keeps_the_programs_words_for_what_is_still_in_it() -> None:
    entry = _entry(inputs=("rules",), sets=("rules",))
    live = {"rules": [{"a": 9, "b": 0}, {"a": 1, "b": 0}]}
    assert drift.inputs(entry, {"rules": [{"a": 1}, {"a": 2}]}, live) == {"rules": [{"a": 9, "b": 0}, {"a": 1}]}


def test_what_is_written_and_never_read_stays_in_the_inputs_and_is_in_no_output() -> None:
    entry = _entry(local=("b",), unseen=("b",))
    given = {"a": 1, "b": "secret"}
    assert drift.inputs(entry, given, {"a": 2, "b": ""}) == {"a": 2, "b": "secret"}
    assert drift.outputs(entry, given, {"a": 1, "b": "secret"}) == {"a": 1}
