"""A state that is given what a cut-off run has made. That the engine accepts it, tests/e2e/test_03_recovery proves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud import ledger
from localcloud.ledger import BEGUN, HALF_MADE, Made
from pipelines import behind, recovery
from pipelines.behind import SEVERAL, settled, tightened, with_made

PROVIDER = {"urn": "urn:pulumi:dev::slipway::pulumi:providers:aws::aws", "id": "p", "settings": {"region": "eu-west-1"}}
LOADED = {
    "urn": PROVIDER["urn"],
    "custom": True,
    "id": "p",
    "type": "pulumi:providers:aws",
    "inputs": {"__internal": {}, "region": "eu-west-1"},
    "outputs": {"region": "eu-west-1"},
}


def urn(name: str) -> str:
    return f"urn:pulumi:dev::slipway::platform:data:Bucket$aws:s3/bucket:Bucket::{name}"


def made(name: str, id: str = "", **inputs: Any) -> Made:  # noqa: A002 - the engine's word
    return Made(urn(name), id or name, "g1", inputs, PROVIDER)


def entry(name: str, *after: str, **inputs: Any) -> dict[str, Any]:
    return {
        "dependencies": [urn(each) for each in after],
        "urn": urn(name),
        "custom": True,
        "id": name,
        "type": "aws:s3/bucket:Bucket",
        "inputs": inputs,
        "outputs": {**inputs, HALF_MADE: "g1"},
        "provider": f"{PROVIDER['urn']}::p",
    }


def short(resources: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Name, id, and whether it is left to be deleted."""
    return [(each["urn"].rpartition("::")[2], each["id"], each.get("delete", False)) for each in resources]


def test_a_first_run_leaves_its_provider_and_half_made_resources_one_after_the_other() -> None:
    assert tightened(with_made([], [made("a", forceDestroy=True), made("b")])) == [
        LOADED,
        entry("a", forceDestroy=True),
        entry("b", "a"),
    ]


def test_of_those_before_it_several_are_waited_for_and_not_all() -> None:
    names = [f"n{number:02}" for number in range(30)]
    found = tightened(with_made([], [made(name) for name in names]))
    assert found[-1] == entry(names[-1], *names[-1 - SEVERAL : -1])


def test_what_the_state_has_is_not_added_again() -> None:
    resources = [LOADED, entry("a"), entry("b", "a")]
    assert with_made(resources, [made("a"), made("b"), made("b")]) == resources


def test_a_replacement_stands_where_the_other_stood_which_is_left_to_be_deleted() -> None:
    old = {**entry("a"), "parent": "stack", "protect": True, "propertyDependencies": {"x": []}, "created": "then"}
    user = entry("user", "a")
    found = with_made([LOADED, old, user], [made("a", "a2")])
    assert short(found[1:]) == [("a", "a", True), ("a", "a2", False), ("user", "user", False)]
    new = found[2]
    assert (new["parent"], new["protect"], new["outputs"]) == ("stack", True, {HALF_MADE: "g1"})
    assert "created" not in new


def test_what_was_only_begun_is_looked_for_where_another_stands_in_its_place_too() -> None:
    found = with_made([LOADED, entry("a")], [made("a", BEGUN), made("b", BEGUN)])
    assert short(found[1:]) == [("a", "a", True), ("a", BEGUN, False), ("b", BEGUN, False)]


LEFT = {**entry("a"), "delete": True}
LEFT_BEFORE = {**LEFT, "id": "a0"}
NEW = {**entry("a"), "id": "a2"}


@pytest.mark.parametrize(
    ("refreshed", "expected"),
    [
        pytest.param([LEFT, NEW], [LEFT, NEW], id="it came to be"),
        pytest.param([LEFT], [entry("a")], id="it never came to be"),
        pytest.param([LEFT_BEFORE, LEFT], [LEFT_BEFORE, entry("a")], id="it never came to be after another one"),
        pytest.param([LEFT, entry("a")], [entry("a")], id="it is the same, found by its name"),
    ],
)
def test_what_was_to_be_replaced_stays_where_nothing_took_its_place(
    refreshed: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    other = {**entry("other"), "delete": True}
    assert settled([LOADED, *refreshed, other], {urn("a")}) == [LOADED, *expected, other]


def test_half_made_resources_depend_on_those_before_them_but_for_an_update_of_targets(
    state: Callable[..., Path],
) -> None:
    whole = {key: value for key, value in entry("whole", "a").items() if key != "outputs"}
    path = state("dev", [LOADED, entry("a"), entry("b", "a"), whole, entry("c", "a", "b")])

    def dependencies() -> list[list[str]]:
        kept = json.loads(path.read_text())["checkpoint"]["latest"]["resources"]
        return [[name.rpartition("::")[2] for name in each.get("dependencies", [])] for each in kept]

    behind.loosen(path)
    assert dependencies() == [[], [], [], ["a"], []]
    behind.tighten(path)
    assert dependencies() == [[], [], ["a"], ["a"], ["a", "b", "whole"]]


def test_the_first_file_of_a_stack_becomes_one_that_has_resources(home: Path) -> None:
    path = recovery.state_file("dev")
    path.write_text('{"version": 0, "checkpoint": {"stack": "organization/slipway/dev"}}')
    behind.folder("dev").mkdir()
    written = ledger.Ledger(behind.folder("dev"))
    written.configured(PROVIDER["urn"], PROVIDER["id"], PROVIDER["settings"])
    written.made(made("a"))
    behind.add_made("dev", path)
    kept = json.loads(path.read_text())
    assert kept["version"] == 3
    assert short(kept["checkpoint"]["latest"]["resources"][1:]) == [("a", "a", False)]


def test_of_two_replacements_only_the_last_one_stays() -> None:
    found = with_made([LOADED, entry("a")], [made("a", "a2"), made("a", "a3")])
    assert sorted((each["id"], each.get("delete", False)) for each in found[1:]) == [
        ("a", True),
        ("a2", True),
        ("a3", False),
    ]
