"""How the machine is put together. Engine, Docker and cloud are stand-ins: the real ones are in tests/e2e."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud import cloud, docker, door, engine, images
from localcloud.errors import Trouble
from pipelines import addresses, behind, doctor, down, machine, pins, recovery, shell, show, stacks
from pipelines.driver import Driver

DIGEST = "sha256:" + "1" * 64
ADDRESS = "0123456789abcdef0123"
RUNNING = cloud.Cloud(endpoint="http://127.0.0.1:4566", region="eu-west-1", docker=True, boot="boot")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """Everything there and running, as far as the command can tell; `calls` keeps what was asked of it."""
    calls: list[Any] = []
    pulumi = tmp_path / "pulumi"
    found = SimpleNamespace(
        calls=calls,
        engine=engine.Engine(pulumi=pulumi, version="3.250.0", source="cached"),
        docker=SimpleNamespace(host="unix:///run/docker.sock", version="20.10", ours=True),
        cloud=RUNNING,
        door=SimpleNamespace(port=8080),
        images=[SimpleNamespace(name="python:3.13-slim", source="registry", ready=True)],
    )
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=100e9))
    monkeypatch.setattr(engine, "find", lambda: found.engine)
    monkeypatch.setattr(engine, "ensure", lambda say: calls.append("engine"))
    monkeypatch.setattr(engine, "install_plugins", lambda engine: calls.append("plugins"))
    monkeypatch.setattr(docker, "find", lambda: found.docker)
    monkeypatch.setattr(docker, "ensure", lambda: calls.append("docker"))
    monkeypatch.setattr(docker, "revive", lambda host: True)
    monkeypatch.setattr(docker, "answers", lambda host: found.docker is not None)
    monkeypatch.setattr(docker, "stop", lambda: calls.append("docker stops"))
    monkeypatch.setattr(docker, "explain", lambda: ["Docker is not installed"])
    monkeypatch.setattr(images, "status", lambda engine: found.images)
    monkeypatch.setattr(images, "ensure", lambda engine, say: calls.append("images"))
    monkeypatch.setattr(cloud, "running", lambda: found.cloud)
    monkeypatch.setattr(cloud, "docker_host", lambda: found.docker and found.docker.host)
    monkeypatch.setattr(cloud, "start", lambda docker, region: calls.append(("cloud", docker, region)) or RUNNING)
    monkeypatch.setattr(cloud, "stop", lambda: calls.append("cloud stops"))
    monkeypatch.setattr(door, "running", lambda: found.door)
    monkeypatch.setattr(door, "start", lambda cloud: calls.append("door") or found.door)
    monkeypatch.setattr(door, "stop", lambda: calls.append("door stops"))
    monkeypatch.setattr(door, "address", lambda host, front: f"http://{host}.localhost:{front.port}/")
    return found


def test_what_is_there_is_neither_installed_nor_built_again(parts: SimpleNamespace) -> None:
    assert machine.prepare() == (parts.engine, parts.docker)
    assert parts.calls == ["plugins"]


@pytest.mark.parametrize("source", ["missing", "stand-in"])
def test_base_images_that_are_missing_or_made_by_an_older_recipe_are_got(parts: SimpleNamespace, source: str) -> None:
    parts.images[0].source, parts.images[0].ready = source, False
    machine.prepare()
    assert sorted(parts.calls) == ["images", "plugins"]


def test_without_docker_it_is_not_even_looked_for(parts: SimpleNamespace) -> None:
    assert machine.prepare(with_docker=False) == (parts.engine, None)


def test_a_machine_that_can_have_no_docker_goes_on_without(
    parts: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.docker = None
    ready = machine.ready(["111111111111"])
    assert ready.docker_host is None
    assert ready.environment["LOCALCLOUD_NO_DOCKER"] == "1"
    assert "no Docker engine" in capsys.readouterr().err


def test_the_environment_is_the_embedded_clouds_and_the_accounts_are_written_down(
    parts: SimpleNamespace, home: Path
) -> None:
    ready = machine.ready(["222222222222", "111111111111", "222222222222"])
    assert json.loads((home / "cloud" / "accounts.json").read_text()) == ["111111111111", "222222222222"]
    assert ready.environment["AWS_ENDPOINT_URL"] == RUNNING.endpoint
    assert "LOCALCLOUD_NO_DOCKER" not in ready.environment
    assert (home / "bin" / "pulumi").exists()


def test_a_cloud_that_does_not_run_is_said_with_what_to_do(parts: SimpleNamespace) -> None:
    parts.cloud = None
    with pytest.raises(Trouble, match="the embedded cloud is not running → start it with: slipway up"):
        machine.running()


def test_a_door_that_has_died_is_started_again(parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    again, parts.door = parts.door, None
    monkeypatch.setattr(door, "start", lambda cloud: again if cloud == RUNNING else None)
    assert machine.running().door == again


def test_the_running_machine_has_the_clouds_docker_which_is_not_looked_for(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "find", lambda: pytest.fail("looking takes half a second"))
    ready = machine.running()
    assert ready.docker_host == "unix:///run/docker.sock"
    assert ready.environment["DOCKER_HOST"] == "unix:///run/docker.sock"
    parts.docker = None
    assert machine.running().environment["LOCALCLOUD_NO_DOCKER"] == "1"


def test_a_docker_engine_of_somebody_else_that_has_ended_is_said_with_what_to_do(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "revive", lambda host: False)
    with pytest.raises(Trouble, match=r"unix:///run/docker.sock.* does not answer → start it, or .*slipway down --all"):
        machine.running()


def environment_state(state: Callable[..., Path], stack: str = "dev") -> None:
    systems = {"counter": {"url": "https://counter.dev.slipway.example", "images": {}}}
    systems["counter"]["images"] = {"backend": {"address": ADDRESS, "digest": DIGEST}}
    state(
        stack,
        [
            {"urn": "u", "type": "pulumi:pulumi:Stack", "outputs": {"systems": systems}},
            {"urn": "v", "type": "aws:s3/bucket:Bucket", "custom": True, "inputs": {}},
        ],
    )
    recovery.belongs_to(stack, "boot")


def test_status_gives_account_resources_and_addresses(parts: SimpleNamespace, state: Callable[..., Path]) -> None:
    environment_state(state)
    assert addresses.status() == {
        "cloud": {"endpoint": "http://127.0.0.1:4566", "region": "eu-west-1", "docker": True, "ended": []},
        "stacks": {
            "dev": {
                "account": "222222222222",
                "resources": 1,
                "urls": {"counter": "http://counter.dev.slipway.example.localhost:8080/"},
                "run": "done",
            }
        },
    }


def test_status_names_what_has_ended_beside_the_cloud(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.door = None
    monkeypatch.setattr(docker, "answers", lambda host: False)
    show.status(addresses.status(), as_json=False)
    said = capsys.readouterr().out
    assert all(sentence in said for sentence in show.ENDED.values())


def test_a_state_of_a_cloud_that_is_gone_is_not_shown(parts: SimpleNamespace, state: Callable[..., Path]) -> None:
    environment_state(state)
    recovery.belongs_to("dev", "an earlier one")
    assert addresses.status()["stacks"] == {}


def test_status_says_how_the_last_run_stands(
    parts: SimpleNamespace, state: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    state("dev", [])
    recovery.belongs_to("dev", "boot")
    behind.begins("dev")
    assert addresses.status()["stacks"] == {}  # the engine is only starting
    (behind.folder("dev") / "1.jsonl").touch()
    monkeypatch.setattr(recovery, "is_busy", lambda _stack: True)
    assert addresses.status()["stacks"]["dev"]["run"] == "under way"
    monkeypatch.setattr(recovery, "is_busy", lambda _stack: False)
    assert addresses.status()["stacks"]["dev"]["run"] == "cut off"


def test_the_published_status_says_when_it_was_written(
    parts: SimpleNamespace, state: Callable[..., Path], home: Path
) -> None:
    environment_state(state)
    addresses.publish()
    written = json.loads((home / "status.json").read_text())
    assert written["stacks"]["dev"]["updated"].endswith("+00:00")


def sections(artifacts: dict[str, str], kind: str = "environment") -> Callable[[str, str], dict[str, Any]]:
    """Return a reader of stack files in which every stack has these artifacts, and carries the counter."""
    return lambda stack, name: {"kind": kind, "systems": ["counter"]} if name == "stack" else artifacts


def test_a_stack_that_pins_nothing_gets_what_dev_runs(
    parts: SimpleNamespace,
    state: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment_state(state)
    monkeypatch.setattr(stacks, "section", sections({"counter/backend": "unreleased", "other/x": "build"}))
    pins.fill("staging")
    assert engine.workspace.overrides_of("staging") == {"platform:artifacts.counter/backend": f"{ADDRESS}@{DIGEST}"}
    assert "its working copy pins what dev runs here" in capsys.readouterr().err


def test_a_pin_that_dev_cannot_fill_says_what_to_bring_up(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks, "section", sections({"counter/backend": "unreleased"}))
    with pytest.raises(
        Trouble, match=r"staging pins no release of counter/backend.*→ .*slipway up tooling dev staging"
    ):
        pins.fill("staging")


def test_tooling_runs_nothing_and_is_left_alone(parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "section", sections({"counter/backend": "unreleased"}, "tooling"))
    pins.fill("tooling")
    assert engine.workspace.overrides_of("tooling") == {}


def test_a_stack_that_pins_digests_is_left_alone(parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "section", sections({"counter/backend": f"{ADDRESS}@{DIGEST}"}))
    pins.fill("prod")
    assert engine.workspace.overrides_of("prod") == {}


def test_what_is_left_in_an_account_is_a_trouble_that_names_it(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = machine.assemble(parts.engine, parts.docker.host, RUNNING, parts.door)
    monkeypatch.setattr(cloud, "leftovers", lambda endpoint, region, account: [f"s3 bucket {n}" for n in range(7)])
    with pytest.raises(Trouble, match=r"account of dev still holds s3 bucket 0, .* and 2 more"):
        down.assert_empty("dev", ready)


def test_down_of_a_cloud_without_a_door_destroys_all_the_same(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.door = None
    taken: list[str] = []
    monkeypatch.setattr(machine, "running", lambda: machine.assemble(parts.engine, None, RUNNING, parts.door))
    monkeypatch.setattr(down, "take_down", lambda stack, ready: taken.append(stack))
    monkeypatch.setattr(down, "assert_empty", lambda stack, ready: None)
    down.down(["dev"])
    assert taken == ["dev"]


def test_down_all_ends_everything_and_forgets_states(
    parts: SimpleNamespace, state: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment_state(state)
    parts.cloud = None
    assert down.down([], everything=True) == {"cloud": None, "stacks": {}}
    assert parts.calls == ["door stops", "cloud stops", "docker stops"]
    assert not recovery.state_file("dev").exists()


def test_down_all_ends_everything_even_when_something_is_left(
    parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cloud, "leftovers", lambda endpoint, region, account: ["s3 bucket mine"])
    with pytest.raises(Trouble, match="still holds s3 bucket mine"):
        down.down(["dev"])
    down.down(["dev"], everything=True)
    assert parts.calls == ["door stops", "cloud stops", "docker stops"]
    assert "still holds s3 bucket mine" in capsys.readouterr().err


class Lifted(SimpleNamespace):
    """A stack's driver that only keeps what it was asked for."""

    def up(self, say: Any, targets: list[str]) -> None:
        self.targets = targets


