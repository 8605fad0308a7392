"""The same program in the shapes of staging and prod."""

import json
from collections.abc import Callable

from tests.e2e.commands import REPOSITORY, address, ask, slipway, status
from tests.e2e.test_01_up import NOISE


def test_staging_runs_the_digests_that_dev_runs() -> None:
    committed = (REPOSITORY / "Pulumi.staging.yaml").read_text()
    slipway("up", "staging")
    assert (REPOSITORY / "Pulumi.staging.yaml").read_text() == committed
    assert ask(f"{address('staging')}/api/counter")[0] == 200


def test_prod_comes_up_in_its_own_shape(measured: Callable[[str], None]) -> None:
    first = slipway("up", "prod")
    assert "working copy pins what dev runs" in first.err
    resources = status()["stacks"]["prod"]["resources"]
    measured(f"up prod: {resources} resources and their containers in {first.seconds:.1f} s (aim: 60)")
    assert resources >= 400
    assert first.seconds < 60 * NOISE
    assert ask(f"{address('prod')}/api/counter")[0] == 200


def test_a_second_preview_of_prod_is_empty_and_quick(measured: Callable[[str], None]) -> None:
    preview = ("shell", "--", "pulumi", "preview", "-s", "prod", "--expect-no-changes", "--non-interactive")
    seconds = sorted(slipway(*preview).seconds for _ in range(3))[1]
    measured(f"preview of prod, nothing changed: {seconds:.1f} s, middle of 3 (aim: 8)")
    assert seconds < 8 * NOISE


def test_environments_share_nothing() -> None:
    ask(f"{address('prod')}/api/reset", "PUT")
    ask(f"{address('dev')}/api/reset", "PUT")
    ask(f"{address('dev')}/api/decrement", "POST")
    assert json.loads(ask(f"{address('prod')}/api/counter")[1]) == {"counter": 1000}
    assert json.loads(ask(f"{address('dev')}/api/counter")[1]) == {"counter": 999}
