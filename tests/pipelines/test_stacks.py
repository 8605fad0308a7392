"""Stack files and states as the command reads them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.errors import Trouble
from pipelines import logs, stacks, up
from pipelines.run import Change, Run

URN = "urn:pulumi:dev::slipway"


def test_stacks_come_in_the_order_in_which_they_stand_on_each_other() -> None:
    assert stacks.names() == ["tooling", "dev", "staging", "prod"]
    assert stacks.check_names(["prod", "tooling", "dev"]) == ["tooling", "dev", "prod"]


def test_a_stack_without_a_file_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(Trouble, match=r"no stack 'live'.*→ one of tooling, dev, staging, prod"):
        stacks.check_names(["dev", "live"])


def test_each_stack_of_the_repository_has_an_account_of_its_own() -> None:
    accounts = [stacks.account(name) for name in stacks.names()]
    assert accounts == ["111111111111", "222222222222", "333333333333", "444444444444"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config: [", "is not YAML"),
        ("", "has no mapping `config`"),
        ("- a", "has no mapping `config`"),
        ("config: 3", "has no mapping `config`"),
        ("config: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_a_file_that_is_no_stack_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(Trouble) as caught:
        stacks.settings("dev", tmp_path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_names_the_ones_there_are(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"Pulumi\.dev\.yaml does not exist → one of"):
        stacks.settings("dev", tmp_path)


def test_a_section_that_is_no_mapping_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {'platform:artifacts': 3}")
    assert stacks.section("dev", "artifacts", tmp_path) == {}


def test_a_state_gives_resources_of_the_cloud_and_plain_outputs(state: Callable[..., Path]) -> None:
    state(
        "dev",
        [
            {
                "urn": f"{URN}::pulumi:pulumi:Stack::slipway-dev",
                "type": "pulumi:pulumi:Stack",
                "outputs": {"systems": {"counter": {}}, "key": {"ciphertext": "x"}},
            },
            {"urn": f"{URN}::pulumi:providers:aws::aws", "type": "pulumi:providers:aws", "custom": True},
            {"urn": f"{URN}::platform:data:Table::table", "type": "platform:data:Table"},
            {"urn": f"{URN}::aws:s3/bucket:Bucket::logs", "type": "aws:s3/bucket:Bucket", "custom": True},
        ],
    )
    assert [each["urn"] for each in stacks.resources("dev")] == [f"{URN}::aws:s3/bucket:Bucket::logs"]
    assert stacks.outputs("dev") == {"systems": {"counter": {}}}


def test_a_state_is_read_again_when_it_has_changed(state: Callable[..., Path]) -> None:
    bucket = {"urn": "logs", "type": "aws:s3/bucket:Bucket", "custom": True}
    state("dev", [bucket])
    assert stacks.checkpoint("dev") is stacks.checkpoint("dev")
    state("dev", [bucket, {**bucket, "urn": "other"}])
    assert [each["urn"] for each in stacks.resources("dev")] == ["logs", "other"]


def test_without_a_state_there_is_nothing() -> None:
    assert stacks.resources("dev") == []
    assert stacks.outputs("dev") == {}


def test_the_summary_of_a_run_counts_what_was_done(state: Callable[..., Path]) -> None:
    state("dev", [{"urn": "u", "type": "aws:s3/bucket:Bucket", "custom": True}])
    run = Run()
    assert up.summary(run, "dev") == "nothing changed, 1 resources"
    for number, operation in enumerate(["create", "create", "replace", "drift"]):
        urn = f"{URN}::aws:s3/bucket:Bucket::{number}"
        run.changes[urn] = Change(urn, "aws:s3/bucket:Bucket", operation)
    assert up.summary(run, "dev") == "2 created, 1 replaced, 1 drifted, 1 resources"


def test_images_in_a_state_are_listed_by_service(state: Callable[..., Path]) -> None:
    image = {
        "urn": f"{URN}::docker-build:index:Image::image",
        "type": "docker-build:index:Image",
        "custom": True,
        "outputs": {
            "tags": ["111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend:0123456789abcdef0123"],
            "digest": "sha256:1",
        },
    }
    state("dev", [image])
    assert up.images("dev") == {"counter/backend": {"address": "0123456789abcdef0123", "digest": "sha256:1"}}


def test_a_service_is_found_by_its_whole_or_its_short_name(state: Callable[..., Path]) -> None:
    state(
        "dev",
        [
            {
                "urn": f"{URN}::{parent}$aws:cloudwatch/logGroup:LogGroup::{name}",
                "type": "aws:cloudwatch/logGroup:LogGroup",
                "custom": True,
                "outputs": {"name": f"group-of-{name}"},
            }
            for name, parent in (
                ("counter-backend", "platform:workloads:ContainerService"),
                ("counter-frontend", "platform:workloads:ContainerService"),
                ("network-flow", "platform:network:Network"),
            )
        ],
    )
    assert logs.group("dev", "counter-backend") == "group-of-counter-backend"
    assert logs.group("dev", "frontend") == "group-of-counter-frontend"
    with pytest.raises(Trouble, match=r"no services called 'mail' → one of counter-backend, counter-frontend"):
        logs.group("dev", "mail")
