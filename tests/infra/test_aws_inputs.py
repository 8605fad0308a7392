"""The embedded cloud's aws plugin accepts, at check, everything that the program registers in the four stacks."""

import json
from typing import Any

import pytest

from localcloud.plugins.aws import checking, table
from localcloud.plugins.provider import Check
from tests import cloud
from tests.infra import stacks

IDS = {
    "aws:ec2/subnet:Subnet": ("{}-id", "subnet-0a1b2c3d"),
    "aws:ec2/securityGroup:SecurityGroup": ("{}-id", "sg-0a1b2c3d"),
    "aws:apigatewayv2/integration:Integration": ("integrations/{}-id", "integrations/a1b2c3d"),
}
"""Ids as the recording engine makes them, and in the form that AWS's have, at which the plugin looks."""


def as_on_aws(recording: cloud.Recording, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return inputs in which ids of other resources have the form that AWS's have."""
    text = json.dumps(inputs)
    for token, (made, real) in IDS.items():
        for resource in recording.of(token):
            text = text.replace(f'"{made.format(resource.name)}"', f'"{real}"')
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("stack", stacks.STACKS)
def test_the_plugin_refuses_no_input_of_a_stack(stack: str) -> None:
    refused = {}
    recording = stacks.recorded(stack)
    for resource in recording.aws():
        entry = table.entries()[resource.token]
        inputs = as_on_aws(recording, resource.inputs)
        found = checking.check(entry, Check(resource.urn, resource.token, inputs), {}, "").failures
        if found:
            refused[f"{resource.token}::{resource.name}"] = found
    assert refused == {}
