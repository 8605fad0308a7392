"""What `slipway up` looks at before it starts anything, and how it tells what it did."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud import home
from localcloud.errors import Trouble
from pipelines import addresses, artifacts, carried, machine, pins, recovery, stacks, up
from pipelines.ahead import Ahead
from pipelines.driver import Driver
from pipelines.run import Change, Run

DIGEST = "sha256:" + "2" * 64


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done, in order, on a machine that is only pretended."""
    done: list[Any] = []

    def ready(accounts: list[str], with_docker: bool) -> SimpleNamespace:
        done.append((len(accounts), with_docker))
        host = "unix:///run/docker.sock" if with_docker else None
        return SimpleNamespace(docker_host=host, cloud=SimpleNamespace(boot="this"))

    def bring_up(stack: str, ready: object, ahead: Ahead) -> Run:
        done.append(stack)
        return Run()

    def choose(stack: str, systems: list[str], containers: bool) -> None:
        if systems:
            done.append((stack, *systems, containers))

    monkeypatch.setattr(machine, "ready", ready)
    monkeypatch.setattr(carried, "choose", choose)
    monkeypatch.setattr(up, "bring_up", bring_up)
    monkeypatch.setattr(addresses, "publish", lambda: {"cloud": "up"})
    there(monkeypatch, True)
    return done


