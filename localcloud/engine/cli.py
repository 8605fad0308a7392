"""The Pulumi command line: which one is on this machine and fits the locked SDK."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from localcloud import home
from localcloud.engine import shim

SDK_VERSION = version("pulumi")

Source = Literal["path", "installer", "build", "cached"]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi command line that answered with a version."""

    pulumi: Path
    """The real executable, never the project's own shim."""
    version: str
    """Its version without the `v`."""
    source: Source
    """Where it came from: found on PATH, downloaded or built just now, or kept from an earlier run."""


def cache() -> Path:
    """Return the folder that holds a downloaded or built command line; it need not exist."""
    return home.file("pulumi", "bin")


def find() -> Engine | None:
    """Return the kept command line, else one on PATH that is new enough, else nothing; never installs."""
    kept = cache() / "pulumi"
    if kept.is_file() and (answer := answer_of(kept)) and fits(answer):
        return Engine(pulumi=kept, version=answer, source="cached")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        candidate = Path(folder or ".") / "pulumi"
        if not os.access(candidate, os.X_OK) or candidate.is_dir() or shim.is_shim(candidate):
            continue
        if (answer := answer_of(candidate)) and fits(answer):
            return Engine(pulumi=candidate.resolve(), version=answer, source="path")
    return None


def fits(candidate: str) -> bool:
    """Say whether a version is of the SDK's major version and of its minor version or newer."""
    found, wanted = ([int(part) for part in re.findall(r"\d+", text)[:2]] for text in (candidate, SDK_VERSION))
    return len(found) == 2 and found[0] == wanted[0] and found[1] >= wanted[1]


def answer_of(pulumi: Path) -> str | None:
    """Return the version an executable answers with, or nothing when it does not answer like Pulumi.

    The answer is remembered with the file's size and time of change, so that only a new file is asked.
    """
    stamp = pulumi.stat()
    identity = [str(pulumi.resolve()), stamp.st_size, stamp.st_mtime_ns]
    memory = home.file("run", "pulumi-version.json")
    try:
        remembered = json.loads(memory.read_text())
        if remembered["file"] == identity:
            return str(remembered["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    answer = _ask(pulumi)
    if answer:
        home.write(memory, json.dumps({"file": identity, "version": answer}))
    return answer


def _ask(pulumi: Path) -> str | None:
    """Run `pulumi version`; 60 s are for a machine busy with a build."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, timeout=60, env=environment, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", done.stdout.strip())
    return match[1] if match and done.returncode == 0 else None
