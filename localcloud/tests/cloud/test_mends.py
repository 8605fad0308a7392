"""The table of mends is whole, and a MiniStack that it was not written for is refused."""

import re
import subprocess
from pathlib import Path

import pytest

from localcloud.cloud import environment, process
from localcloud.cloud.inside.mends.table import MENDS


def test_every_mend_says_what_and_why_and_names_functions_with_their_fingerprints() -> None:
    assert len(MENDS) >= 35
    assert len({mend.what for mend in MENDS}) == len(MENDS)
    for mend in MENDS:
        assert mend.why, mend.what
        assert mend.functions, mend.what
        assert not [each for each in mend.functions.values() if not re.fullmatch("[0-9a-f]{12}", each)], mend.what


def run(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in MiniStack's environment."""
    settings = {"PYTHONPATH": str(process.FOLDER), "PATH": "", "DOCKER_HOST": process.NO_DOCKER}
    command = [str(environment.ensure()), "-c", script]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.cloud
def test_another_version_is_refused_in_a_line(emulator: None, home: Path) -> None:
    done = run("from inside.mends import table; table.MINISTACK = '9.9.9'; table.apply_all()")
    assert done.returncode == 1
    assert "MiniStack 1.5.33 is installed, the mends are written for 9.9.9" in done.stderr.splitlines()


@pytest.mark.cloud
def test_a_function_that_changed_is_refused_in_a_line(emulator: None, home: Path) -> None:
    change = "from ministack.services import ssm; ssm.resolve_parameter_value = lambda name: name; "
    done = run(change + "from inside.mends import table; table.apply_all()")
    assert done.returncode == 1
    [line] = [each for each in done.stderr.splitlines() if "resolve_parameter_value" in each]
    assert line.startswith("ministack.services.ssm.resolve_parameter_value is ")
    assert line.endswith("so `a SecureString reaches a container in clear` cannot be mended")


@pytest.mark.cloud
def test_all_of_them_fit_the_version_that_is_locked(emulator: None, home: Path) -> None:
    done = run("from inside.mends import table; table.apply_all(); print('applied')")
    assert (done.stdout, done.stderr) == ("applied\n", "")
