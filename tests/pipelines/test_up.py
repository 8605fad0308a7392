"""What `slipway up` looks at before it starts anything, and how it tells what it did."""

from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.errors import Trouble
from pipelines import addresses, carried, machine, stacks, up

DIGEST = "sha256:" + "2" * 64


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done, in order, on a machine that is only pretended."""
    done: list[Any] = []

    def ready(accounts: list[str], with_docker: bool) -> SimpleNamespace:
        done.append((len(accounts), with_docker))
        return SimpleNamespace(docker_host="unix:///run/docker.sock" if with_docker else None)

    def choose(stack: str, systems: list[str], containers: bool) -> None:
        if systems:
            done.append((stack, *systems, containers))

    monkeypatch.setattr(machine, "ready", ready)
    monkeypatch.setattr(carried, "choose", choose)
    monkeypatch.setattr(up, "bring_up", lambda stack, ready: done.append(stack))
    monkeypatch.setattr(addresses, "publish", lambda: {"cloud": "up"})
    return done


def test_stacks_come_up_in_the_order_in_which_they_stand_on_each_other(steps: list[Any]) -> None:
    assert up.up(["prod", "tooling", "dev"], with_docker=False) == {"cloud": "up"}
    assert steps == [(4, False), "tooling", "dev", "prod"]


def test_without_a_name_it_is_tooling_and_dev(steps: list[Any]) -> None:
    up.up([])
    assert steps == [(4, True), "tooling", "dev"]


def test_a_stack_knows_which_systems_it_carries_before_it_comes_up(steps: list[Any]) -> None:
    up.up(["dev"], systems=["counter"])
    assert steps == [(4, True), ("dev", "counter", True), "dev"]


def test_a_stack_that_fails_ends_the_command_before_those_that_stand_on_it(
    steps: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(stack: str, ready: object) -> None:
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
