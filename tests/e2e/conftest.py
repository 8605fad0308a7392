"""The whole platform on this machine, brought up once and used in the order of the files' names."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e import commands
from tests.e2e.wishes import Ewelists

FIGURES: list[str] = []


@pytest.fixture(scope="session")
def measured() -> Callable[[str], None]:
    """Keep a figure, shown when the tests have ended."""
    return FIGURES.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("measured")
        for figure in FIGURES:
            terminalreporter.write_line(figure)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium, installed where there is none."""
    found = shutil.which("chromium")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], check=True, stdout=subprocess.DEVNULL, timeout=600)
        found = shutil.which("chromium")
    assert found is not None, "no chromium on PATH: apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def ewelists() -> Ewelists:
    """The system of lists, as dev has it when a file of tests begins."""
    return Ewelists()


@pytest.fixture
def changed_backend() -> Iterator[Path]:
    """One changed line in the counter's backend, taken back afterwards."""
    source = commands.REPOSITORY / "services/counter/backend/counter/app.py"
    before = source.read_text()
    source.write_text(before + "\n# a line that changes nothing but the content address\n")
    try:
        yield source
    finally:
        source.write_text(before)
