"""The embedded cloud's aws plugin accepts, at check, everything that the program registers in the four stacks."""

import pytest

from localcloud.plugins.aws import checking, table
from localcloud.plugins.provider import Check
from tests.infra import stacks


@pytest.mark.parametrize("stack", stacks.STACKS)
def test_the_plugin_refuses_no_input_of_a_stack(stack: str) -> None:
    refused = {}
    for resource in stacks.recorded(stack).aws():
        entry = table.entries()[resource.token]
        found = checking.check(entry, Check(resource.urn, resource.token, resource.inputs), {}, "").failures
        if found:
            refused[f"{resource.token}::{resource.name}"] = found
    assert refused == {}
