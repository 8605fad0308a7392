"""Tests that share what they have started stay on one worker: a system under compose is built and started once."""

from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark below where pytest-xdist, which brings it, is left out."""
    config.addinivalue_line("markers", "xdist_group(name): runs on the same worker as the others of its name")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep those that use a whole system together, whatever file they are in, and else those of one file."""
    here = Path(__file__).parent
    for item in items:
        if isinstance(item, pytest.Function) and item.path.is_relative_to(here):
            within = item.path.relative_to(here)
            system = within.parts[0]  # also the fixture that starts it
            group = system if system in item.fixturenames else str(within)
            item.add_marker(pytest.mark.xdist_group(group))
