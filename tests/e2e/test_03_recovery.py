"""Killed in the middle, changed behind its back: the next run puts it right, and makes nothing twice.

The moments of the kills are fixed by what has been made, not by the clock.
"""

import json
import signal
import subprocess
from collections.abc import Callable

import psutil
import pytest

from interface import names
from localcloud import cloud, docker, ledger, processes
from localcloud.plugins.aws import marks
from localcloud.plugins.aws.call import GENERATION, URN
from pipelines import behind, recovery, stacks
from tests.e2e import commands
from tests.e2e.commands import REPOSITORY, SLIPWAY, address, ask, run, slipway, status, until

DEV = "222222222222"
STAGING = ("up", "staging", "--system", "counter")
"""One system is enough to be killed in; all of them come up in the tests after these."""


def vpcs() -> int:
    found = cloud.client("ec2", DEV).describe_vpcs(Filters=[{"Name": "tag-key", "Values": ["slipway:urn"]}])
    return len(found["Vpcs"])


def begin(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [SLIPWAY, *arguments], cwd=REPOSITORY, env=commands.environment(), stderr=subprocess.PIPE, text=True
    )


def named(process: "subprocess.Popen[str]", name: str) -> list[psutil.Process]:
    """Return the processes of a run by name: `pulumi`, `plugins.aws`."""
    return [member for member in psutil.Process(process.pid).children(recursive=True) if member.name() == name]


def made(stack: str) -> int:
    """Return how many resources the run of a stack has made that goes on."""
    folder = behind.folder(stack)
    return len(ledger.read(folder)) if folder.exists() else 0


def begun(process: "subprocess.Popen[str]", resources: int, stack: str = "staging") -> None:
    """Wait until the run has made some resources, so that it is in the middle of its work."""
    until(lambda: process.poll() is not None or made(stack) >= resources, 180)
    assert process.poll() is None, "the run ended before it could be killed"


def killed(process: "subprocess.Popen[str]", victim: str) -> None:
    """Kill the command, or processes of a name under it, and wait for what is left of the run."""
    victims = [process] if victim == "slipway" else named(process, victim)
    assert victims, f"the run has no {victim}"
    for each in victims:
        each.kill()
    process.communicate(timeout=120)


@pytest.mark.parametrize("victim", ["pulumi", "slipway"])
def test_a_run_that_was_killed_is_finished_by_the_next_one(victim: str, measured: Callable[[str], None]) -> None:
    process = begin(*STAGING)
    begun(process, 60)
    killed(process, victim)
    again = slipway(*STAGING)
    measured(f"up staging after kill -9 of the {victim}: {again.seconds:.1f} s")
    account = status()["stacks"]["staging"]["account"]
    found = cloud.client("ec2", account).describe_vpcs(Filters=[{"Name": "tag-key", "Values": ["slipway:urn"]}])
    assert len(found["Vpcs"]) == 1
    slipway("shell", "--", "pulumi", "preview", "-s", "staging", "--expect-no-changes", "--non-interactive")

    process = begin("down", "staging")
    parameters = cloud.client("ssm", account).get_paginator("describe_parameters").paginate
    before = len(parameters().build_full_result()["Parameters"])
    until(lambda: process.poll() is not None or len(parameters().build_full_result()["Parameters"]) < before, 180)
    assert process.poll() is None, "the run ended before it could be killed"
    killed(process, victim)
    slipway("down", "staging")
    assert cloud.leftovers(status()["cloud"]["endpoint"], "eu-west-1", account) == []


@pytest.mark.parametrize("victim", ["pulumi", "plugins.aws"])
def test_a_down_knows_what_a_killed_run_has_made_although_no_state_says_so(victim: str) -> None:
    process = begin(*STAGING)
    begun(process, 60)
    killed(process, victim)
    assert victim == "plugins.aws" or stacks.resources("staging") == []
    slipway("down", "staging")
    assert cloud.leftovers(status()["cloud"]["endpoint"], "eu-west-1", stacks.account("staging")) == []


def test_a_down_lifts_what_protects_the_remains_of_a_killed_run() -> None:
    process = begin("up", "prod", "--system", "counter")
    begun(process, 60, "prod")
    killed(process, "slipway")
    slipway("down", "prod")
    assert cloud.leftovers(status()["cloud"]["endpoint"], "eu-west-1", stacks.account("prod")) == []


def test_ctrl_c_ends_in_good_order_and_the_next_run_goes_on() -> None:
    process = begin(*STAGING)
    begun(process, 5)
    # Held still, the run is busy for certain while another one asks for the same stack.
    [engine] = named(process, "pulumi")
    engine.suspend()
    try:
        rival = run(SLIPWAY, "plan", "staging")
    finally:
        engine.resume()
    assert rival.code == 1
    assert f"staging is being changed by process {engine.pid}" in rival.err
    assert "Traceback" not in rival.err

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=180)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    slipway(*STAGING)
    assert recovery.locks("staging") == []


