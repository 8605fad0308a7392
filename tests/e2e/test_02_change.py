"""One changed line: what the plan says of it, what moves, and who notices."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e import commands
from tests.e2e.commands import address, ask, slipway, until
from tests.e2e.hammer import Hammer


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """The content addresses that dev ran before the change."""
    return {}


def retries(on: bool) -> None:
    port = address().rsplit(":", 1)[1]
    code, body = ask(f"http://localhost:{port}/_door/retries?on={int(on)}", "POST")
    assert code == 200, body


@pytest.fixture
def without_retries() -> Iterator[None]:
    retries(False)
    yield
    retries(True)


def test_the_roll_of_one_service_fails_no_request(changed_backend: Path, measured: Callable[[str], None]) -> None:
    planned = json.loads(slipway("plan", "dev", "--json").out)
    details = {change["name"]: change["detail"] for change in planned["changes"]}
    assert any("image " in detail and "→" in detail for detail in details.values()), details
    assert all(name.startswith("counter-backend") for name in details), details

    before = set(commands.containers("counter/backend"))
    others = set(commands.containers("counter/frontend"))
    with Hammer(f"{address()}/api/counter") as hammer:
        moved = slipway("up", "dev")
    assert "up dev" in moved.err
    measured(f"requests through the roll: {hammer}")
    # The old task's container lives on while its target drains.
    until(lambda: not before & set(commands.containers("counter/backend")), 120)
    assert commands.containers("counter/backend") != []
    assert set(commands.containers("counter/frontend")) == others
    assert hammer.answers["good"] > 20
    assert hammer.failed == 0, hammer.answers


def test_the_way_back_without_the_doors_retries_is_measured(
    without_retries: None, measured: Callable[[str], None]
) -> None:
    with Hammer(f"{address()}/api/counter") as hammer:
        slipway("up", "dev")
    measured(f"requests through the roll, retries of the door off: {hammer}")
    assert hammer.answers["good"] > 20
    assert hammer.failed <= hammer.answers.total() * 0.05, hammer.answers
