"""Stack files: what is refused, in whose words, and with which command that mends it."""

import json
import subprocess
import sys
from typing import Any

import pulumi
import pytest

from infra import config
from infra.config import ConfigurationError
from infra.config.problems import key
from infra.config.sections import FARGATE_MEMORY
from interface import names
from interface.pins import Release
from tests.infra import stacks
from tests.infra.config_cases import REMOVE, SET, VALUES


def problems(mapping: dict[Any, Any], stack: str = "dev") -> list[str]:
    """Return the lines that a file is refused with."""
    with pytest.raises(ConfigurationError) as raised:
        config.load(mapping, stack)
    head, *lines = str(raised.value).splitlines()
    assert head == f"Pulumi.{stack}.yaml has {len(lines)} problem{'' if len(lines) == 1 else 's'}"
    return [line.removeprefix("  ") for line in lines]


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return dev's file with one value changed; `path` is `section.key.key`."""
    mapping = stacks.committed("dev")
    section, *keys = path.split(".")
    keys = [f"platform:{section}", *keys]
    place: Any = mapping
    for name in keys[:-1]:
        place = place[name]
    place[keys[-1]] = value
    return mapping


@pytest.mark.parametrize(("path", "value", "line"), VALUES, ids=[f"{path}={value}" for path, value, _ in VALUES])
def test_a_wrong_value_is_refused_with_what_is_allowed_and_how_to_mend_it(path: str, value: Any, line: str) -> None:
    assert problems(changed(path, value)) == line.splitlines()


def test_all_problems_of_a_file_are_told_at_once() -> None:
    mapping = changed("network.zones", 9)
    mapping["platform:data"]["recovery_days"] = 0
    del mapping["platform:stack"]["kind"]

    assert problems(mapping) == [
        f"platform:stack.kind: is missing → {SET} platform:stack.kind environment",
        f"platform:network.zones: at most 3, got 9 → {SET} platform:network.zones 2",
        f"platform:data.recovery_days: at least 1, got 0 → {SET} platform:data.recovery_days 7",
    ]


@pytest.mark.parametrize("section", config.SECTIONS)
def test_a_missing_section_is_named(section: str) -> None:
    mapping = stacks.committed("dev")
    del mapping[f"platform:{section}"]

    assert problems(mapping) == [
        f"platform:{section}: is missing → copy platform:{section} from another stack file and change what differs"
    ]


@pytest.mark.parametrize("value", [None, "text", 7, [], ["network"], True], ids=repr)
@pytest.mark.parametrize("section", config.SECTIONS)
def test_a_section_that_is_none_is_named_with_what_it_is(section: str, value: Any) -> None:
    mapping = stacks.committed("dev")
    mapping[f"platform:{section}"] = value

    assert problems(mapping) == [
        f"platform:{section}: must be a section with keys of its own, got {json.dumps(value)}"
        f" → copy platform:{section} from another stack file and change what differs"
    ]


@pytest.mark.parametrize("mapping", [None, {}], ids=repr)
def test_an_empty_file_lacks_every_section(mapping: Any) -> None:
    assert [line.split(":")[1] for line in problems(mapping)] == list(config.SECTIONS)


def test_an_unknown_section_is_named() -> None:
    mapping = stacks.committed("dev")
    mapping["platform:netwrok"] = {"zones": 2}

    assert problems(mapping) == [
        'platform:netwrok: no such section, got {"zones": 2} → ' + f"{REMOVE} platform:netwrok"
    ]


def test_keys_of_other_namespaces_are_left_alone() -> None:
    mapping = stacks.committed("dev") | {"aws:region": "us-east-1", "slipway:anything": None}

    assert config.load(mapping, "dev").organisation.region == "eu-west-1"


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**5000), float("nan"), float("inf"), "\x00\x1b[31m", "é" * 500, {1: 2}, {None: None}, [[[]]], b"x"],
    ids=lambda value: type(value).__name__,
)
def test_oddities_of_yaml_are_refused_in_one_printable_line(value: Any) -> None:
    for path in ("network.zones", "organisation.domain", "workloads.services", "artifacts.counter/backend"):
        for line in problems(changed(path, value)):
            assert line.isprintable()
            assert len(line) < 400


def test_a_structure_within_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["counter"] = endless

    assert problems(changed("edge.hosts", endless)) != []


def test_keys_that_are_no_words_are_written_as_the_command_line_reads_them() -> None:
    assert key(("network", "a.b", 0, "c d")) == 'platform:network["a.b"][0]["c d"]'


def test_a_section_may_be_json_text_as_the_engine_hands_it_over() -> None:
    mapping = {name: json.dumps(value) for name, value in stacks.committed("dev").items()}

    assert config.load(mapping, "dev") == config.load(stacks.committed("dev"), "dev")


def test_account_numbers_may_lose_their_quotes_but_not_their_zeros() -> None:
    loaded = config.load(changed("organisation.accounts.dev", 12345678901), "dev")

    assert loaded.account == "012345678901"


def test_an_environment_needs_an_account_and_a_network() -> None:
    assert problems(changed("stack.environment", "qa")) == [
        f"platform:organisation.accounts.qa: is missing → {SET} platform:organisation.accounts.qa 111111111111",
        f"platform:organisation.networks.qa: is missing → {SET} platform:organisation.networks.qa 10.10.0.0/16",
        *(
            f"platform:artifacts.{service}: qa is not among platform:organisation.builders, got build"
            " → pin <address>@<digest> from the outputs of dev"
            for service in names.artifacts()
        ),
    ]