def test_protection_is_lifted_from_what_has_it_and_nothing_else_is_touched(state: Callable[..., Path]) -> None:
    state(
        "prod",
        [
            of("table", "aws:dynamodb/table:Table", protect=True),
            of("topic", "aws:sns/topic:Topic"),
            of("zone", "aws:route53/zone:Zone", protect=True),
        ],
    )
    driver: Any = Lifted(stack="prod", targets=None)
    down._lift(driver, lambda text: None)
    # What it is part of may never have been written down.
    assert driver.targets == [f"{STACK}::a:Box$a:Part${kind}" for kind in TARGETS] + [
        f"{STACK}::a:Box$a:Part::*",
        f"{STACK}::a:Box::*",
    ]


STACK = "urn:pulumi:prod::slipway"
TARGETS = ["aws:dynamodb/table:Table::table", "aws:route53/zone:Zone::zone"]


def of(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{STACK}::a:Box$a:Part${kind}::{name}", "type": kind, "custom": True, **more}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("deletionProtection", "ACTIVE", True),
        ("deletionProtection", "INACTIVE", False),
        ("enableDeletionProtection", True, True),
        ("forceDestroy", False, True),
        ("forceDestroy", True, False),
        ("recoveryWindowInDays", 30, True),
        ("recoveryWindowInDays", 0, False),
        ("finalSnapshotIdentifier", "last", True),
        ("description", "", False),
    ],
)
def test_what_the_cloud_would_keep_of_a_half_made_resource_is_known_by_its_inputs(
    state: Callable[..., Path], name: str, value: Any, kept: bool
) -> None:
    state("prod", [of("one", "aws:a/one:One", inputs={name: value})])
    driver: Any = Lifted(stack="prod", targets=None)
    down._lift(driver, lambda text: None)
    assert (driver.targets is not None) == kept


