"""How long and how big the program's start is: from a fresh interpreter to the first registration.

`python -m tests.program_start` prints the median of five runs.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
RUNS = 5

_START = """
import time
started = time.perf_counter()
from infra.core import sdk
sdk.enter()
from infra import config, program
seconds = time.perf_counter() - started

import asyncio, os, re, yaml
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func

file = yaml.safe_load(open("Pulumi.tooling.yaml"))["config"]

class First(mocks.Mocks):
    def call(self, args):
        return {}
    def new_resource(self, args):
        taken = seconds + time.perf_counter() - declared
        peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
        print(f"{taken:.3f} {int(peak[1]) / 1024:.1f}", flush=True)
        os._exit(0)

asyncio.set_event_loop(loop := asyncio.new_event_loop())
mocks.set_mocks(First(), project="slipway", stack="tooling")
declared = time.perf_counter()
loop.run_until_complete(run_pulumi_func(lambda: program.declare(config.load(file, "tooling"))))
"""


def measure() -> tuple[float, float]:
    """Return seconds and MB of one start."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _START], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    seconds, size = done.stdout.split()
    return float(seconds), float(size)


def figure() -> str:
    """Return the middle of some starts: `0.76 s, 78 MB`."""
    seconds, sizes = zip(*(measure() for _ in range(RUNS)), strict=True)
    return f"{statistics.median(seconds):.2f} s, {statistics.median(sizes):.0f} MB"


def main() -> None:
    """Print the figures."""
    print(figure())


if __name__ == "__main__":
    main()
