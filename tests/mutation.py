"""`make mutation`: break the core and the configuration in one place at a time, and count how often a test notices.

What is broken and which tests are to notice stands under `[tool.mutmut]` in pyproject.toml. The changes that no test
notices are printed, each as a diff, then one line with the score; below 90 % the run fails. A test that no longer ends
has noticed too. Ctrl-C leaves nothing behind.

What it does not prove: anything of constants, decorated functions and models, which mutmut leaves as they are.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
MUTANTS = REPOSITORY / "mutants"
LOG = REPOSITORY / ".slipway" / "logs" / "mutation.log"
NEEDED = 90
"""Percentage of changes that a test must notice."""

NOT_NOTICED = ("survived", "no tests")


def mutmut(*arguments: str) -> str:
    """Run mutmut in the repository and return what it prints; an error of its own ends the program."""
    done = subprocess.run(
        [Path(sys.executable).with_name("mutmut"), *arguments], cwd=REPOSITORY, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout[-5000:]}{done.stderr[-5000:]}\nmutmut {arguments[0]} ended with {done.returncode}")
    return done.stdout


def break_everything() -> None:
    """Try every change on as many cores as there are; progress goes to the log."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", str(os.cpu_count() or 1)]
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log).returncode
    if code:
        sys.exit(f"{LOG.read_text(encoding='utf-8')[-5000:]}\nmutmut ended with {code}; all of it is in {LOG}")


def not_noticed() -> list[str]:
    """Return the changes that no test noticed, as diffs."""
    results = (line.strip().rpartition(": ") for line in mutmut("results").splitlines())
    return [mutmut("show", name) for name, _, result in results if result in NOT_NOTICED]


def score() -> tuple[int, int]:
    """Return how many changes were noticed, and how many there were."""
    mutmut("export-cicd-stats")
    counts = json.loads((MUTANTS / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    return counts["killed"] + counts["timeout"], counts["total"] - counts["skipped"]


def main() -> int:
    """Run it and print the figures; 1 when too little was noticed."""
    shutil.rmtree(MUTANTS, ignore_errors=True)
    try:
        break_everything()
        print(*not_noticed(), sep="\n")
        killed, total = score()
    finally:
        shutil.rmtree(MUTANTS, ignore_errors=True)
    percent = 100 * killed / total if total else 0.0
    print(f"mutation: {killed} of {total} killed ({percent:.1f} %)")
    return 0 if percent >= NEEDED else 1


if __name__ == "__main__":
    sys.exit(main())