def test_a_stack_without_protection_is_deleted_at_once(state: Callable[..., Path]) -> None:
    state("dev", [{"urn": "topic", "type": "aws:sns/topic:Topic", "custom": True}])
    driver: Any = Lifted(stack="dev", targets=None)
    down._lift(driver, lambda text: None)
    assert driver.targets is None


def test_doctor_finds_a_whole_machine(parts: SimpleNamespace) -> None:
    assert [(each.name, each.state) for each in doctor.examine()] == [
        ("python", "ok"),
        ("disk", "ok"),
        ("engine", "ok"),
        ("docker", "ok"),
        ("base images", "ok"),
        ("embedded cloud", "ok"),
        ("front door", "ok"),
    ]


def test_doctor_says_what_is_missing_and_what_to_do(parts: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.engine = parts.docker = parts.cloud = parts.door = None
    monkeypatch.setattr(doctor, "FREE_GIGABYTES", 10**9)
    found = {each.name: each for each in doctor.examine()}
    assert [name for name, each in found.items() if each.state == "missing"] == [
        "disk",
        "engine",
        "docker",
        "base images",
    ]
    assert found["docker"].detail == "Docker is not installed"
    assert all(each.fix for name, each in found.items() if name not in ("python", "base images"))


def test_doctor_tells_stand_ins_from_upstream_images(parts: SimpleNamespace) -> None:
    parts.images[0].source = "stand-in"
    images_found = next(each for each in doctor.examine() if each.name == "base images")
    assert (images_found.state, images_found.detail) == ("note", "python:3.13-slim stand-in")


@pytest.mark.parametrize(
    ("command", "code"),
    [(["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -TERM $$"], 143), (["no-such-command-at-all"], 127)],
)
def test_the_shell_gives_its_commands_exit_status(parts: SimpleNamespace, command: list[str], code: int) -> None:
    assert shell.shell(command) == code


def test_the_shell_trusts_no_state_whose_destroy_was_cut_off(
    parts: SimpleNamespace, state: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed = []
    monkeypatch.setattr(Driver, "refresh", lambda driver: refreshed.append(driver.stack))
    for stack in ("tooling", "dev"):
        state(stack, [])
        recovery.belongs_to(stack, RUNNING.boot)
    behind.begins("dev")
    assert shell.shell(["true"]) == 0
    assert refreshed == ["dev"]


def test_the_shell_starts_without_the_automation_api() -> None:
    program = "import sys; from pipelines import shell; print('pulumi' in sys.modules, 'boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_shell_is_in_the_embedded_clouds_environment(parts: SimpleNamespace, tmp_path: Path) -> None:
    found = tmp_path / "found"
    assert shell.shell(["sh", "-c", f'echo "$AWS_ENDPOINT_URL $(command -v pulumi)" > {found}']) == 0
    assert found.read_text().split() == [RUNNING.endpoint, str(tmp_path / "bin" / "pulumi")]
