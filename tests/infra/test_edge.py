"""How an environment meets the tooling stack: what it asks, and what it says when there is no answer."""

import pulumi
import pytest

from infra import program
from tests import cloud, fakes
from tests.infra import stacks


def test_the_root_zone_is_found_by_its_name_in_the_tooling_account() -> None:
    calls = [call for call in stacks.recorded("dev").calls if call[0].startswith("aws:route53")]

    assert calls == [("aws:route53/getZone:getZone", {"name": "slipway.example", "privateZone": False})]


def test_an_environment_without_its_tooling_stack_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(inputs: fakes.Inputs) -> dict[str, str]:
        raise ValueError("something long\nno matching Route 53 Hosted Zone found")

    monkeypatch.setitem(fakes.READ, "aws:route53/getZone:getZone", missing)

    with pytest.raises(pulumi.RunError) as raised:
        cloud.build(lambda: program.declare(stacks.settings("dev")))

    assert str(raised.value) == (
        "the zone slipway.example of the tooling account cannot be read, is the tooling stack up?:"
        " no matching Route 53 Hosted Zone found"
    )
