"""Before the engine runs: what a killed run left behind is put right, what a living one holds is respected."""

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any

import psutil

from localcloud import home, progress
from localcloud.errors import Trouble
from pipelines import behind

PROJECT = "slipway"
KEPT_UPDATES = 20
# A CLI whose parent was killed finishes what is under way; that takes as long as its slowest call.
ORPHAN_SECONDS = 60.0
UNFINISHED_SECONDS = 1.0
"""A lock is written under another name and renamed at once; after this time nobody renames it any more."""


def state_file(stack: str) -> Path:
    """Return the path of a stack's checkpoint in the file backend of this machine."""
    return home.file("state", ".pulumi", "stacks", PROJECT, f"{stack}.json")


def locks(stack: str) -> list[Path]:
    """Return the lock files that runs of the stack hold or left."""
    return sorted(home.folder("state", ".pulumi", "locks", "organization", PROJECT, stack).glob("*.json"))


def make_ready(stack: str) -> None:
    """Free the stack of dead runs' locks, mend its checkpoint, and forget operations that were cut off.

    What such an operation made already carries its URN as a tag: the next run's create finds it and takes it over.
    A lock of a living run is a Trouble that names the process.
    """
    release_dead_locks(stack)
    mend_checkpoint(stack)
    tidy_checkpoint(stack)
    prune_history(stack)
    clear_unfinished()


def release_dead_locks(stack: str, patience: float = ORPHAN_SECONDS) -> None:
    """Delete the locks of dead processes; wait for an orphaned CLI; refuse to disturb a living run."""
    end = time.monotonic() + patience
    _release_unfinished_locks(stack)
    for lock in locks(stack):
        while (process := _holder(lock)) is not None:
            if not _is_orphan(process):
                raise Trouble(
                    f"{stack} is being changed by process {process.pid}",
                    f"wait until it has ended, or end it with: kill -INT {process.pid}",
                )
            if time.monotonic() > end:
                raise Trouble(
                    f"process {process.pid}, left by a killed run, still works on {stack}",
                    f"end it with: kill {process.pid}",
                )
            time.sleep(0.2)
        lock.unlink(missing_ok=True)


def _release_unfinished_locks(stack: str) -> None:
    """Delete the locks that a killed run, or one on a full disk, had only begun to write.

    The engine takes every file of the folder for a lock and ends at one that it cannot read. A living run has such a
    file for a moment: one that is still there when it is older is nobody's.
    """
    for file in home.folder("state", ".pulumi", "locks", "organization", PROJECT, stack).glob("*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            while time.time() - _age(file) < UNFINISHED_SECONDS:
                time.sleep(0.05)
            file.unlink()


def _holder(lock: Path) -> psutil.Process | None:
    """Return the living process that wrote the lock, if it is one of this machine and older than the lock."""
    try:
        kept = json.loads(lock.read_text())
        written = lock.stat().st_mtime
        pid, host = int(kept["pid"]), str(kept.get("hostname", ""))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return None  # half written by a process that was killed while it wrote it
    if host and host != socket.gethostname():
        raise Trouble(f"the lock {lock.name} was taken on the machine {host}", f"if nothing runs there: rm {lock}")
    try:
        process = psutil.Process(pid)
        living = process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= written + 1
        return process if living and "pulumi" in process.name() else None
    except psutil.Error:
        return None


def _is_orphan(process: psutil.Process) -> bool:
    """Say whether the process lost the command that started it: its parent is init or a sub-reaper."""
    try:
        parent = process.parent()
        return parent is None or parent.pid == 1 or parent.name() in ("systemd", "init", "tini", "dumb-init")
    except psutil.Error:
        return True


def mend_checkpoint(stack: str) -> None:
    """Put the newest readable copy in place of a checkpoint that cannot be read; without one, start from nothing.

    What was made after the copy was written is found by its tags and taken over.
    """
    path = state_file(stack)
    if not path.exists() or _readable(path):
        return
    backups = home.folder("state", ".pulumi", "backups", PROJECT, stack)
    copies = [path.with_name(path.name + ".bak"), *sorted(backups.glob("*"), key=_age, reverse=True)]
    for copy in copies:
        if copy.is_file() and _readable(copy):
            home.write(path, copy.read_text())
            progress.note(f"the state of {stack} was cut off by a killed run: its last whole copy is used")
            return
    path.unlink()
    progress.note(f"the state of {stack} was cut off by a killed run: what exists is taken over")


def _age(path: Path) -> float:
    return path.stat().st_mtime


def _readable(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text()), dict)
    except (OSError, ValueError):
        return False


