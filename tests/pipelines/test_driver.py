"""What a stack's driver does before and after the engine's runs; the engine itself is only pretended."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.ledger import BEGUN, FOLDER, HALF_MADE, Ledger, Made
from pipelines import behind, recovery
from pipelines.driver import Driver
from pipelines.run import Run

BUCKET = {"urn": "urn:pulumi:dev::slipway::aws:s3/bucket:Bucket::logs", "type": "aws:s3/bucket:Bucket", "custom": True}
TOPIC = "urn:pulumi:dev::slipway::aws:sns/topic:Topic::alarms"
PROVIDER = "urn:pulumi:dev::slipway::pulumi:providers:aws::aws"


class Engine:
    """Keeps the verb of each run, and whether the state was known to be behind and written once while it went on.

    `makes` has its runs make a topic of this id, which they are told unless `lost`; `ending` is how they end: well, by
    failing, or killed.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: list[tuple[str, bool, bool]] = []
        self.makes = ""
        self.lost = False
        self.ending = "well"
        engine = self

        def run(driver: Driver, verb: str, run: Run, variables: dict[str, str] | None = None, **arguments: Any) -> Run:
            given = variables or {}
            engine.runs.append((verb, behind.is_behind(driver.stack), "PULUMI_SKIP_CHECKPOINTS" in given))
            engine.work(driver.stack, given)
            return run

        monkeypatch.setattr(Driver, "_run", run)

    def work(self, stack: str, variables: dict[str, str]) -> None:
        if self.makes and FOLDER in variables:
            ledger = Ledger(Path(variables[FOLDER]))
            ledger.configured(PROVIDER, "p", {"region": "eu-west-1"})
            ledger.made(Made(TOPIC, self.makes, "g", {}))
        state = recovery.state_file(stack)
        if self.ending == "killed":
            lock = home_of_locks(stack) / "lock.json"
            lock.write_text(json.dumps({"pid": 999_999_999}))
            raise Trouble("the engine was killed")
        written = json.loads(state.read_text())
        if self.makes and FOLDER in variables and not self.lost:
            written["checkpoint"]["latest"]["resources"].append(
                {"urn": TOPIC, "id": self.makes, "type": "aws:sns/topic:Topic", "custom": True}
            )
        state.write_text(json.dumps(written))
        if self.ending == "failing":
            raise Trouble("a name is taken")

    @property
    def verbs(self) -> list[str]:
        return [verb for verb, *_ in self.runs]


def home_of_locks(stack: str) -> Path:
    recovery.locks(stack)  # makes the folder
    return recovery.state_file(stack).parents[2] / "locks" / "organization" / "slipway" / stack


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


def cut_off(engine: Engine, run: Callable[..., Any]) -> None:
    engine.ending = "killed"
    with pytest.raises(Trouble, match="killed"):
        run(silent)
    engine.ending = "well"


def kept() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recovery.state_file("dev").read_text())["checkpoint"]["latest"][
        "resources"
    ]
    return found


def test_runs_that_change_write_their_state_once_and_no_other_run_does(engine: Engine, dev: Driver) -> None:
    for run in (dev.up, dev.destroy, dev.preview, dev.look):
        run(silent)
    dev.refresh()
    assert engine.runs == [
        ("up", True, True),
        ("destroy", True, True),
        ("preview", False, False),
        ("preview_refresh", False, False),
        ("refresh", False, False),
    ]


@pytest.mark.parametrize("ending", ["well", "failing"])
def test_after_a_run_that_ended_by_itself_the_state_is_trusted(engine: Engine, dev: Driver, ending: str) -> None:
    engine.makes, engine.ending = "t", ending
    if ending == "failing":
        with pytest.raises(Trouble, match="taken"):
            dev.up(silent)
    else:
        dev.up(silent)
    assert not dev.prepare()
    assert engine.verbs == ["up"]


@pytest.mark.parametrize("known", [BEGUN, "t"], ids=["begun", "made"])
def test_after_a_run_that_lost_a_provider_the_cloud_is_asked_what_became_of_its_create(
    engine: Engine, dev: Driver, known: str
) -> None:
    engine.makes, engine.lost, engine.ending = known, True, "failing"
    with pytest.raises(Trouble, match="taken"):
        dev.up(silent)
    engine.ending = "well"
    assert dev.prepare()
    assert engine.verbs == ["up", "refresh"]
    assert kept()[-1]["id"] == known


def test_after_a_run_that_came_to_no_provider_the_state_is_trusted(
    engine: Engine, dev: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "work", lambda *_: (_ for _ in ()).throw(Trouble("the program is broken")))
    with pytest.raises(Trouble, match="broken"):
        dev.up(silent)
    assert not behind.is_behind("dev")


def test_after_a_run_that_was_cut_off_the_next_one_of_any_kind_asks_the_cloud_first(
    engine: Engine, dev: Driver
) -> None:
    engine.makes = "t"
    cut_off(engine, dev.destroy)
    assert dev.prepare()
    assert not dev.prepare()
    assert engine.verbs == ["destroy", "refresh"]


def test_what_a_run_had_made_before_it_was_cut_off_is_in_the_state_that_is_compared(
    engine: Engine, dev: Driver
) -> None:
    engine.makes = "t"
    cut_off(engine, dev.up)
    assert [each["urn"] for each in kept()] == [BUCKET["urn"]]
    dev.prepare()
    assert [each["urn"] for each in kept()] == [PROVIDER, BUCKET["urn"], TOPIC]
    assert kept()[2]["outputs"] == {HALF_MADE: "g"}


def test_a_state_stays_behind_until_a_refresh_has_ended(engine: Engine, dev: Driver) -> None:
    engine.makes = "t"
    cut_off(engine, dev.up)
    engine.ending = "failing"
    for _ in range(2):
        with pytest.raises(Trouble, match="taken"):
            dev.prepare()
    assert behind.is_behind("dev")
    assert len(kept()) == 3


def test_a_stack_whose_last_run_was_cut_off_is_not_compared_ahead_of_its_turn(engine: Engine, dev: Driver) -> None:
    assert dev.is_free()
    behind.begins("dev")
    assert not dev.is_free()


def test_the_state_of_a_cloud_that_is_gone_is_not_behind_but_forgotten(engine: Engine, dev: Driver) -> None:
    engine.makes = "t"
    cut_off(engine, dev.up)
    another: Any = SimpleNamespace(cloud=SimpleNamespace(boot="another"))
    Driver("dev", another).prepare()
    assert engine.verbs == ["up"]
    assert not behind.is_behind("dev")


def test_a_run_that_was_killed_before_there_was_a_state_leaves_nothing_to_catch_up_with(
    engine: Engine, dev: Driver
) -> None:
    behind.begins("dev")
    recovery.state_file("dev").unlink()
    assert not dev.prepare()
    assert not behind.is_behind("dev")


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    said: Any = "error: writing snapshot: write prod.json.tmp: no space left on device"
    trouble = Driver("prod", SimpleNamespace())._trouble("up", Run(), said, tmp_path)  # type: ignore[arg-type]
    assert str(trouble) == "no space left on the disk: up of prod stopped → make room and run it again"