def there(monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    """Let every stack have a state or none."""
    monkeypatch.setattr(up, "Driver", lambda stack, ready: SimpleNamespace(exists=lambda: exists))


def test_stacks_come_up_in_the_order_in_which_they_stand_on_each_other(steps: list[Any]) -> None:
    assert up.up(["prod", "tooling", "dev"], with_docker=False) == {"cloud": "up"}
    assert steps == [(4, False), "tooling", "dev", "prod"]


def test_without_a_name_it_is_tooling_and_dev(steps: list[Any]) -> None:
    up.up([])
    assert steps == [(4, True), "tooling", "dev"]


def test_an_environment_on_a_machine_that_has_nothing_gets_tooling_first(
    steps: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    there(monkeypatch, False)
    up.up(["dev"])
    assert steps == [(4, True), "tooling", "dev"]


def test_a_stack_knows_which_systems_it_carries_before_it_comes_up(steps: list[Any]) -> None:
    up.up(["dev"], systems=["counter"])
    assert steps == [(4, True), ("dev", "counter", True), "dev"]


def test_a_stack_that_fails_ends_the_command_before_those_that_stand_on_it(
    steps: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(stack: str, ready: object, ahead: Ahead) -> None:
        steps.append(stack)
        raise Trouble(f"{stack} did not come up")

    monkeypatch.setattr(up, "bring_up", fails)
    with pytest.raises(Trouble, match="tooling did not come up"):
        up.up(["tooling", "dev"])
    assert steps == [(4, True), "tooling"]


def test_a_broken_file_of_any_stack_is_found_before_anything_is_started(
    steps: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def account(stack: str) -> str:
        if stack == "prod":
            raise Trouble("Pulumi.prod.yaml is not YAML", "mend the file")
        return "111111111111"

    monkeypatch.setattr(stacks, "account", account)
    with pytest.raises(Trouble, match=r"Pulumi\.prod\.yaml is not YAML → mend the file"):
        up.up(["dev"])
    assert steps == []


class Engine:
    """Stands for the engine's runs: keeps what was asked of it, and does what each is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: Callable[..., Path]) -> None:
        self.asked: list[tuple[str, str, bool]] = []
        self.changes: dict[str, dict[str, Change]] = {}
        self.seen: dict[str, dict[str, Change]] = {}
        self.refused: set[str] = set()
        for stack in ("tooling", "dev"):
            state(stack, [{"type": "aws:s3/bucket:Bucket", "custom": True}])
            recovery.belongs_to(stack, "this")
        runs = self

        def bring_up(driver: Driver, say: object, refresh: bool = False, seen: Run | None = None) -> Run:
            runs.asked.append(("up", driver.stack, refresh))
            return Run(changes={**(seen.changes if seen else {}), **runs.changes.get(driver.stack, {})})

        def refresh(driver: Driver) -> Run:
            runs.asked.append(("refresh", driver.stack, True))
            if driver.stack in runs.refused:
                raise Trouble("the engine was killed")
            return Run(changes=runs.seen.get(driver.stack, {}))

        monkeypatch.setattr(Driver, "up", bring_up)
        monkeypatch.setattr(Driver, "refresh", refresh)
        monkeypatch.setattr(pins, "fill", lambda stack: None)
        monkeypatch.setattr(artifacts, "provide", lambda *given: {})


@pytest.fixture
def engine(steps: list[Any], monkeypatch: pytest.MonkeyPatch, state: Callable[..., Path]) -> Engine:
    monkeypatch.setattr(up, "bring_up", BRING_UP)
    monkeypatch.setattr(up, "Driver", Driver)
    return Engine(monkeypatch, state)


BRING_UP = up.bring_up
BUCKET = {"urn:bucket": Change("urn:bucket", "aws:s3/bucket:Bucket", "update")}


def test_the_next_stack_is_looked_at_while_the_one_before_it_comes_up(engine: Engine) -> None:
    up.up([])
    assert sorted(engine.asked) == [("refresh", "dev", True), ("up", "dev", False), ("up", "tooling", True)]
    assert engine.asked[-1] == ("up", "dev", False)


def test_what_was_seen_of_a_stack_counts_as_found_by_its_run(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.seen["dev"] = {"urn:bucket": Change("urn:bucket", "aws:s3/bucket:Bucket", "drift", ("tags",))}
    up.up([])
    assert "1 drifted, 1 resources" in capsys.readouterr().err


def test_a_stack_is_looked_at_again_when_the_one_before_it_has_changed(engine: Engine) -> None:
    engine.changes["tooling"] = BUCKET
    up.up([])
    assert engine.asked[-1] == ("up", "dev", True)


def test_a_look_that_failed_is_done_again_by_the_run(engine: Engine) -> None:
    engine.refused.add("dev")
    up.up([])
    assert engine.asked[-1] == ("up", "dev", True)


def test_a_stack_that_another_run_holds_is_not_looked_at_ahead(engine: Engine) -> None:
    (home.folder("state", ".pulumi", "locks", "organization", "slipway", "dev") / "1.json").write_text("{}")
    up.up([])
    assert engine.asked == [("up", "tooling", True), ("up", "dev", True)]


def test_a_stack_of_a_cloud_that_is_gone_is_not_looked_at(engine: Engine) -> None:
    recovery.belongs_to("dev", "another")
    up.up([])
    assert engine.asked == [("up", "tooling", True), ("up", "dev", False)]
    assert stacks.resources("dev") == []


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"same": 2}, "nothing changed, 2 resources"),
        ({"create": 12, "replace": 1, "same": 9}, "12 created, 1 replaced, 2 resources"),
        ({"drift": 3, "update": 1, "delete": 4}, "1 updated, 4 deleted, 3 drifted, 2 resources"),
    ],
)
def test_a_run_is_told_in_a_few_words(counts: dict[str, int], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "resources", lambda stack: [{}, {}])
    run: Any = SimpleNamespace(counts=lambda: counts)
    assert up.summary(run, "dev") == line


def test_images_are_told_by_service_with_the_address_of_their_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    def image(tags: list[str], **outputs: str) -> dict[str, Any]:
        return {"type": "docker-build:index:Image", "outputs": {"tags": tags, **outputs}}

    listed = [
        image(["111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend:0123abcd"], digest=DIGEST),
        image(["registry/counter/frontend:0123abcd"]),  # not pushed yet: there is no digest
        image(["registry/counter/other:latest"], digest=DIGEST),  # no tag of ours
        {"type": "aws:ecr/repository:Repository", "outputs": {"digest": DIGEST, "tags": ["registry/x:01"]}},
    ]
    monkeypatch.setattr(stacks, "resources", lambda stack: listed)
    assert up.images("dev") == {"counter/backend": {"address": "0123abcd", "digest": DIGEST}}
