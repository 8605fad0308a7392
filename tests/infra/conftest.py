"""Normalised copies of sources go to a folder of the test run, never into the repository."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.core import sdk

sdk.enter()  # what the program does: the tests look at the classes that it uses
gc.set_threshold(200_000, 20, 100)  # whole stacks are kept to the end: looking through them often finds nothing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests on one worker: a whole stack is built once a process, and costs seconds."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("infra"))


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
