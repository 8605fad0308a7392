"""Which systems come up: written into the working copy, never into the committed file."""

from pathlib import Path
from typing import Any

import pytest

from interface import names
from localcloud import engine
from localcloud.errors import Trouble
from pipelines import carried, stacks

SYSTEMS = ["counter", "lists", "market"]


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stack files that carry three systems, of which one needs no container."""
    sections: dict[str, dict[str, Any]] = {
        "dev": {"kind": "environment", "systems": SYSTEMS},
        "tooling": {"kind": "tooling", "systems": []},
    }
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    monkeypatch.setattr(stacks, "section", lambda stack, name: sections[stack])
    monkeypatch.setattr(names, "SERVERLESS", ("lists",))


@pytest.mark.parametrize(
    ("wanted", "containers", "systems"),
    [
        ([], True, SYSTEMS),
        (["market"], True, ["market"]),
        (["market", "counter"], True, ["counter", "market"]),
        ([], False, ["lists"]),
        (["market"], False, []),
    ],
)
def test_a_stack_carries_what_was_asked_for_and_can_run(
    wanted: list[str], containers: bool, systems: list[str]
) -> None:
    carried.choose("dev", wanted, containers)

    assert carried.systems("dev") == systems


def test_the_next_run_carries_all_again(capsys: pytest.CaptureFixture[str]) -> None:
    carried.choose("dev", [], containers=False)
    assert (
        "dev comes up without counter, market: no Docker engine (slipway doctor says more)" in capsys.readouterr().err
    )

    carried.choose("dev", [], containers=True)
    assert carried.systems("dev") == SYSTEMS
    assert engine.workspace.overrides_of("dev") == {}


def test_a_system_that_the_stack_does_not_carry_is_refused_in_one_line() -> None:
    with pytest.raises(Trouble, match="dev carries no system 'shop' → one of counter, lists, market"):
        carried.choose("dev", ["shop"], containers=True)


def test_the_tooling_stack_carries_no_systems() -> None:
    carried.choose("tooling", ["counter"], containers=True)

    assert engine.workspace.overrides_of("tooling") == {}
