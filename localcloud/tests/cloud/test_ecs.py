"""Services in real containers: started as defined, rolled, replaced and removed."""

import time
from collections.abc import Iterator

import psutil
import pytest

from localcloud import cloud, processes
from localcloud.cloud.process import instance
from localcloud.docker import DockerEngine
from localcloud.tests.cloud.stage import REPOSITORY, Stage, get, until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(engine: DockerEngine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A cloud with Docker for the tests of this file; its containers are gone afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALCLOUD_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("SLIPWAY_CLOUD_DRAIN_SECONDS", "10")
        stage = Stage(engine, cloud.start(engine, "eu-west-1"), image)
        yield stage
        cloud.stop()


def test_a_container_runs_as_its_definition_says(stage: Stage) -> None:
    service = stage.service(
        environment={"VERSION": "1"},
        entryPoint=["python3", "/app.py"],
        command=["mine"],
        user="1000",
        readonlyRootFilesystem=True,
        mountPoints=[{"sourceVolume": "scratch", "containerPath": "/scratch"}],
        secrets=[{"name": "SECRET", "valueFrom": "/secret"}],
    )
    service.steady()
    [address] = service.targets("healthy")
    seen = get(address)
    assert (seen["user"], seen["arguments"]) == (1000, ["/app.py", "mine"])
    assert (seen["environment"]["VERSION"], seen["environment"]["SECRET"]) == ("1", "hunter2")
    [container] = service.containers()
    written = stage.engine.run("exec", "--user", "0", container, "sh", "-c", "touch /scratch/x && touch /x")
    assert "Read-only file system" in written.stderr
    assert "/scratch" not in written.stderr
    service.delete()


def test_a_container_finds_the_cloud_with_its_accounts_credentials(stage: Stage) -> None:
    service = stage.service()
    service.steady()
    [container] = service.containers()
    seen = get(service.targets("healthy")[0])["environment"]
    assert (seen["AWS_ACCESS_KEY_ID"], seen["AWS_REGION"], seen["AWS_DEFAULT_REGION"]) == (
        "222222222222",
        "eu-west-1",
        "eu-west-1",
    )
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in seen
    script = (
        "import os, urllib.request as u; print(u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_slipway/boot').read())"
    )
    assert stage.cloud.boot in stage.docker("exec", container, "python3", "-c", script).stdout
    service.delete()


def test_a_task_by_tag_is_pulled_from_the_registry_of_another_account(stage: Stage) -> None:
    service = stage.service(image=f"{REPOSITORY}:one")
    service.steady()
    assert len(service.targets("healthy")) == 1
    service.delete()


def test_what_a_container_writes_is_in_the_log_group(stage: Stage) -> None:
    service = stage.service()
    service.steady()

    def lines() -> list[str]:
        events = stage.logs.filter_log_events(logGroupName="/web", logStreamNamePrefix=service.name)["events"]
        return [event["message"] for event in events]

    until(lambda: "listening" in lines(), "the container's line was not in its log group")
    service.delete()


def test_a_roll_loses_no_request_of_who_follows_target_health(stage: Stage) -> None:
    service = stage.service(count=2, environment={"VERSION": "1"})
    service.steady()
    old = service.containers()
    service.update(taskDefinition=stage.task_definition(service.name, {"VERSION": "2"}))
    versions = []
    while not (service.is_steady() and not set(old) & set(service.containers())):
        versions += [get(address)["environment"]["VERSION"] for address in service.targets("healthy")]
        assert len(versions) < 100_000
    versions += [get(address)["environment"]["VERSION"] for address in service.targets("healthy")]
    assert (versions[0], versions[-2:]) == ("1", ["2", "2"])
    assert f"(service {service.name}) has reached a steady state." in service.messages()
    service.delete()


def test_old_targets_drain_before_their_containers_go(stage: Stage) -> None:
    service = stage.service()
    service.steady()
    [before], [old] = service.targets("healthy"), service.containers()
    service.update(taskDefinition=stage.task_definition(service.name))
    until(lambda: service.targets("draining") == [before], "the old target did not drain")
    time.sleep(2)  # a container that is not spared would be gone by now
    assert get(before)["arguments"] == ["/app.py", "from-image"]
    until(lambda: service.targets("draining") == [], "the old target drained for ever")
    until(lambda: old not in service.containers(), "the old container stayed")
    service.delete()


@pytest.mark.parametrize("end", [["kill"], ["rm", "--force"]], ids=["killed", "removed"])
def test_a_container_that_ends_is_replaced(stage: Stage, end: list[str]) -> None:
    service = stage.service()
    service.steady()
    [container] = service.containers()
    stage.docker(*end, container)
    until(lambda: set(service.containers()) - {container} and service.targets("healthy"), "it was not replaced")
    service.steady()
    assert any("has stopped (task " in message for message in service.messages())
    service.delete()


def test_a_broken_revision_is_rolled_back_and_forgotten(stage: Stage) -> None:
    service = stage.service()
    service.steady()
    good = service.describe()["taskDefinition"]
    service.update(taskDefinition=stage.task_definition(service.name, entryPoint=["sh", "-c", "exit 3"]))
    until(lambda: service.describe()["taskDefinition"] == good, "it was not rolled back")
    service.steady()
    stage.ecs.get_waiter("services_stable").wait(
        cluster="main", services=[service.name], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    messages = service.messages()
    assert f"(service {service.name}) rolled back to the last completed deployment." in messages
    assert any(message.endswith("Essential container exited, exit code 3.") for message in messages)
    service.delete()


def test_the_desired_count_moves_up_and_down(stage: Stage) -> None:
    service = stage.service()
    service.steady()
    service.update(desiredCount=3)
    until(lambda: len(service.targets("healthy")) == 3, "it did not grow")
    service.update(desiredCount=1)
    until(lambda: len(service.targets("healthy")) == 1, "it did not shrink")
    until(lambda: len(service.containers()) == 1, "containers stayed")
    service.delete()


def test_deleting_does_not_wait_for_a_container_that_ignores_its_end(stage: Stage) -> None:
    service = stage.service(environment={"STUBBORN": "1"}, stopTimeout=60)
    service.steady()
    begun = time.monotonic()
    service.delete()
    assert time.monotonic() - begun < 30
    assert service.describe()["status"] == "INACTIVE"
    for container in service.containers():
        stage.docker("kill", container)
    until(lambda: service.containers() == [], "its container stayed")


def test_only_loopback_and_the_containers_network_are_listened_on(stage: Stage) -> None:
    process = processes.find("cloud")
    assert process is not None
    listening = {
        connection.laddr.ip
        for member in (process, *process.children(recursive=True))
        for connection in member.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    format_ = "{{(index .IPAM.Config 0).Gateway}}"
    gateway = stage.docker("network", "inspect", "--format", format_, instance()).stdout.strip()
    assert listening == {"127.0.0.1", gateway}
