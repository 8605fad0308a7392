"""`make soak`: rounds of real runs with a fault each; prints its seed, so that a round can be had again.

A round: bring dev to where it is wanted (up, or nothing), begin a run (`up`, `up` of a changed line, `down`, `build`),
do the harm at a random moment, then run `slipway up dev` and ask the cloud: is everything there once, and nothing else?
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from localcloud import docker
from tests.e2e.commands import REPOSITORY, SLIPWAY, Result, environment, run
from tests.soak import check
from tests.soak.faults import FAULTS, Fault, after, small_disk

SOURCE = REPOSITORY / "services/counter/backend/counter/app.py"
VERBS = {
    "up dev from nothing": ("up", "tooling", "dev"),
    "up dev with a changed line": ("up", "dev"),
    "down dev": ("down", "dev"),
    "build of a changed line": ("build", "dev"),
}
RECOVERY_SECONDS = 60


class Soak:
    """The rounds and what was seen in them."""

    def __init__(self, seed: int, kinds: list[str], systems: list[str]) -> None:
        self.seed = seed
        self.kinds = kinds
        self.only = [part for name in systems for part in ("--system", name)]
        self.faults: Counter[str] = Counter()
        self.twins = 0
        self.leftovers = 0
        self.longest = 0.0
        self.wanted: Counter[str] = Counter()
        self.usual: dict[str, float] = {}

    def prepare(self) -> None:
        """Bring dev up once, undisturbed: the measure for everything after."""
        _must(run(SLIPWAY, "up", "tooling", "dev", *self.only))
        self.wanted = check.kinds("dev")

    def round(self, number: int) -> str:
        """Do one round; return what went wrong, empty when nothing did."""
        # Each round has its own source of chance, so that `--first N` repeats round N without those before it.
        chance = random.Random(f"{self.seed}-{number}")
        title = chance.choice(sorted(VERBS))
        fault = FAULTS[chance.choice(self.kinds)]
        share, more = chance.random(), chance.random() * 0.5
        if title == "up dev from nothing":
            _must(run(SLIPWAY, "down", "dev"))
        began = time.monotonic()
        with _changed(number) if "changed" in title else contextlib.nullcontext():
            struck = self._harm(title, fault, share * self.usual.get(title, 8.0) + more)
        after()
        print(f"round {number}: {title}, {fault.title}{'' if struck else ' (too late)'}", end="", flush=True)
        self.faults[fault.name] += struck
        wrong, recovered = self._recover()
        print(f"; up again in {recovered:.1f} s ({time.monotonic() - began:.0f} s)", flush=True)
        return wrong

    def _harm(self, title: str, fault: Fault, seconds: float) -> bool:
        began = time.monotonic()
        process = subprocess.Popen(
            [SLIPWAY, *VERBS[title], *(self.only if VERBS[title][0] == "up" else ())],
            cwd=REPOSITORY,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
            self.usual[title] = time.monotonic() - began
            return False
        struck = fault.act(process)
        try:
            process.wait(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.usual.setdefault(title, time.monotonic() - began)
        return struck

    def _recover(self) -> tuple[str, float]:
        began = time.monotonic()
        result = run(SLIPWAY, "up", "tooling", "dev", *self.only)
        took = time.monotonic() - began
        self.longest = max(self.longest, took)
        if result.code != 0:
            return f"slipway up did not finish the work ({result.code}):\n{result.err[-3000:]}", took
        other = check.differences("dev", self.wanted)
        self.twins += sum(" instead of " in line for line in other)
        if other:
            return "the account differs from a clean run: " + "; ".join(other), took
        if locked := check.locks():
            self.leftovers += len(locked)
            return f"still locked: {', '.join(locked)}", took
        preview = run(SLIPWAY, "shell", "--", "pulumi", "preview", "-s", "dev", "--expect-no-changes")
        if preview.code != 0:
            return f"a preview afterwards is not empty:\n{preview.out[-2000:]}{preview.err[-1000:]}", took
        return "", took

    def last_line(self, rounds: int) -> str:
        """Return the summary."""
        each = ", ".join(f"{count} {name}" for name, count in sorted(self.faults.items()))
        return (
            f"soak: {rounds} rounds, {self.faults.total()} faults ({each}), {self.twins} twins, "
            f"{self.leftovers} leftovers, longest recovery {self.longest:.0f} s (aim: {RECOVERY_SECONDS})"
        )


@contextlib.contextmanager
def _changed(number: int) -> Iterator[None]:
    before = SOURCE.read_text()
    SOURCE.write_text(f"{before}\n# round {number}\n")
    try:
        yield
    finally:
        SOURCE.write_text(before)


def _must(result: Result) -> None:
    if result.code != 0:
        sys.exit(f"soak: an undisturbed run failed ({result.code}):\n{result.err[-3000:]}")


def _possible(named: list[str]) -> list[str]:
    kinds = named or sorted(FAULTS)
    engine = docker.find()
    if "docker" in kinds and not named and not (engine is not None and engine.ours):
        kinds.remove("docker")
    if "disk" in kinds and not named and os.geteuid() != 0:
        kinds.remove("disk")  # a small file system can be mounted by root only
    return kinds


def main() -> int:
    """Run the rounds and return the exit status: 0 when everything was put right each time."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options.add_argument("--first", type=int, default=1, help="number of the first round")
    options.add_argument("--faults", nargs="+", default=[], choices=sorted(FAULTS))
    options.add_argument("--systems", nargs="+", default=[], help="systems that dev carries, all when not given")
    given = options.parse_args()
    _must(run(SLIPWAY, "up", "tooling"))  # finds or starts the Docker engine, which decides what can be done to it
    soak = Soak(given.seed, _possible(given.faults), given.systems)
    print(f"soak: {given.rounds} rounds, seed {given.seed}, faults: {', '.join(soak.kinds)}", flush=True)
    done, wrong = 0, ""
    with small_disk() if "disk" in soak.kinds else contextlib.nullcontext():
        soak.prepare()
        for number in range(given.first, given.first + given.rounds):
            wrong = soak.round(number)
            done += 1
            if wrong:
                print(f"WRONG in round {number}: {wrong}")
                only = f" --systems {' '.join(given.systems)}" if given.systems else ""
                print(f"again: python -m tests.soak --seed {given.seed} --first {number} --rounds 1{only}")
                break
    print(soak.last_line(done))
    print(f"seed {given.seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