def test_the_tooling_account_is_for_the_tooling_stack() -> None:
    assert problems(changed("stack.kind", "tooling"))[0] == (
        "platform:stack.kind: tooling is the environment of the tooling stack and of no other, got kind tooling"
        f" → {SET} platform:stack.kind environment"
    )


def test_a_network_belongs_to_an_account() -> None:
    assert problems(changed("organisation.networks.qa", "10.99.0.0/16")) == [
        f"platform:organisation.networks.qa: belongs to no account → {REMOVE} platform:organisation.networks.qa"
    ]


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_a_stack_without_a_release_is_refused_in_a_line_for_each_service(stack: str) -> None:
    assert problems(stacks.committed(stack), stack) == [
        f"platform:artifacts.{service}: nothing has been released to {stack} yet, got unreleased"
        " → pin <address>@<digest> from the outputs of dev"
        for service in names.artifacts()
    ]


def test_what_a_stack_does_not_carry_needs_no_release() -> None:
    mapping = stacks.committed("prod")
    mapping["platform:stack"]["systems"] = ["counter"]

    assert [line.partition(":")[2].partition(":")[0] for line in problems(mapping, "prod")] == [
        "artifacts.counter/backend",
        "artifacts.counter/frontend",
        "artifacts.platform/canary",
        "artifacts.platform/deploy-steps",
    ]


def test_trap_01_no_nat_needs_an_endpoint_for_every_api_that_tasks_call() -> None:
    mapping = changed("network.nat", "none")
    mapping["platform:stack"]["systems"].remove("planner")  # which needs more than endpoints
    mapping["platform:network"]["endpoints"] = ["s3", "ecr.api", "logs", "kms", "sts"]

    assert problems(mapping) == [
        "platform:network.endpoints: without NAT every API that tasks call needs an endpoint,"
        " missing dynamodb, ecr.dkr, ssm, secretsmanager, sqs, email, monitoring, ecs, elasticache"
        " → add them, or set platform:network.nat to single or per-zone"
    ]


def test_trap_01_no_nat_is_fine_with_all_endpoints() -> None:
    mapping = changed("network.nat", "none")
    mapping["platform:stack"]["systems"].remove("planner")  # which needs more than endpoints
    mapping["platform:network"]["endpoints"] = stacks.committed("prod")["platform:network"]["endpoints"]

    assert config.load(mapping, "dev").network.nat == "none"


@pytest.mark.parametrize("cpu", FARGATE_MEMORY)
def test_memory_is_what_fargate_sells_with_the_cpu(cpu: int) -> None:
    least, most, _ = FARGATE_MEMORY[cpu]
    size = {"cpu": cpu, "min_tasks": 1, "max_tasks": 1}

    for memory in (least, most):
        mapping = changed("workloads.services.counter/backend", {**size, "memory": memory})
        assert config.load(mapping, "dev").workloads.services["counter/backend"].memory == memory
    [line] = problems(changed("workloads.services.counter/backend", {**size, "memory": least + 1}))
    assert line.startswith(
        f"platform:workloads.services.counter/backend: memory must be {least} to {most} in steps Fargate sells"
    )


def test_there_are_not_more_tasks_at_least_than_at_most() -> None:
    size = {"cpu": 256, "memory": 512, "min_tasks": 3, "max_tasks": 2}

    [line] = problems(changed("workloads.services.counter/backend", size))

    assert "min_tasks must not be more than max_tasks" in line


def test_settings_never_change() -> None:
    loaded = stacks.settings("dev")

    with pytest.raises(ValueError, match="frozen"):
        loaded.network.zones = 3


def test_every_missing_setting_is_told_with_an_example_to_set_it_to() -> None:
    commands = []
    for section, model in config.SECTIONS.items():
        for field in model.model_fields:
            if field in ("api_limits", "root", "services", "sizes"):
                continue
            mapping = stacks.committed("dev")
            del mapping[f"platform:{section}"][field]
            [line] = problems(mapping)
            commands.append(line)
            assert "VALUE" not in line
    assert len(commands) == 49


def test_protections_are_lifted_by_a_teardown_only() -> None:
    assert stacks.settings("prod").deletion_protection
    assert not stacks.settings("prod", stack__teardown=True).deletion_protection
    assert not stacks.settings("dev").deletion_protection


def test_a_pin_is_a_word_or_a_release() -> None:
    artifacts = stacks.settings("prod").artifacts

    assert artifacts.pin("counter/backend") == Release("0123456789" * 2, f"sha256:{'a' * 64}")
    assert artifacts.releases() == {service: artifacts.pin(service) for service in names.artifacts()}
    assert stacks.settings("dev").artifacts.releases() == {}


def test_the_running_stacks_configuration_is_what_the_engine_hands_over() -> None:
    program = (
        "import json, os, pulumi; from infra import config;"
        "from pulumi.runtime import mocks; from tests.fakes import Fakes;"
        "mocks.set_mocks(Fakes(), project='slipway', stack='dev');"
        "print(config.of_running_stack().domain)"
    )
    handed = {name: json.dumps(value) for name, value in stacks.committed("dev").items()}

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PULUMI_CONFIG": json.dumps(handed), "PATH": ""},
        cwd=stacks.REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "dev.slipway.example\n"


def test_a_refused_configuration_is_shown_without_a_traceback() -> None:
    assert issubclass(ConfigurationError, pulumi.RunError)
