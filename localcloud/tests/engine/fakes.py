"""What the tests of the engine are made of: executables that pretend, and a project for the real one."""

import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud import engine

FakePulumi = Callable[[Path, str], Path]


def executable(path: Path, body: str) -> Path:
    """Write a shell script."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@dataclass
class Project:
    """A Pulumi project in a home of its own, driven by the project's own `pulumi`."""

    repository: Path
    pulumi: Path
    environment: Mapping[str, str]

    def write(self, program: str, stack: str = "config: {}") -> None:
        infra = self.repository / "infra"
        # Byte code is told from a newer source by whole seconds and size: too little for two tests in a second.
        shutil.rmtree(infra / "__pycache__", ignore_errors=True)
        (infra / "__main__.py").write_text(program)
        (self.repository / "Pulumi.dev.yaml").write_text(stack)
        engine.workspace.prepare(self.repository)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.pulumi, *arguments, "--non-interactive"],
            env=dict(self.environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def started(self, marker: Path, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and wait until its program has written a file; one that does not tells what it said."""
        process = self.start(*arguments)
        try:
            until(lambda: marker.exists() or process.poll() is not None)
            assert marker.exists(), f"it ended with {process.returncode}"
        except AssertionError as error:
            process.kill()
            raise AssertionError(process.communicate(timeout=120)[0]) from error
        return process

    def run(self, *arguments: str, expected: int = 0) -> str:
        """Run a command to its end, check its exit code, return what it said."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == expected, said
        return said


def until(ready: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that is bound to happen."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Say whether a process is there and has not ended; one that nobody has waited for yet has."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
