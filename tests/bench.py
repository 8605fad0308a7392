"""`make bench`: the platform's figures on this machine, printed and kept in docs/figures.md with date and machine.

Everything is real: it ends and brings up the embedded cloud of this clone. `--cold` adds the first `make up` of a fresh
clone with empty caches of Go, uv, pip and npm; Debian packages that are installed stay so.
"""

import argparse
import contextlib
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from interface import names
from tests import program_start
from tests.e2e import commands

PAGE = commands.REPOSITORY / "docs" / "figures.md"
TITLE = """# Figures

Taken by `make bench`, which adds a column of its own to what it finds here. Seconds are wall time, the middle of three
where a run is cheap. The machine's noise is ten per cent in a quiet hour and much more in a busy one; compare columns
of one machine.

"""
CACHES = ("GOCACHE", "GOMODCACHE", "UV_CACHE_DIR", "PIP_CACHE_DIR", "NPM_CONFIG_CACHE")
PREVIEW = ("shell", "--", "pulumi", "preview", "--expect-no-changes", "--non-interactive", "-s")


def seconds(work: Callable[[], object], times: int = 1) -> str:
    """Return the middle of some runs' wall times as `12.3 s`."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return f"{statistics.median(taken):.1f} s"


def measure(cold: bool) -> dict[str, str]:
    """Take every figure, in an order in which each finds what it needs."""
    figures: dict[str, str] = {}

    def keep(name: str, value: str) -> None:
        figures[name] = value
        print(f"{name}: {value}", flush=True)

    if cold:
        keep("make up, cold", cold_up())
    commands.slipway("down", "--all")
    keep("program start, imports to first registration", program_start.figure())
    keep("quick tests (`make unit`)", seconds(lambda: commands.must("make", "unit")))
    keep("make up, everything cached and nothing running", seconds(lambda: commands.must("make", "up")))
    keep("make up, nothing changed", seconds(lambda: commands.must("make", "up"), 3))
    # One system alone shows what the platform itself costs, all of them what an organisation sees.
    for title, only in (("prod with the counter alone", ("--system", "counter")), ("prod", ())):
        keep(f"up {title}, from nothing", seconds(lambda only=only: commands.slipway("up", "prod", *only)))  # type: ignore[misc]
        keep(f"resources of {title}", str(commands.status()["stacks"]["prod"]["resources"]))
        keep(f"preview of {title}, nothing changed", preview("prod"))
        if only:
            commands.slipway("down", "prod")
    keep("preview of dev, nothing changed", preview("dev"))
    for service, size in sorted(image_sizes().items()):
        keep(f"image {service}", size)
    keep("down of tooling, dev and prod", seconds(lambda: commands.slipway("down")))
    commands.slipway("down", "--all")
    return figures


def preview(stack: str) -> str:
    """Return the middle of three previews of a stack that has not changed."""
    return seconds(lambda: commands.slipway(*PREVIEW, stack), 3)


def image_sizes() -> dict[str, str]:
    """Return the size of each service's image as Docker shows it."""
    lines = commands.docker("images", "--format", "{{.Repository}} {{.Size}}").splitlines()
    found = ((line.split("/", 3)[-1], line) for line in lines if line.count("/") >= 3)
    return {name.split(" ")[0]: line.rsplit(" ", 1)[1] for name, line in found if name.split(" ")[0] in names.images()}


def cold_up() -> str:
    """Clone the repository into an empty folder and run its first command with empty caches."""
    with tempfile.TemporaryDirectory(prefix="slipway-cold-") as folder:
        clone = Path(folder) / "slipway"
        subprocess.run(["git", "clone", "--quiet", str(commands.REPOSITORY), str(clone)], check=True)
        caches = {name: str(Path(folder) / name.lower()) for name in CACHES}
        environment = {**commands.environment(), **caches}
        try:
            return seconds(
                lambda: subprocess.run(["make", "up"], cwd=clone, env=environment, check=True, capture_output=True)
            )
        finally:
            subprocess.run(["make", "down"], cwd=clone, env=environment, check=False, capture_output=True)
            if go := shutil.which("go"):
                subprocess.run([go, "clean", "-modcache"], env=environment, check=False, capture_output=True)


def machine() -> str:
    """Return what the figures were taken on: `2 cores, 24 GB, Linux x86_64, Python 3.11`."""
    memory = psutil.virtual_memory().total / 1e9
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, Python {python}"


def kept() -> list[list[str]]:
    """Return the rows of the table on the page, the title row first."""
    with contextlib.suppress(FileNotFoundError):
        lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("| ---")]
    return []


def write(figures: dict[str, str]) -> None:
    """Add a column for today to the page; a row that is new gets empty cells before it."""
    head, *rows = kept() or [["figure"]]
    table = {row[0]: row[1:] for row in rows}
    for name in figures:
        table.setdefault(name, [""] * (len(head) - 1))
    head.append(f"{datetime.date.today().isoformat()}, {machine()}")
    lines = [head, ["---"] * len(head), *([name, *cells, figures.get(name, "")] for name, cells in table.items())]
    PAGE.write_text(TITLE + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n")


def main() -> int:
    """Measure, print and keep."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    options.add_argument("--cold", action="store_true", help="also a first `make up` with empty caches")
    write(measure(options.parse_args().cold))
    print(f"kept in {PAGE.relative_to(commands.REPOSITORY)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
