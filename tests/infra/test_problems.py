"""The words of a refusal: how keys and values are written, and which command mends what."""

import json
from datetime import date
from typing import Annotated, Any

import pytest
from pulumi.runtime import config as runtime
from pydantic import BaseModel, Field, ValidationError

from infra import config
from infra.config import ConfigurationError
from infra.config.problems import Problem, key, of_section, remove_command, set_command, shown
from interface import names
from tests import cloud
from tests.infra import stacks
from tests.infra.config_cases import REMOVE, SET
from tests.infra.test_config import changed, problems

SIZE = "platform:workloads.services.counter/backend"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("network", "zones"), "platform:network.zones"),
        (("workloads", "services", "counter/Back-end_2"), "platform:workloads.services.counter/Back-end_2"),
        (("network", "endpoints", 0), "platform:network.endpoints[0]"),
        (("edge", "hosts", "a.b"), 'platform:edge.hosts["a.b"]'),
    ],
)
def test_a_path_is_written_as_the_command_line_reads_it(path: tuple[str | int, ...], written: str) -> None:
    assert key(path) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("é", '"é"'),
        (date(2001, 2, 3), '"2001-02-03"'),
        ("a\u202eb\x7f", '"a?b?"'),
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 56}…'),
        (10**5000, "a value that cannot be shown"),
    ],
    ids=["a letter", "a date", "what cannot be seen", "60 characters", "61 characters", "5001 digits"],
)
def test_a_value_is_written_in_at_most_sixty_printable_characters(value: Any, written: str) -> None:
    assert shown(value) == written


@pytest.mark.parametrize(("example", "written"), [(True, "true"), (3, "3"), ("Upper", "Upper"), ("a b", "'a b'")])
def test_a_command_that_sets_a_value_can_be_pasted(example: Any, written: str) -> None:
    assert set_command("my stack", ("edge", "hosts", "a b"), example) == (
        f"pulumi config set --stack 'my stack' --path 'platform:edge.hosts[\"a b\"]' {written}"
    )


def test_a_command_that_removes_a_setting_can_be_pasted() -> None:
    assert remove_command("my stack", ("edge", "hosts", "a b")) == (
        "pulumi config rm --stack 'my stack' --path 'platform:edge.hosts[\"a b\"]'"
    )


def test_the_problems_of_a_refusal_can_be_read_one_by_one() -> None:
    with pytest.raises(ConfigurationError) as raised:
        config.load(changed("network.zones", 9), "dev")

    assert raised.value.problems == (
        Problem(("network", "zones"), "at most 3, got 9", f"{SET} platform:network.zones 2"),
    )


@pytest.mark.parametrize(
    ("setting", "example"), [("cpu", 256), ("memory", 512), ("min_tasks", 2), ("max_tasks", 4)], ids=str
)
def test_a_setting_missing_deep_in_a_section_has_its_own_example(setting: str, example: int) -> None:
    mapping = stacks.committed("dev")
    del mapping["platform:workloads"]["services"]["counter/backend"][setting]

    assert problems(mapping) == [f"{SIZE}.{setting}: is missing → {SET} {SIZE}.{setting} {example}"]


def test_settings_that_are_wrong_together_are_changed_in_the_file() -> None:
    size = {"cpu": 256, "memory": 512, "min_tasks": 3, "max_tasks": 2}

    assert problems(changed("workloads.services.counter/backend", size)) == [
        f"{SIZE}: min_tasks must not be more than max_tasks, got {json.dumps(size)} → change it in Pulumi.dev.yaml"
    ]


def test_a_wrong_name_in_a_mapping_is_named_without_pydantics_marker() -> None:
    assert problems(changed("organisation.accounts.Qa", "555555555555")) == [
        "platform:organisation.accounts.Qa: must be 1 to 32 small letters, digits and hyphens, beginning with a letter,"
        f' got "Qa" → {SET} platform:organisation.accounts.Qa 111111111111'
    ]


def test_a_name_in_a_mapping_must_be_text() -> None:
    mapping = stacks.committed("dev")
    mapping["platform:edge"]["hosts"][1] = "one"

    assert problems(mapping) == [
        f"platform:edge.hosts[1]: must be text, got 1 → {SET} 'platform:edge.hosts[1]' counter",
    ]


def test_a_key_that_is_no_text_is_no_setting() -> None:
    mapping = stacks.committed("dev")
    mapping["platform:network"][1] = 2

    assert problems(mapping) == [f"platform:network[1]: no such setting, got 1 → {REMOVE} 'platform:network[1]'"]


def test_a_structure_within_itself_is_refused_where_it_begins() -> None:
    endless: dict[str, Any] = {}
    endless["counter"] = endless

    assert problems(changed("edge.hosts", endless)) == [
        "platform:edge.hosts.counter: must be 1 to 32 small letters, digits and hyphens, beginning with a letter,"
        " got a value that cannot be shown → change it in Pulumi.dev.yaml"
    ]


class Loose(BaseModel):
    """A section that converts what it can, with a rule that has no words of its own here."""

    count: int = 1
    name: Annotated[str, Field(min_length=3)] = "name"


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("count", "one", 'must be a whole number, got "one"'),
        ("count", 1.5, "must be a whole number, got 1.5"),
        ("name", "ab", 'string should have at least 3 characters, got "ab"'),
    ],
)
def test_other_rules_of_pydantic_are_told_with_a_placeholder_to_set(name: str, value: Any, wrong: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Loose.model_validate({name: value})

    assert of_section("dev", "loose", Loose, raised.value) == [
        Problem(("loose", name), wrong, f"{SET} platform:loose.{name} VALUE")
    ]


def test_a_pin_comes_from_whoever_builds_where_nobody_is_known_to() -> None:
    mapping = changed("organisation.builders", [])

    assert problems(mapping) == [
        f"platform:artifacts.{service}: dev is not among platform:organisation.builders, got build"
        " → pin <address>@<digest> from the outputs of an environment that builds"
        for service in names.artifacts()
    ]


def test_the_environments_are_the_accounts_without_tooling() -> None:
    assert stacks.settings("dev").environments() == {
        "dev": "222222222222",
        "prod": "444444444444",
        "staging": "333333333333",
    }


def test_the_running_stack_is_loaded_from_what_the_engine_has_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values come by a call of the engine or, in a program of its own, by the environment; the call wins."""
    told = {name: json.dumps(value) for name, value in stacks.released("prod").items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"platform:network": "null"}))
    before = dict(runtime.CONFIG.get())
    runtime.CONFIG.set(told)
    try:
        loaded = cloud.build(config.of_running_stack, stack="prod").result
    finally:
        runtime.CONFIG.set(before)

    assert loaded == stacks.settings("prod")


def test_a_refusal_of_the_running_stack_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"platform:network": "null"}))

    with pytest.raises(ConfigurationError, match=r"Pulumi\.qa\.yaml has 13 problems"):
        cloud.build(config.of_running_stack, stack="qa")