def tidy_checkpoint(stack: str) -> None:
    """Remove from the checkpoint what a run that did not come to its end has left there.

    The engine only warns of operations that were begun. What was left to be deleted and was then taken over again by a
    run that failed, it would delete.
    """
    path = state_file(stack)
    if not path.exists():
        return
    text = path.read_text()
    if '"pending_operations"' not in text and '"delete"' not in text:
        return
    checkpoint = json.loads(text)
    latest: dict[str, Any] = checkpoint.get("checkpoint", {}).get("latest") or {}
    resources = latest.get("resources") or []
    tidied = {**latest, "pending_operations": [], "resources": behind.settled(resources, set())}
    if latest.get("pending_operations") or tidied["resources"] != resources:
        checkpoint["checkpoint"]["latest"] = tidied
        home.write(path, json.dumps(checkpoint, indent=4), mode=0o600)


def was_written(stack: str, since: float) -> bool:
    """Say whether the stack's state was written, whole, since this time (seconds of the epoch)."""
    path = state_file(stack)
    return path.exists() and _age(path) >= since and _readable(path)


def prune_history(stack: str) -> None:
    """Delete all but the newest updates from a history: each holds a whole state, and nothing else clears it.

    An update whose description cannot be read goes as well: one of a disk that ran full ends every later run.
    """
    history = home.folder("state", ".pulumi", "history", PROJECT, stack)
    for file in history.glob("*.history.json"):
        if not _readable(file):
            file.unlink(missing_ok=True)
            file.with_name(file.name.replace(".history.", ".checkpoint.")).unlink(missing_ok=True)
    for pattern in ("*.history.json", "*.checkpoint.json"):
        for file in sorted(history.glob(pattern), key=_age, reverse=True)[KEPT_UPDATES:]:
            file.unlink(missing_ok=True)


def clear_unfinished() -> None:
    """Delete what a killed engine was about to put in place of a file; a living one's is seconds old at most."""
    for file in home.folder("state", ".pulumi").rglob("*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - _age(file) > ORPHAN_SECONDS:
                file.unlink()


def forget(stack: str) -> None:
    """Delete a stack's checkpoint and its copies: its cloud is gone, and with it everything that it names."""
    path = state_file(stack)
    for file in (path, path.with_name(path.name + ".bak"), path.with_name(path.name + ".attrs")):
        file.unlink(missing_ok=True)
    backups = home.folder("state", ".pulumi", "backups", PROJECT, stack)
    for file in backups.glob("*"):
        file.unlink(missing_ok=True)
    for lock in locks(stack):
        lock.unlink(missing_ok=True)
    behind.ended(stack)


def boots() -> dict[str, str]:
    """Return for each stack the boot identity of the cloud that its state belongs to."""
    path = home.file("state", "boots.json")
    try:
        kept = json.loads(path.read_text())
        return {str(stack): str(boot) for stack, boot in kept.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def is_kept(stack: str, boot: str) -> bool:
    """Say whether the stack has a state that belongs to this cloud."""
    return boots().get(stack) == boot and state_file(stack).exists()


def belongs_to(stack: str, boot: str) -> None:
    """Write down that the stack's state belongs to this cloud, before its first resource is made."""
    home.write(home.file("state", "boots.json"), json.dumps({**boots(), stack: boot}, indent=2))


def forget_if_gone(stack: str, boot: str) -> bool:
    """Forget a state whose cloud is gone; say whether there was one."""
    if boots().get(stack) == boot or not state_file(stack).exists():
        return False
    release_dead_locks(stack)
    forget(stack)
    return True


def is_busy(stack: str) -> bool:
    """Say whether a living process holds the stack."""
    return any(_holder(lock) is not None for lock in locks(stack))
