"""A real destroy: afterwards the accounts are empty, and then nothing runs any more."""

from collections.abc import Callable

import psutil

from localcloud import cloud
from tests.e2e.commands import REPOSITORY, run, slipway, status
from tests.e2e.commands import SLIPWAY as COMMAND


def test_down_leaves_nothing_in_any_account(measured: Callable[[str], None]) -> None:
    before = status()
    ended = slipway("down")
    measured(f"down of {len(before['stacks'])} stacks: {ended.seconds:.1f} s")
    for stack in before["stacks"].values():
        assert cloud.leftovers(before["cloud"]["endpoint"], before["cloud"]["region"], stack["account"]) == []
    assert status()["stacks"] == {}


def test_down_all_leaves_no_process_and_no_container() -> None:
    slipway("down", "--all")
    home = str(REPOSITORY / ".slipway")
    left = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if home in line and process.pid != psutil.Process().pid and "pytest" not in line:
            left.append(line)
    assert left == []
    assert run(COMMAND, "status", "--json").code == 3
