"""The Pulumi CLI as a child that ends in good order: asked once, pressed a second time, or orphaned."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pulumi.automation import PulumiCommand
from pulumi.automation._cmd import CommandResult
from pulumi.automation.errors import create_command_error

from localcloud import progress
from localcloud.engine import FOREIGN
from localcloud.errors import Interrupted

# How long what the engine's children still say is waited for, after it has ended.
_LAST_WORDS_SECONDS = 5.0
_running: set[subprocess.Popen[str]] = set()


class EngineCommand(PulumiCommand):
    """The CLI at a path, in a process group of its own, so that an interrupt reaches it once and from here only."""

    def __init__(self, path: Path, version: str) -> None:
        # The path was checked when the engine was found: asking it for its version again costs 0.2 s a command.
        from semver import VersionInfo

        self.command = str(path)
        self.version = VersionInfo.parse(version)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """Run `pulumi ARGS` and return what it printed; a CommandError of the Automation API when it fails."""
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment = {**inherited, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        process = subprocess.Popen(
            [*_bound_to_us(), self.command, "--non-interactive", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
            text=True,
            process_group=0,
        )
        _running.add(process)
        try:
            texts: dict[str, list[str]] = {"out": [], "err": []}
            readers = [
                threading.Thread(target=_read, args=(process.stdout, on_output, texts["out"]), daemon=True),
                threading.Thread(target=_read, args=(process.stderr, on_error, texts["err"]), daemon=True),
            ]
            for reader in readers:
                reader.start()
            code = process.wait()
            for reader in readers:
                # A plugin that outlives the CLI may hold the pipe: what it says is of no more interest.
                reader.join(timeout=_LAST_WORDS_SECONDS)
        finally:
            _running.discard(process)
        result = CommandResult("\n".join(texts["out"]), "\n".join(texts["err"]), code)
        if code != 0:
            raise create_command_error(result)
        return result


def stop() -> None:
    """Ask every engine that runs to end in good order; nobody waits for it here."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)


def _bound_to_us() -> list[str]:
    """Return what has the kernel send the engine SIGINT, its word for stopping, when slipway is killed (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def _read(stream: IO[str], callback: Callable[[str], Any] | None, lines: list[str]) -> None:
    with stream:
        for line in stream:
            lines.append(line.rstrip())
            if callback is not None:
                callback(lines[-1])


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into an orderly end of the engine; raise Interrupted when it has ended.

    The first one lets what is under way finish and be written to the state; the second breaks off at once.
    Outside the main thread, and while no engine runs, nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = 0

    def press(number: int, frame: object) -> None:
        nonlocal pressed
        pressed += 1
        if not _running:
            raise Interrupted
        if pressed == 1:
            progress.note("stopping: what is under way is finished first (Ctrl-C again breaks off at once)")
        stop()

    before = {number: signal.signal(number, press) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Exception:
        if pressed:
            raise Interrupted from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if pressed:
        raise Interrupted
