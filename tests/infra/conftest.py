"""Normalised copies of sources go to a folder of the test run, never into the repository."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.core import sdk

sdk.enter()  # what the program does: the tests look at the classes that it uses
gc.set_threshold(200_000, 20, 100)  # whole stacks are kept to the end: looking through them often finds nothing


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark below where pytest-xdist, which brings it, is left out: under mutation testing."""
    config.addinivalue_line("markers", "xdist_group(name): runs on the same worker as the others of its name")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of whole stacks on one worker, those of parts on one: what they share is built once a process.

    A whole stack costs seconds.
    """
    here = Path(__file__).parent
    for item in items:
        if isinstance(item, pytest.Function) and item.path.is_relative_to(here):
            whole = vars(item.module).keys() & {"stacks", "documents"}
            item.add_marker(pytest.mark.xdist_group("stacks" if whole else "parts"))


@pytest.fixture(scope="session", autouse=True)
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep normalised contexts in a temporary folder for the whole run."""
    folder = tmp_path_factory.mktemp("contexts")
    before = os.environ.get("SLIPWAY_CONTEXTS")
    os.environ["SLIPWAY_CONTEXTS"] = str(folder)
    yield folder
    if before is None:
        del os.environ["SLIPWAY_CONTEXTS"]
    else:
        os.environ["SLIPWAY_CONTEXTS"] = before


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a certificate bundle of the machine that runs the tests out of what they build."""
    monkeypatch.delenv("SLIPWAY_BUILD_CA", raising=False)
