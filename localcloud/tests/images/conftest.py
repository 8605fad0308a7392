"""An engine for the tests that answers from memory, and a home of the test's own."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from localcloud.docker import DockerEngine


@dataclass(frozen=True)
class MemoryEngine(DockerEngine):
    """Knows images by name, pulls what `upstream` names, and remembers what it was asked."""

    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    upstream: frozenset[str] = frozenset()
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        self.asked.append(arguments)
        match arguments:
            case ("image", "inspect", *names):
                return self._inspect(names)
            case ("pull", "--quiet", name):
                if name not in self.upstream:
                    return self._done(1, "", "toomanyrequests: slow down\n")
                digest = [name if "@" in name else f"{name.partition(':')[0]}@sha256:{'f' * 64}"]
                self.images[name] = {"RepoTags": [name], "RepoDigests": digest, "Config": {"Labels": None}}
                return self._done(0)
            case ("tag", source, name):
                self.images[name] = {**self.images[source], "RepoTags": [name]}
                return self._done(0)
        raise AssertionError(arguments)

    def _inspect(self, names: Sequence[str]) -> subprocess.CompletedProcess[str]:
        there = [self.images[name] for name in names if name in self.images]
        whole = len(there) == len(names)
        return self._done(0 if whole else 1, json.dumps(there), "" if whole else "Error: No such image: x")

    @staticmethod
    def _done(code: int, output: str = "", errors: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], code, output, errors)

    def pulls(self) -> list[str]:
        return [words[2] for words in self.asked if words[0] == "pull"]


@pytest.fixture
def memory_engine() -> MemoryEngine:
    return MemoryEngine("unix:///nowhere", "20.10.24", False, "/opt/docker", "172.17.0.1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A home of the test's own, except for tests on the real engine, which is found through its home."""
    if request.node.get_closest_marker("docker") is None:
        monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
