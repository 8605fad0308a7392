from collections.abc import AsyncIterator

import pytest

from localcloud.tests.door.fakes import FrontDoor, front_door


@pytest.fixture
async def door() -> AsyncIterator[FrontDoor]:
    """A door that waits for no target, so that tests of failures are quick."""
    async with front_door(patience=0) as opened:
        yield opened
