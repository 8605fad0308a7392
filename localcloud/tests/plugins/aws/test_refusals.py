"""Every type of the aws table refuses at check what AWS would refuse, and nothing beside it; no cloud is asked."""

from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.plugins.aws import checking, table
from localcloud.plugins.provider import UNKNOWN, Check, Failure
from localcloud.tests.plugins.aws.refusal import Refusals, Row, tables

TABLES = tables()
ROWS = [(each, row) for each in TABLES for row in each.refused]
NEAR = [(each, change) for each in TABLES for change in each.accepted]


def _failures(refusals: Refusals, change: Mapping[str, Any]) -> list[Failure]:
    """Check the table's valid inputs with a change on top; None takes an input away."""
    entry = table.entries()[refusals.token]
    request = Check(f"urn:pulumi:dev::slipway::{refusals.token}::thing", refusals.token, {**refusals.valid, **change})
    return checking.check(entry, request, {}, "").failures


@pytest.mark.parametrize(("refusals", "row"), ROWS, ids=[f"{each}-{row[1]}" for each, row in ROWS])
def test_what_aws_refuses_is_refused_by_the_name_of_the_property(refusals: Refusals, row: Row) -> None:
    change, named, reason, _ = row
    found = _failures(refusals, change)
    assert {failure.property for failure in found} == {named}, found
    assert any(reason in failure.reason for failure in found), found


@pytest.mark.parametrize(("refusals", "change"), NEAR, ids=[f"{each}-{', '.join(change)}" for each, change in NEAR])
def test_what_is_just_inside_a_limit_is_accepted(refusals: Refusals, change: Mapping[str, Any]) -> None:
    assert _failures(refusals, change) == []


@pytest.mark.parametrize("refusals", TABLES, ids=str)
def test_the_inputs_that_the_rows_change_are_accepted_as_they_are(refusals: Refusals) -> None:
    assert _failures(refusals, {}) == []


@pytest.mark.parametrize("refusals", TABLES, ids=str)
def test_inputs_that_are_not_known_yet_are_not_held_against_anybody(refusals: Refusals) -> None:
    assert _failures(refusals, dict.fromkeys(refusals.valid, UNKNOWN)) == []


def test_every_type_of_the_table_has_refusals() -> None:
    assert sorted({each.token for each in TABLES if each.refused}) == sorted(table.entries())


def test_every_refusal_says_where_aws_documents_it() -> None:
    heads = ("https://docs.aws.amazon.com/", "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/")
    assert [row for _, row in ROWS if not row[3].startswith(heads)] == []
