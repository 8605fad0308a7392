"""What a stack's driver does before and after the engine's runs; the engine itself is only pretended."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.errors import Trouble
from pipelines import recovery
from pipelines.driver import Driver
from pipelines.run import Run

BUCKET = {"urn": "bucket", "type": "aws:s3/bucket:Bucket", "custom": True}


class Engine:
    """Keeps the verb and the variables of each run, and whether the state was known to be behind while it went on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: list[tuple[str, dict[str, str], bool]] = []
        self.killed = False
        engine = self

        def run(driver: Driver, verb: str, run: Run, variables: dict[str, str] | None = None, **arguments: Any) -> Run:
            engine.runs.append((verb, variables or {}, recovery.is_behind(driver.stack)))
            if engine.killed:
                raise Trouble(f"{verb} of {driver.stack} failed: the engine was killed")
            return run

        monkeypatch.setattr(Driver, "_run", run)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    return Engine(monkeypatch)


@pytest.fixture
def dev(state: Callable[..., Path]) -> Driver:
    state("dev", [BUCKET])
    recovery.belongs_to("dev", "this")
    machine: Any = SimpleNamespace(cloud=SimpleNamespace(boot="this"))
    return Driver("dev", machine)


def silent(text: str) -> None:
    """Say nothing."""


def test_a_destroy_writes_its_state_once_and_no_other_run_does(engine: Engine, dev: Driver) -> None:
    dev.destroy(silent)
    dev.up(silent)
    dev.preview(silent)
    dev.refresh()
    assert engine.runs == [
        ("destroy", {"PULUMI_SKIP_CHECKPOINTS": "true"}, True),
        ("up", {}, False),
        ("preview", {}, False),
        ("refresh", {}, False),
    ]


def test_after_a_destroy_that_ended_the_state_is_trusted(engine: Engine, dev: Driver) -> None:
    dev.destroy(silent)
    dev.prepare()
    assert [verb for verb, *_ in engine.runs] == ["destroy"]


def test_after_a_destroy_that_was_cut_off_the_next_run_of_any_kind_asks_the_cloud_first(
    engine: Engine, dev: Driver
) -> None:
    engine.killed = True
    with pytest.raises(Trouble, match="killed"):
        dev.destroy(silent)
    engine.killed = False
    dev.prepare()
    dev.prepare()
    assert [verb for verb, *_ in engine.runs] == ["destroy", "refresh"]


def test_a_state_stays_behind_until_a_refresh_has_ended(engine: Engine, dev: Driver) -> None:
    recovery.falls_behind("dev")
    engine.killed = True
    with pytest.raises(Trouble, match="killed"):
        dev.prepare()
    assert recovery.is_behind("dev")


def test_the_state_of_a_cloud_that_is_gone_is_not_behind_but_forgotten(engine: Engine, dev: Driver) -> None:
    recovery.falls_behind("dev")
    another: Any = SimpleNamespace(cloud=SimpleNamespace(boot="another"))
    Driver("dev", another).prepare()
    assert engine.runs == []
    assert not recovery.is_behind("dev")
