"""What can be done to a run: who is killed, and how."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud import docker, home, processes

Act = Callable[["subprocess.Popen[bytes]"], bool]
"""Does the harm to the running command; says whether the victim was there."""


@dataclass(frozen=True)
class Fault:
    """One kind of harm, with what it is called in the report."""

    name: str
    title: str
    act: Act


def _family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid).children(recursive=True)
    return []


def _kill_child(part: str) -> Act:
    """Kill a process of the run that has the name `part` or holds it in its command line: the engine, a plugin.

    A fork is meant itself, by its name, not the process that asked for it and holds the same words.
    """

    def act(process: "subprocess.Popen[bytes]") -> bool:
        end = time.monotonic() + 5
        while time.monotonic() < end and process.poll() is None:
            for member in _family(process):
                with contextlib.suppress(psutil.Error):
                    line = " ".join(member.cmdline())
                    if member.name() == part[:15] or (part in line and "claim.py" not in line):
                        member.kill()
                        return True
            time.sleep(0.05)
        return False

    return act


def _kill_command(process: "subprocess.Popen[bytes]") -> bool:
    process.kill()
    return True


def _press(number: signal.Signals, times: int) -> Act:
    def act(process: "subprocess.Popen[bytes]") -> bool:
        for _ in range(times):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            time.sleep(0.3)
        return True

    return act


def _kill_daemon(name: str) -> Act:
    def act(process: "subprocess.Popen[bytes]") -> bool:
        found = processes.find(name)
        if found is None:
            return False
        found.kill()
        return True

    return act


def _kill_docker(process: "subprocess.Popen[bytes]") -> bool:
    """Kill dockerd, only one of our own: another one is not this test's to harm."""
    found = docker.find()
    if found is None or not found.ours:
        return False
    return _kill_daemon("docker")(process) or _kill_daemon("dockerd")(process)


def _fill_disk(process: "subprocess.Popen[bytes]") -> bool:
    """Fill the small file system that the states were moved to; it is emptied when the run has ended."""
    ballast = home.file("state", "ballast")
    if not (home.folder("state")).is_mount():
        return False
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"\0" * 65536)
    return True


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("slipway", "kill -9 of the slipway command", _kill_command),
        Fault("engine", "kill -9 of the Pulumi engine", _kill_child("pulumi")),
        Fault("host", "kill -9 of the language host", _kill_child("language_host.py")),
        Fault("program", "kill -9 of the program", _kill_child("run_program")),
        Fault("aws", "kill -9 of an aws plugin", _kill_child("plugins.aws")),
        Fault("forks", "kill -9 of a fork server", _kill_child("engine.forkserver")),
        Fault("build", "kill -9 of the docker-build plugin", _kill_child("plugins.docker_build")),
        Fault("cloud", "kill -9 of the emulator", _kill_daemon("cloud")),
        Fault("door", "kill -9 of the front door", _kill_daemon("door")),
        Fault("docker", "kill -9 of dockerd", _kill_docker),
        Fault("once", "Ctrl-C", _press(signal.SIGINT, 1)),
        Fault("twice", "Ctrl-C twice", _press(signal.SIGINT, 2)),
        Fault("term", "SIGTERM", _press(signal.SIGTERM, 1)),
        Fault("disk", "a full disk", _fill_disk),
    )
}


@contextlib.contextmanager
def small_disk(spare_megabytes: int = 40) -> Iterator[None]:
    """Move the states to a small file system of their own for a while (Linux, root), so that it can run full."""
    state = home.folder("state")
    if state.is_mount():
        _put_back()  # a soak was killed
        state = home.folder("state")
    used = sum(path.stat().st_size for path in state.rglob("*") if path.is_file())
    megabytes = used // 1_000_000 + spare_megabytes
    aside = _aside()
    state.replace(aside)
    state = home.folder("state")
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "slipway-soak", str(state)], check=True
    )
    try:
        _copy(aside, state)
        yield
    finally:
        _put_back()


def _aside() -> Path:
    return home.folder("state").with_name("state-aside")


def _put_back() -> None:
    """Copy what the small file system holds to where the states were before, and end it."""
    state, aside = home.folder("state"), _aside()
    after()
    subprocess.run(["rm", "-rf", str(aside)], check=True)
    _copy(state, aside)
    subprocess.run(["umount", str(state)], check=True)
    state.rmdir()
    aside.replace(state)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def after() -> None:
    """Take away what a fault left that a person would have taken away: the full disk."""
    home.file("state", "ballast").unlink(missing_ok=True)
