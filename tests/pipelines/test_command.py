"""The engine's process: what it prints, how it ends when it is asked to. A shell script stands for the real CLI."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from pulumi.automation.errors import CommandError, ConcurrentUpdateError

from localcloud.errors import Interrupted
from pipelines import command
from pipelines.command import EngineCommand


def engine(folder: Path, script: str) -> EngineCommand:
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return EngineCommand(path, "3.250.0")


def test_output_and_errors_are_heard_line_by_line_and_returned(tmp_path: Path) -> None:
    heard: list[str] = []
    result = engine(tmp_path, 'echo "$@"; echo two; echo three >&2').run(
        ["stack", "ls"], str(tmp_path), {}, heard.append, heard.append
    )
    assert (result.stdout, result.stderr, result.code) == ("--non-interactive stack ls\ntwo", "three", 0)
    assert sorted(heard) == ["--non-interactive stack ls", "three", "two"]


def test_the_environment_reaches_the_engine(tmp_path: Path) -> None:
    assert engine(tmp_path, "echo $COLOUR").run([], str(tmp_path), {"COLOUR": "blue"}).stdout == "blue"


def test_a_failure_carries_what_the_engine_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="error: it broke"):
        engine(tmp_path, "echo error: it broke >&2; exit 255").run([], str(tmp_path), {})


def test_a_locked_stack_is_told_from_other_failures(tmp_path: Path) -> None:
    with pytest.raises(ConcurrentUpdateError):
        engine(tmp_path, "echo '[409] Conflict: Another update is currently in progress.' >&2; exit 1").run(
            [], str(tmp_path), {}
        )


def test_a_grandchild_that_holds_the_pipe_does_not_hold_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_LAST_WORDS_SECONDS", 0.5)
    began = time.monotonic()
    result = engine(tmp_path, "sleep 120 & echo $!").run([], str(tmp_path), {})
    assert time.monotonic() - began < 60
    psutil.Process(int(result.stdout)).kill()


def test_one_interrupt_lets_the_engine_end_in_order(tmp_path: Path) -> None:
    slow = engine(tmp_path, "trap 'echo finished; exit 0' INT; echo ready; while :; do sleep 0.05; done")
    lines: list[str] = []

    def press_when_ready() -> None:
        while "ready" not in lines:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_when_ready, daemon=True).start()
    with pytest.raises(Interrupted), command.interruptible():
        slow.run([], str(tmp_path), {}, lines.append)
    assert lines == ["ready", "finished"]


def test_handlers_are_put_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with command.interruptible():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_while_no_engine_runs_ends_at_once() -> None:
    with pytest.raises(Interrupted), command.interruptible():
        signal.raise_signal(signal.SIGINT)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word to a child of a dead parent is Linux's")
def test_the_engine_is_asked_to_end_when_its_command_was_killed(tmp_path: Path) -> None:
    mark = tmp_path / "ended"
    asked = (
        "import pathlib, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text('ready')\n"
        "signal.sigwait([signal.SIGINT])\n"
        f"pathlib.Path({str(mark)!r}).touch()\n"
    )
    engine(tmp_path, f"exec {sys.executable} -c {shlex.quote(asked)}")
    program = (
        "from pathlib import Path; from pipelines.command import EngineCommand\n"
        f"EngineCommand(Path({str(tmp_path / 'pulumi')!r}), '3.250.0').run([], '/', {{}})"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    _wait(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip() != "")
    process.kill()
    process.wait()
    _wait(mark.exists)


def _wait(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