def test_of_replacements_that_were_cut_off_those_that_came_to_be_take_the_place() -> None:
    """A run of which only the ledger is left: one group's successor was made, the other one's never was."""
    ec2 = cloud.client("ec2", stacks.account("staging"))

    def groups() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in ec2.describe_security_groups(Filters=[{"Name": "tag-key", "Values": [URN]}])["SecurityGroups"]:
            tag = next(tag["Value"] for tag in each["Tags"] if tag["Key"] == URN)
            found.setdefault(tag, []).append(each["GroupId"])
        return found

    def standing() -> dict[str, list[tuple[str, bool]]]:
        kept = stacks.resources("staging")
        return {urn: [(e["id"], e.get("delete", False)) for e in kept if e["urn"] == urn] for urn in (made, never)}

    before = groups()
    state = {each["urn"]: each for each in stacks.resources("staging")}
    kind = "aws:ec2/securityGroup:SecurityGroup"
    [made, never] = [urn for urn, each in state.items() if each["type"] == kind][:2]
    behind.begins("staging")
    ledgers = ledger.Ledger(behind.folder("staging"))
    ledgers.configured(*state[made]["provider"].rsplit("::", 1), settings={})
    for urn in (made, never):
        ledgers.made(ledger.Made(urn, ledger.BEGUN, "another", {"region": "eu-west-1"}))
    tags = [{"Key": URN, "Value": marks.shortened(made)}, {"Key": GENERATION, "Value": "another"}]
    successor = ec2.create_security_group(
        GroupName="successor",
        Description="made by a run that was cut off",
        VpcId=state[made]["outputs"]["vpcId"],
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
    )["GroupId"]

    run(SLIPWAY, "drift", "staging")
    old = state[made]["id"]
    assert standing() == {made: [(old, True), (successor, False)], never: [(state[never]["id"], False)]}
    slipway(*STAGING)
    slipway("shell", "--", "pulumi", "preview", "-s", "staging", "--expect-no-changes", "--non-interactive")
    assert {tag: len(found) for tag, found in groups().items()} == dict.fromkeys(before, 1)


def test_changes_behind_its_back_are_named_and_mended() -> None:
    logs = cloud.client("logs", DEV)
    group = next(each for each in stacks.resources("dev") if each["type"] == "aws:cloudwatch/logGroup:LogGroup")
    logs.put_retention_policy(logGroupName=group["outputs"]["name"], retentionInDays=1)
    topics = [each for each in stacks.resources("dev") if each["type"] == "aws:ssm/parameter:Parameter"]
    cloud.client("ssm", DEV).delete_parameter(Name=topics[0]["outputs"]["name"])

    found = run(SLIPWAY, "drift", "dev", "--json")
    assert found.code == 3, found.err
    changes = {change["urn"]: change for change in json.loads(found.out)["changes"]}
    assert set(changes) == {group["urn"], topics[0]["urn"]}
    assert changes[group["urn"]]["properties"] == ["retentionInDays"]

    slipway("up", "dev")
    assert run(SLIPWAY, "drift", "dev").code == 0
    restored = logs.describe_log_groups(logGroupNamePrefix=group["outputs"]["name"])["logGroups"][0]
    assert restored["retentionInDays"] == group["inputs"]["retentionInDays"]


def test_a_docker_engine_of_our_own_that_died_is_back_with_the_next_command() -> None:
    found = docker.find()
    if found is None or not found.ours:
        pytest.skip("the engine is not ours to kill")
    before = commands.containers("counter/backend")
    daemon = processes.find("docker")
    assert daemon is not None
    daemon.kill()
    daemon.wait(30)
    assert "starting a Docker engine of our own" in slipway("drift", "dev").err
    assert commands.containers("counter/backend") == before
    assert ask(f"{address()}/api/counter")[0] == 200


def test_build_makes_artifacts_and_nothing_else() -> None:
    built = json.loads(slipway("build", "dev", "--json").out)
    assert set(built) == set(names.artifacts())
    assert all(image["digest"].startswith("sha256:") for image in built.values())


def test_an_up_after_the_cloud_was_killed_builds_everything_anew(measured: Callable[[str], None]) -> None:
    kept = json.loads((REPOSITORY / ".slipway/run/cloud.json").read_text())
    psutil.Process(kept["pid"]).kill()
    again = slipway("up")
    measured(f"up of tooling and dev after the cloud was killed: {again.seconds:.1f} s")
    assert vpcs() == 1
    until(lambda: ask(f"{address()}/api/counter")[0] == 200, 60)
