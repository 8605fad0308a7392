"""Processes that live on after the command that started them, known by pid and start time."""

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from localcloud import home
from localcloud.errors import Trouble


def start(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> int:
    """Start a daemon in a session of its own, its output appended to `.slipway/logs/NAME.log`; return its pid.

    The pid is kept with the process's start time in `.slipway/run/NAME.json`, so that a later process which
    got the same pid is never taken for it.
    """
    log = home.file("logs", f"{name}.log")
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment) if environment is not None else None,
            cwd=folder,
            start_new_session=True,
        )
    remember(name, process.pid)
    # It is meant to outlive this object, which would warn of a process that nobody waits for.
    process.returncode = 0
    return process.pid


def remember(name: str, pid: int) -> None:
    """Write down that `name` is the running process `pid`."""
    with contextlib.suppress(psutil.NoSuchProcess):
        started = psutil.Process(pid).create_time()
        home.write(home.file("run", f"{name}.json"), json.dumps({"pid": pid, "started": started}))


def find(name: str) -> psutil.Process | None:
    """Return the living process that was started as `name`, or nothing."""
    path = home.file("run", f"{name}.json")
    try:
        kept = json.loads(path.read_text())
        process = psutil.Process(kept["pid"])
        if abs(process.create_time() - kept["started"]) < 1 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    except (OSError, ValueError, KeyError, psutil.Error):
        pass
    return None


def stop(name: str, seconds: float = 15) -> bool:
    """End the process and its children, gently and then by force; say whether there was one."""
    process = find(name)
    home.file("run", f"{name}.json").unlink(missing_ok=True)
    if process is None:
        return False
    end_tree(process, seconds)
    return True


def end_tree(process: psutil.Process, seconds: float = 15) -> None:
    """Send SIGTERM to a process; kill what is left of it and its children after `seconds`."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        process.terminate()
        psutil.wait_procs([process], timeout=seconds)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=5)


def wait_until(ready: Callable[[], bool], what: str, seconds: float, name: str = "") -> None:
    """Poll `ready()` until it is true; a Trouble names the log when time runs out or the process has ended."""
    log = home.file("logs", f"{name}.log") if name else None
    fix = f"read {log}" if log else "try again"
    end = time.monotonic() + seconds
    while not ready():
        if name and find(name) is None:
            raise Trouble(f"{what} ended as soon as it was started", fix)
        if time.monotonic() > end:
            raise Trouble(f"{what} did not answer within {seconds:.0f} s", fix)
        time.sleep(0.05)
