"""The four stacks of the repository, loaded from their files and built on the recording engine, once a process."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra import config, program
from infra.config import Settings
from tests import cloud, fakes

REPOSITORY = Path(__file__).resolve().parents[2]
STACKS = ("tooling", "dev", "staging", "prod")
ENVIRONMENTS = STACKS[1:]
RELEASE = f"{'0123456789' * 2}@{fakes.DIGEST}"
"""What stacks that pin are given where their committed file says `unreleased`."""


@cache
def _file(stack: str) -> dict[str, Any]:
    return yaml.safe_load((REPOSITORY / f"Pulumi.{stack}.yaml").read_text())["config"]


def committed(stack: str) -> dict[str, Any]:
    """Return the `config:` mapping of a stack file as it is committed, to be changed at will."""
    return copy.deepcopy(_file(stack))


def released(stack: str) -> dict[str, Any]:
    """Return the `config:` mapping of a stack file after a first promotion."""
    mapping = committed(stack)
    artifacts = mapping["platform:artifacts"]
    for service, pin in artifacts.items():
        artifacts[service] = RELEASE if pin == "unreleased" else pin
    return mapping


def settings(stack: str, **changes: Any) -> Settings:
    """Load a stack's settings; `changes` are values by `section__key`."""
    mapping = released(stack)
    for path, value in changes.items():
        section, key = path.split("__")
        mapping[f"platform:{section}"][key] = value
    return config.load(mapping, stack)


@cache
def recorded(stack: str) -> cloud.Recording:
    """Return what the whole program registers for a stack."""
    return cloud.build(lambda: program.declare(settings(stack)), stack=stack)


@cache
def torn_down(stack: str) -> cloud.Recording:
    """Return what the program registers for a stack whose protections were lifted."""
    return cloud.build(lambda: program.declare(settings(stack, stack__teardown=True)), stack=stack)
