"""What apt says when it cannot fetch. That packages are fetched and run, the interpreters and compose prove."""

from pathlib import Path

import pytest

from localcloud.errors import Trouble
from localcloud.images import unpacked


def test_apt_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo E: no such mirror >&2; exit 100"]
    with pytest.raises(Trouble, match="sh failed for packages of Debian trixie: E: no such mirror → install it"):
        unpacked.run(command, tmp_path, "install it")
