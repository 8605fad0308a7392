"""Rules over several inputs; what is not known yet is never held against anybody."""

from typing import Any

import pytest

from localcloud.plugins.aws import rules
from localcloud.plugins.aws.entry import Rule
from localcloud.plugins.provider import UNKNOWN

CASES: list[tuple[Rule, dict[str, Any], Any]] = [
    (rules.conflict("a", "b"), {"a": 1, "b": 2}, ("b", "cannot be given together with a")),
    (rules.conflict("a", "b"), {"a": 1}, None),
    (rules.conflict("a", "b"), {"a": UNKNOWN, "b": 2}, ("b", "cannot be given together with a")),
    (rules.together("a", "b"), {"a": 1}, ("b", "must be given when a is")),
    (rules.together("a", "b"), {}, None),
    (rules.one_of("a", "b"), {}, ("a", "one of a, b must be given")),
    (rules.one_of("a", "b"), {"b": UNKNOWN}, None),
    (rules.needs("a", "b.c"), {"a": 1, "b": {"d": 1}}, ("b.c", "must be given when a is")),
    (rules.needs("a", "b.c"), {"a": 1, "b": UNKNOWN}, None),
    (rules.when("a", ("x",), rules.required("b")), {"a": "x"}, ("b", "is required here and was not given")),
    (rules.when("a", ("x",), rules.required("b")), {"a": UNKNOWN}, None),
    (rules.when("a", (None,), rules.absent("b")), {"b": 1}, ("b", "cannot be given here")),
    (rules.value("a", lambda got: got > 1, "must be above 1"), {"a": 1}, ("a", "must be above 1, got 1")),
    (rules.value("a", lambda got: got > 1, "must be above 1"), {"a": [UNKNOWN]}, None),
    (
        rules.block("a"),
        {"a": "10.0.0.1/8"},
        ("a", "must be written by its first address, 10.0.0.0/8, got '10.0.0.1/8'"),
    ),
    (rules.block("a", widest=16), {"a": "10.0.0.0/8"}, ("a", "must be /16 to /128, got '10.0.0.0/8'")),
    (rules.block("a", version=6), {"a": "2001:0db8::/32"}, None),
    (rules.block("a"), {"a": UNKNOWN}, None),
]


@pytest.mark.parametrize(("rule", "inputs", "said"), CASES)
def test_a_rule_says_what_is_wrong_and_where(rule: Rule, inputs: dict[str, Any], said: Any) -> None:
    assert rule(inputs) == said
