"""Kinds of values at their limits: the last one that is taken, the first one that is refused, and what is no text."""

import json
from ipaddress import IPv4Network
from typing import Any

import pytest

from infra import config
from tests.infra import stacks
from tests.infra.config_cases import SET
from tests.infra.test_config import changed, problems

DOMAIN = "must be a domain name in small letters, like slipway.example"
LABEL = "must be 1 to 32 small letters, digits and hyphens, beginning with a letter"
NETWORK = "must be a private IPv4 range of /16 to /20 that begins at its own first address, like 10.10.0.0/16"
LONG = ".".join(["a" * 63] * 3)  # 191 characters
WORDS = {
    "stack.environment": (LABEL, "dev"),
    "edge.hosts.counter": (LABEL, "counter"),
    "organisation.domain": (DOMAIN, "slipway.example"),
    "organisation.region": ("must be an AWS region, like eu-west-1", "eu-west-1"),
    "organisation.repository": ("must be owner/name on GitHub", "slipway-platform/slipway"),
    "organisation.accounts.dev": ("must be 12 digits in quotes", "111111111111"),
    "organisation.networks.dev": (NETWORK, "10.10.0.0/16"),
    "artifacts.counter/backend": ("must be build, unreleased or <20 hex digits>@sha256:<64 hex digits>", "build"),
}
"""What is allowed for each setting of a kind, and the example that it is set to."""


def organisation(name: str, value: Any) -> Any:
    """Return a setting of the organisation as it is loaded."""
    return getattr(config.load(changed(f"organisation.{name}", value), "dev").organisation, name)


@pytest.mark.parametrize("value", [None, 1.5, ["x"]], ids=repr)
@pytest.mark.parametrize("path", WORDS)
def test_what_is_no_text_is_refused_with_what_is_allowed(path: str, value: Any) -> None:
    allowed, example = WORDS[path]

    assert problems(changed(path, value)) == [
        f"platform:{path}: {allowed}, got {json.dumps(value)} → {SET} platform:{path} {example}"
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("organisation.domain", f"{LONG}.{'b' * 9}"),
        ("organisation.domain", f"{'a' * 64}.example"),
        ("organisation.domain", "slipway.example-"),
        ("organisation.repository", f"{'o' * 40}/name"),
        ("organisation.repository", "-owner/name"),
        ("organisation.region", "eu-west-0"),
        ("organisation.accounts.dev", 0),
        ("organisation.accounts.dev", 10**12),
        ("organisation.accounts.dev", True),
        ("organisation.accounts.dev", "٢" * 12),
        ("organisation.networks.dev", "10.128.0.0/15"),
        ("organisation.networks.dev", "10.128.0.0/21"),
        ("organisation.networks.dev", "11.0.0.0/16"),
        ("edge.hosts.counter", "a" * 33),
    ],
)
def test_the_first_value_beyond_a_limit_is_refused(path: str, value: Any) -> None:
    allowed, example = WORDS[path]
    [line] = problems(changed(path, value))

    assert line.startswith(f"platform:{path}: {allowed}, got ")
    assert line.endswith(f" → {SET} platform:{path} {example}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("domain", f"{LONG}.{'b' * 8}"),
        ("domain", "a.b"),
        ("repository", f"{'O' * 39}/A.b_c-9"),
        ("repository", "slipway-platform/slipway"),
        ("region", "us-gov-west-1"),
    ],
)
def test_the_last_value_within_a_limit_is_taken_as_it_is(name: str, value: str) -> None:
    assert organisation(name, value) == value


@pytest.mark.parametrize("block", ["172.16.0.0/16", "192.168.0.0/16", "10.128.0.0/20"])
def test_networks_of_every_private_range_are_taken(block: str) -> None:
    mapping = changed("organisation.networks.dev", block)

    assert config.load(mapping, "dev").organisation.networks["dev"] == IPv4Network(block)


@pytest.mark.parametrize(("number", "account"), [(1, "000000000001"), (10**12 - 1, "999999999999")])
def test_an_account_without_quotes_is_padded_to_twelve_digits(number: int, account: str) -> None:
    assert config.load(changed("organisation.accounts.dev", number), "dev").account == account


def test_the_name_of_an_environment_has_at_most_twelve_characters() -> None:
    mapping = changed("stack.environment", "preproductio")
    mapping["platform:organisation"]["accounts"]["preproductio"] = "555555555555"
    mapping["platform:organisation"]["networks"]["preproductio"] = "10.99.0.0/16"
    mapping["platform:organisation"]["builders"] = ["preproductio"]

    assert config.load(mapping, "preproductio").domain == "preproductio.slipway.example"


@pytest.mark.parametrize("value", [True, 30.0, "30", 31], ids=repr)
def test_a_retention_is_one_of_the_numbers_that_aws_knows(value: Any) -> None:
    [line] = problems(changed("workloads.log_retention_days", value))

    assert line.startswith("platform:workloads.log_retention_days: must be one of 1, 3, 5, 7, 14, 30, ")


def test_every_twin_of_a_list_is_named() -> None:
    twins = ["s3", "logs", "s3", "kms", "logs"]

    [line] = problems(changed("network.endpoints", twins))

    assert line.startswith(
        "platform:network.endpoints: must name each only once, logs, s3 stands more than once, got ["
    )


def test_the_environment_of_tooling_is_of_kind_tooling() -> None:
    mapping = stacks.committed("tooling")
    mapping["platform:stack"]["kind"] = "environment"

    assert problems(mapping, "tooling")[0] == (
        "platform:stack.kind: tooling is the environment of the tooling stack and of no other, got kind environment"
        " → pulumi config set --stack tooling --path platform:stack.kind tooling"
    )


@pytest.mark.parametrize(
    ("section", "key", "name"),
    [
        ("edge", "hosts", "counter"),
        ("workloads", "services", "counter/backend"),
        ("artifacts", None, "counter/frontend"),
    ],
)
def test_what_the_catalogue_lists_is_in_every_section(section: str, key: str | None, name: str) -> None:
    mapping = stacks.committed("dev")
    place = mapping[f"platform:{section}"]
    del (place[key] if key else place)[name]

    assert problems(mapping) == [
        f"platform:{section}.{f'{key}.' if key else ''}{name}: is missing"
        " → copy it from another stack file into Pulumi.dev.yaml"
    ]
