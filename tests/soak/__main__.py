"""`make soak`: rounds of real runs with a fault each; prints its seed, so that a round can be had again.

A round: bring a stack to where it is wanted (up, or nothing), begin a run (`up`, `up` of a changed line, `down`,
`build`), do the harm at a random moment, then either run `slipway up` and ask the cloud whether everything is there
once and nothing else, or run `slipway down` and ask it whether nothing is left. prod is one of the stacks: what it
protects from deletion has to be made, found again and taken away as well.
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
from dataclasses import dataclass

from localcloud import docker
from pipelines import stacks
from tests.e2e.commands import REPOSITORY, SLIPWAY, Result, environment, run
from tests.soak import check
from tests.soak.faults import FAULTS, Fault, after, small_disk

SOURCE = REPOSITORY / "services/counter/backend/counter/app.py"
RECOVERY_SECONDS = 60
ENDINGS = ("up", "up", "down")
"""How a person may go on after the harm: twice as often with the work as without it."""


@dataclass(frozen=True)
class Scene:
    """A run that is harmed: its command, and whether the stack has to stand or be nothing before it."""

    title: str
    stack: str
    command: tuple[str, ...]
    standing: bool
    changed: bool = False


SCENES = (
    Scene("up dev from nothing", "dev", ("up", "tooling", "dev"), standing=False),
    Scene("up dev with a changed line", "dev", ("up", "dev"), standing=True, changed=True),
    Scene("down dev", "dev", ("down", "dev"), standing=True),
    Scene("build of a changed line", "dev", ("build", "dev"), standing=True, changed=True),
    Scene("up prod from nothing", "prod", ("up", "prod"), standing=False),
    Scene("down prod", "prod", ("down", "prod"), standing=True),
)


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
        self.wanted: dict[str, Counter[str]] = {}
        self.usual: dict[str, float] = {}

    def round(self, number: int) -> str:
        """Do one round; return what went wrong, empty when nothing did."""
        # Each round has its own source of chance, so that `--first N` repeats round N without those before it.
        chance = random.Random(f"{self.seed}-{number}")
        scene = chance.choice(SCENES)
        fault = FAULTS[chance.choice(self.kinds)]
        ending = chance.choice(ENDINGS)
        share = chance.random()
        self._measure(scene)
        self._bring(scene)
        began = time.monotonic()
        with _changed(number) if scene.changed else contextlib.nullcontext():
            struck = self._harm(scene, fault, share * self.usual[scene.title])
        after()
        print(f"round {number}: {scene.title}, {fault.title}{'' if struck else ' (too late)'}", end="", flush=True)
        self.faults[fault.name] += struck
        wrong, took = self._up_again(scene.stack) if ending == "up" else self._down(scene.stack)
        self.longest = max(self.longest, took)
        print(f"; {ending} in {took:.1f} s ({time.monotonic() - began:.0f} s)", flush=True)
        return wrong

    def _measure(self, scene: Scene) -> None:
        """Do a run once undisturbed: how long it takes, and what its stack's account then holds."""
        if scene.stack not in self.wanted:
            _must(self._up(scene.stack))
            self.wanted[scene.stack] = check.kinds(scene.stack)
        if scene.title not in self.usual:
            self._bring(scene)
            with _changed(0) if scene.changed else contextlib.nullcontext():
                self.usual[scene.title] = _must(run(SLIPWAY, *self._arguments(scene))).seconds

    def _bring(self, scene: Scene) -> None:
        """Bring the stack to where a scene begins, undisturbed; a run changes nothing where it is there already."""
        if scene.standing or scene.stack != "dev":
            _must(self._up(scene.stack if scene.standing else "dev"))  # other stacks run what dev's images are
        if not scene.standing:
            _must(run(SLIPWAY, "down", scene.stack))

    def _up(self, stack: str) -> Result:
        return run(SLIPWAY, "up", *dict.fromkeys(("tooling", "dev", stack)), *self.only)

    def _arguments(self, scene: Scene) -> list[str]:
        return [*scene.command, *(self.only if scene.command[0] == "up" else ())]

    def _harm(self, scene: Scene, fault: Fault, seconds: float) -> bool:
        """Begin a run, do the harm after some seconds and wait for its end; say whether there was a run to harm."""
        process = subprocess.Popen(
            [SLIPWAY, *self._arguments(scene)],
            cwd=REPOSITORY,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
            return False
        struck = fault.act(process)
        try:
            process.wait(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return struck

    def _up_again(self, stack: str) -> tuple[str, float]:
        """Finish the work, and say how the outcome differs from that of an undisturbed run."""
        result = self._up(stack)
        if result.code != 0:
            return f"slipway up did not finish the work ({result.code}):\n{result.err[-3000:]}", result.seconds
        other = check.differences(stack, self.wanted[stack])
        self.twins += sum(" instead of " in line for line in other)
        if other:
            return "the account differs from a clean run: " + "; ".join(other), result.seconds
        preview = run(SLIPWAY, "shell", "--", "pulumi", "preview", "-s", stack, "--expect-no-changes")
        if preview.code != 0:
            return f"a preview afterwards is not empty:\n{preview.out[-2000:]}{preview.err[-1000:]}", result.seconds
        return self._still_locked(), result.seconds

    def _down(self, stack: str) -> tuple[str, float]:
        """Take the stack away, and say what is left of it."""
        result = run(SLIPWAY, "down", stack)
        left = check.kinds(stack)
        self.leftovers += left.total()
        if result.code != 0:
            return f"slipway down did not end the stack ({result.code}):\n{result.err[-3000:]}", result.seconds
        if left:
            return f"the account still holds {dict(left)}", result.seconds
        if known := stacks.resources(stack):
            return f"its state still holds {len(known)} resources", result.seconds
        return self._still_locked(), result.seconds

    def _still_locked(self) -> str:
        locked = check.locks()
        self.leftovers += len(locked)
        return f"still locked: {', '.join(locked)}" if locked else ""

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


def _must(result: Result) -> Result:
    if result.code != 0:
        sys.exit(f"soak: an undisturbed run failed ({result.code}):\n{result.err[-3000:]}")
    return result


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
    options.add_argument("--systems", nargs="+", default=[], help="systems that the stacks carry, all when not given")
    given = options.parse_args()
    _must(run(SLIPWAY, "up", "tooling"))  # finds or starts the Docker engine, which decides what can be done to it
    soak = Soak(given.seed, _possible(given.faults), given.systems)
    print(f"soak: {given.rounds} rounds, seed {given.seed}, faults: {', '.join(soak.kinds)}", flush=True)
    done, wrong = 0, ""
    with small_disk() if "disk" in soak.kinds else contextlib.nullcontext():
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
