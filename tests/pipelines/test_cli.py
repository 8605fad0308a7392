"""What the command prints and how it ends. The work behind it is replaced: the real one is in tests/e2e."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.errors import Interrupted, Trouble
from pipelines import addresses, bootstrap, cli, doctor, plan, shell, show, stacks, up
from pipelines.run import Change, Run

Ended = tuple[int, str, str]
STATUS = {
    "cloud": {"endpoint": "http://127.0.0.1:4566", "region": "eu-west-1", "docker": True, "ended": []},
    "stacks": {
        "tooling": {"account": "111111111111", "resources": 29, "urls": {}, "run": "done"},
        "dev": {
            "account": "222222222222",
            "resources": 90,
            "urls": {"counter": "http://counter.localhost:8080"},
            "run": "done",
        },
    },
}


@pytest.fixture
def slipway(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Ended]]:
    monkeypatch.setattr(show.out, "_width", 200)
    monkeypatch.setattr(cli.progress.console, "_width", 200)

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["slipway", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield call
    for number, handler in before.items():
        signal.signal(number, handler)


def raising(error: BaseException) -> Callable[..., Any]:
    def work(*arguments: object) -> Any:
        raise error

    return work


def test_help_names_every_command(slipway: Callable[..., Ended]) -> None:
    code, out, _ = slipway("--help")
    assert code == 0
    commands = (
        "up",
        "build",
        "down",
        "plan",
        "drift",
        "status",
        "shell",
        "logs",
        "mail",
        "open",
        "doctor",
        "bootstrap",
    )
    assert all(f" {name} " in out for name in commands)


@pytest.mark.parametrize("arguments", [("fly",), ("plan",), ("up", "--loud")])
def test_wrong_usage_is_one_line_and_two(slipway: Callable[..., Ended], arguments: tuple[str, ...]) -> None:
    code, _, err = slipway(*arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert len(err.strip().splitlines()) == 1


def test_a_trouble_is_one_line_with_its_fix(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", raising(Trouble("the disk is full", "make room")))
    assert slipway("up") == (1, "", "error: the disk is full → make room\n")


def test_debug_shows_the_traceback(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", raising(Trouble("the disk is full", "make room")))
    monkeypatch.setenv("SLIPWAY_DEBUG", "")
    monkeypatch.setattr(sys, "argv", ["slipway", "--debug", "up"])
    with pytest.raises(Trouble, match="the disk is full"):
        cli.main()


def test_what_should_not_happen_is_one_line_too(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", raising(KeyError("vpc")))
    code, _, err = slipway("up")
    assert (code, err.count("\n")) == (1, 1)
    assert "KeyError: 'vpc' → this should not happen: run it again with --debug" in err


def test_a_full_disk_is_said_in_plain_words(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", raising(OSError(28, "No space left on device")))
    code, _, err = slipway("up")
    assert (code, err) == (1, "error: no space left on the disk → make room and run the same command again\n")


def test_ctrl_c_is_130_and_says_how_to_go_on(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", raising(Interrupted()))
    assert slipway("up") == (130, "", "interrupted: the same command goes on where this one stopped\n")


def test_up_ends_with_a_table_of_addresses(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "up", lambda wanted, docker, systems: STATUS)
    code, out, _ = slipway("up", "dev")
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["stack", "account", "resources", "system", "address"],
        ["tooling", "111111111111", "29"],
        ["dev", "222222222222", "90", "counter", "http://counter.localhost:8080"],
    ]


def test_options_of_up_reach_the_work(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(up, "up", lambda *given: asked.append(given) or STATUS)
    code, out, _ = slipway("up", "--no-docker", "--json", "--system", "counter", "tooling", "dev")
    assert code == 0
    assert json.loads(out) == STATUS
    assert asked == [(["tooling", "dev"], False, ["counter"])]


def test_status_of_nothing_is_three(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "status", lambda: {"cloud": None, "stacks": {}})
    assert slipway("status") == (3, "the embedded cloud is not running (slipway up)\n", "")
    assert slipway("status", "--json")[0] == 3


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("under way", "dev is being changed now: what stands here was before that"),
        ("cut off", "the last run of dev was cut off: slipway up dev finishes it, slipway down dev deletes it"),
    ],
)
def test_status_says_which_run_has_not_come_to_its_end(
    slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch, run: str, said: str
) -> None:
    stacks = {**STATUS["stacks"], "dev": {**STATUS["stacks"]["dev"], "run": run}}
    monkeypatch.setattr(addresses, "status", lambda: {**STATUS, "stacks": stacks})
    assert slipway("status")[1].splitlines()[-1] == said


def test_the_shells_exit_status_is_its_commands(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(shell, "shell", lambda command: asked.append(command) or 7)
    assert slipway("shell", "--", "pulumi", "preview", "-s", "dev")[0] == 7
    assert asked == [["pulumi", "preview", "-s", "dev"]]


def change(operation: str, **more: Any) -> Change:
    urn = f"urn:pulumi:dev::slipway::aws:s3/bucket:Bucket::{operation}"
    return Change(urn, "aws:s3/bucket:Bucket", operation, **more)


def test_plan_shows_each_change_with_its_risk(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run()
    run.changes = {each.urn: each for each in (change("update", properties=("tags",)), change("delete"))}
    monkeypatch.setattr(plan, "plan", lambda stack: run)
    code, out, _ = slipway("plan", "dev")
    assert code == 0
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["delete", "aws:s3:Bucket", "delete", "loses", "data"],
        ["update", "aws:s3:Bucket", "update", "tags"],
    ]
    found = json.loads(slipway("plan", "dev", "--json")[1])
    assert found["counts"] == {"update": 1, "delete": 1}
    assert [each["risk"] for each in found["changes"]] == ["loses data", ""]


def test_an_empty_plan_says_so(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "plan", lambda stack: Run())
    assert slipway("plan", "dev") == (0, "dev: nothing would change\n", "")


def test_drift_is_three_and_says_how_to_mend_it(slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run()
    run.changes = {"u": change("drift", properties=("retentionInDays",))}
    monkeypatch.setattr(plan, "drift", lambda stack: run)
    code, out, err = slipway("drift", "dev")
    assert code == 3
    assert "retentionInDays" in out
    assert err == "mend it with: slipway up dev\n"
    monkeypatch.setattr(plan, "drift", lambda stack: Run())
    assert slipway("drift", "dev") == (0, "dev: as it was left\n", "")


def test_doctor_is_one_when_something_is_missing(
    slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = doctor.Finding("python", "ok", "3.11")
    gone = doctor.Finding("docker", "missing", "not installed", "install it")
    monkeypatch.setattr(doctor, "examine", lambda: [fine])
    assert slipway("doctor")[0] == 0
    monkeypatch.setattr(doctor, "examine", lambda: [fine, gone])
    code, out, _ = slipway("doctor")
    assert code == 1
    assert "✗ docker" in out.replace("  ", " ")
    assert "install it" in out
    assert json.loads(slipway("doctor", "--json")[1])[1]["state"] == "missing"


def test_bootstrap_shows_and_changes_nothing_without_apply(
    slipway: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bootstrap.Wanted] = []
    finding = SimpleNamespace(name="key", state="missing", detail="")
    monkeypatch.setattr(bootstrap, "Account", lambda wanted: asked.append(wanted))
    monkeypatch.setattr(bootstrap, "plan", lambda account: [finding])
    monkeypatch.setattr(bootstrap, "apply", raising(AssertionError("applied")))
    code, out, err = slipway("bootstrap", "tooling", "--state-bucket", "states")
    assert code == 0
    assert "missing" in out
    assert err == "nothing was changed: do it with --apply\n"
    account = stacks.account("tooling")
    assert asked == [bootstrap.Wanted("tooling", account, account, "eu-west-1", "states", False)]


def test_the_states_bucket_belongs_to_tooling(slipway: Callable[..., Ended]) -> None:
    code, _, err = slipway("bootstrap", "dev", "--state-bucket", "states")
    assert code == 1
    assert "the states lie in the tooling account" in err
