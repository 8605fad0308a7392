"""The table that the program and the pipelines share."""

import subprocess
import sys

import pytest

from infra.components.container_service import ContainerService
from infra.components.function import Function
from infra.components.load_balancer import LoadBalancer
from infra.components.service_image import ServiceImage
from infra.components.table import Table
from infra.components.worker import Worker
from infra.systems import METRICS, SYSTEMS
from interface import names, parameters, pins
from interface.pins import Release

DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize("text", ["build", "unreleased", f"{'0a' * 10}@{DIGEST}"])
def test_a_pin_is_written_as_it_was_read(text: str) -> None:
    assert str(pins.parse(text)) == text


def test_a_release_has_an_address_and_a_digest() -> None:
    assert pins.parse(f"{'0a' * 10}@{DIGEST}") == Release(address="0a" * 10, digest=DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Build",
        "build ",
        f"{'0a' * 10}",
        DIGEST,
        f"{'0a' * 9}@{DIGEST}",
        f"{'0A' * 10}@{DIGEST}",
        f"{'0a' * 10}@{DIGEST}\n",
    ],
)
def test_what_is_no_pin_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="must be build, unreleased or <20 hex digits>@sha256:<64 hex digits>"):
        pins.parse(text)


def test_services_are_named_by_system_in_a_stable_order() -> None:
    assert names.services() == (
        "anythingyouwantt/frontend",
        "anythingyouwantt/mail-service",
        "anythingyouwantt/rest-api",
        "counter/backend",
        "counter/frontend",
        "market/activity",
        "market/client",
        "market/market-api",
        "market/tasks-api",
    )


def test_what_is_pinned_are_images_and_zips_but_no_image_twice() -> None:
    assert set(names.services()) - set(names.images()) == {"market/activity"}
    assert names.IMAGE_OF["market/activity"] in names.images()
    assert names.artifacts() == (
        *names.images(),
        "ewelists/api",
        "planner/api",
        "platform/canary",
        "platform/deploy-steps",
        "ewelists/web",
        "planner/web",
    )
    assert names.artifacts(systems=("ewelists",)) == (
        "ewelists/api",
        "platform/canary",
        "platform/deploy-steps",
        "ewelists/web",
    )
    assert "platform/collector" in names.artifacts(systems=("ewelists", "market"))
    assert set(names.FUNCTIONS.values()) < set(names.ZIPS)


def test_the_systems_of_the_table_are_those_that_the_program_builds() -> None:
    assert set(SYSTEMS) == set(names.SYSTEMS)
    assert set(METRICS) == set(names.OBSERVED)


def test_the_type_tokens_of_the_table_are_the_components() -> None:
    assert (names.SERVICE_IMAGE_TYPE, names.CONTAINER_SERVICE_TYPE, names.TABLE_TYPE, names.LOAD_BALANCER_TYPE) == (
        ServiceImage.TYPE,
        ContainerService.TYPE,
        Table.TYPE,
        LoadBalancer.TYPE,
    )
    assert (names.WORKER_TYPE, names.FUNCTION_TYPE) == (Worker.TYPE, Function.TYPE)


def test_names_are_spelt_as_others_know_them() -> None:
    assert names.repository_url("111111111111", "eu-west-1", "counter/backend") == (
        "111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend"
    )
    assert names.service_folder("counter/backend") == "services/counter/backend"
    assert names.artifact_bucket("111111111111", "eu-west-1") == "slipway-artifacts-111111111111-eu-west-1"
    assert names.artifact_key("platform/deploy-steps", "0a" * 10) == f"platform/deploy-steps/{'0a' * 10}.zip"
    assert names.internal_domain("dev") == "dev.internal"
    assert names.environment_domain("dev", "slipway.example") == "dev.slipway.example"
    assert names.delegation_role_arn("111111111111", "dev") == "arn:aws:iam::111111111111:role/dev-delegation"
    assert names.deploy_role_name("dev") == "dev-deploy"
    assert names.deploy_target_role_arn("222222222222") == "arn:aws:iam::222222222222:role/slipway-deploy"
    assert parameters.foundation_parameter("dev", "vpc-id") == "/slipway/dev/foundation/vpc-id"


def test_the_table_imports_neither_pulumi_nor_boto3() -> None:
    check = (
        "import sys, interface.names, interface.outputs, interface.parameters, interface.pins;"
        "print([name for name in ('pulumi', 'boto3', 'botocore') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
