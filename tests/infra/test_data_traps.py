"""What an emulator does not tell of databases, caches, secrets and functions: rules of real AWS.

The numbers stand for: 16 names that are unique · 17 users instead of tokens, one server a purpose · 18 TLS, passwords
that change · 20 steps inside the network · 21 no secret in a state · 22 functions in a network.
"""

import json
from typing import Any

import pytest

from tests.infra import stacks

environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)


def steps(stack: str) -> dict[str, dict[str, Any]]:
    """Return what each invocation of a stack asks for."""
    called = stacks.recorded(stack).of("Invocation")
    return {x.name: json.loads(x.inputs["input"]) for x in called if x.inputs["functionName"] == "deploy-steps"}


def test_trap_16_the_last_snapshot_and_the_logs_are_called_like_the_server_which_is_called_anew_each_time() -> None:
    recording = stacks.recorded("prod")
    server = recording.one("aws:rds/instance:Instance")
    subnets = recording.one("aws:rds/subnetGroup:SubnetGroup")

    assert "name" not in subnets.inputs
    assert subnets.urn in server.request.propertyDependencies["identifier"].urns
    assert subnets.urn in server.request.propertyDependencies["finalSnapshotIdentifier"].urns
    assert (server.inputs["identifier"], server.inputs["finalSnapshotIdentifier"]) == ("database", "database-final")
    assert (server.inputs["skipFinalSnapshot"], server.inputs["deleteAutomatedBackups"]) == (False, False)
    for log in ("postgresql", "upgrade"):
        group = recording.one("aws:cloudwatch/logGroup:LogGroup", f"database-{log}")
        assert group.inputs["name"] == f"/aws/rds/instance/database/{log}"
        assert group.urn in server.depends_on


def test_trap_16_a_stack_that_asks_for_no_snapshot_leaves_none() -> None:
    server = stacks.recorded("dev").one("aws:rds/instance:Instance").inputs

    assert server["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in server


@environments
def test_trap_17_a_job_queue_never_forgets_and_a_cache_does(stack: str) -> None:
    recording = stacks.recorded(stack)

    assert {x.name: x.inputs["parameters"] for x in recording.of("aws:elasticache/parameterGroup:ParameterGroup")} == {
        "cache": [{"name": "maxmemory-policy", "value": "allkeys-lru"}],
        "queue": [{"name": "maxmemory-policy", "value": "noeviction"}],
    }


@environments
def test_trap_17_servers_know_users_and_no_token_and_speak_tls_only(stack: str) -> None:
    for server in stacks.recorded(stack).of("ReplicationGroup"):
        assert server.inputs["userGroupIds"] == [f"{stack}-{server.name}"]
        assert "authToken" not in server.inputs
        assert (server.inputs["engine"], server.inputs["engineVersion"]) == ("valkey", "8.0")
        assert (server.inputs["transitEncryptionEnabled"], server.inputs["transitEncryptionMode"]) == (True, "required")


@environments
def test_trap_17_members_of_a_user_group_are_added_one_by_one(stack: str) -> None:
    recording = stacks.recorded(stack)

    for group in recording.of("UserGroup"):
        assert "userIds" not in group.inputs
        assert group.ignore_changes == ("userIds",)
    assert {x.name: (x.inputs["userGroupId"], x.inputs["userId"]) for x in recording.of("UserGroupAssociation")} == {
        "cache-market": (f"{stack}-cache", f"{stack}-cache-market"),
        "queue-anythingyouwantt": (f"{stack}-queue", f"{stack}-queue-anythingyouwantt"),
    }
    # The user is there before it is made a member, and is no member any more before it is deleted.
    member = recording.one("UserGroupAssociation", "cache-market")
    assert recording.one("Invocation", "cache-market").urn in member.depends_on


@environments
def test_trap_17_a_user_reaches_keys_and_channels_of_its_own_prefix(stack: str) -> None:
    assert steps(stack)["cache-market"]["access"] == "on ~market:* &market:* +@all -@admin -@dangerous +info"


@environments
def test_trap_18_the_database_takes_tls_only_and_its_password_is_rdss_own(stack: str) -> None:
    recording = stacks.recorded(stack)
    server = recording.one("aws:rds/instance:Instance").inputs
    parameters = recording.one("aws:rds/parameterGroup:ParameterGroup").inputs

    assert {"name": "rds.force_ssl", "value": "1"} in parameters["parameters"]
    assert parameters["family"] == "postgres17"
    assert server["manageMasterUserPassword"] is True
    assert not {"password", "passwordWo"} & set(server)
    assert server["publiclyAccessible"] is False


@environments
def test_trap_20_databases_and_users_are_made_by_steps_before_anybody_uses_them(stack: str) -> None:
    found = {name: event["step"] for name, event in steps(stack).items()}

    assert found == {
        "anythingyouwantt-mail-service-migration": "run-task",
        "anythingyouwantt-rest-api-migration": "run-task",
        "cache-market": "cache-user",
        "database-anythingyouwantt": "logical-database",
        "database-anythingyouwantt-mail": "logical-database",
        "database-market-items": "logical-database",
        "database-market-tasks": "logical-database",
        "database-planner": "logical-database",
        "ewelists-web": "site",
        "market-market-api-migration": "run-task",
        "market-tasks-api-migration": "run-task",
        "market-tokens": "signing-key",
        "planner-media": "signing-key",
        "planner-sessions": "random-secret",
        "planner-web": "site",
        "queue-anythingyouwantt": "cache-user",
    }
    task = stacks.recorded(stack).one("TaskDefinition", "market-market-api")
    needed = task.request.propertyDependencies["containerDefinitions"].urns
    for name in ("database-market-items", "market-tokens"):
        assert stacks.recorded(stack).one("Invocation", name).urn in needed
    assert stacks.recorded(stack).one("UserGroupAssociation", "cache-market").urn in needed


@environments
def test_trap_20_the_steps_may_reach_the_database_before_they_are_sent_there(stack: str) -> None:
    recording = stacks.recorded(stack)
    sources = recording.one("Invocation", "database-market-items").request.propertyDependencies["input"].urns

    for token in ("SecurityGroupIngressRule", "SecurityGroupEgressRule"):
        assert recording.one(token, "database-from-deploy-steps").urn in sources
    assert recording.one("RolePolicy", "deploy-steps-database-administrator").urn in sources


@environments
def test_trap_20_a_database_is_migrated_when_the_image_changes_and_before_the_service_moves(stack: str) -> None:
    recording = stacks.recorded(stack)
    migration = recording.one("Invocation", "market-tasks-api-migration")
    images = recording.result["systems"]["market"]["images"]

    assert migration.inputs["triggers"] == {"image": images["tasks-api"]["address"]}
    assert migration.inputs["lifecycleScope"] == "CREATE_ONLY"
    assert recording.one("TaskDefinition", "market-tasks-api").urn in migration.depends_on
    assert migration.urn in recording.one("aws:ecs/service:Service", "market-tasks-api").depends_on
    assert json.loads(migration.inputs["input"]) == {
        "step": "run-task",
        "cluster": "arn:aws:ecs:eu-west-1:222222222222:cluster/cluster",
        "taskDefinition": f"{stack}-market-tasks-api",
        "container": "market-tasks-api",
        "command": ["python", "-m", "src.migrate"],
        "subnets": [f"network-private-{letter}-id" for letter in ("ab" if stack == "dev" else "abc")],
        "securityGroups": ["market-tasks-api-id"],
        "logGroup": "market-tasks-api",
    }


@environments
def test_trap_20_the_worker_of_a_database_moves_after_the_service_that_migrates_it(stack: str) -> None:
    recording = stacks.recorded(stack)
    worker = recording.one("aws:ecs/service:Service", "market-activity")

    assert recording.one("aws:ecs/service:Service", "market-tasks-api").urn in worker.depends_on


@environments
def test_trap_21_no_event_of_a_step_has_a_secret_in_it_but_names_one(stack: str) -> None:
    for event in steps(stack).values():
        assert not {"password", "privateKey", "token"} & set(event)
        for key in ("secret", "masterSecret"):
            assert event.get(key, "arn:aws:secretsmanager:").startswith("arn:aws:secretsmanager:")


@environments
def test_trap_21_no_value_of_a_secret_passes_through_the_stack(stack: str) -> None:
    recording = stacks.recorded(stack)

    assert recording.of("aws:secretsmanager/secretVersion:SecretVersion") == []
    assert recording.of("aws:elasticache/user:User") == []


@environments
def test_trap_22_the_function_has_a_security_group_of_its_own_that_lets_nobody_in(stack: str) -> None:
    recording = stacks.recorded(stack)
    function = recording.one("aws:lambda/function:Function", "deploy-steps").inputs
    ingress = {x.inputs["securityGroupId"] for x in recording.of("SecurityGroupIngressRule")}

    assert function["vpcConfig"]["securityGroupIds"] == ["deploy-steps-id"]
    assert "deploy-steps-id" not in ingress
    assert {x.name for x in recording.of("aws:ec2/securityGroup:SecurityGroup")} >= {"deploy-steps"}


@environments
def test_trap_22_the_function_may_make_its_interfaces_before_it_is_made(stack: str) -> None:
    recording = stacks.recorded(stack)
    function = recording.one("aws:lambda/function:Function", "deploy-steps")

    for name in ("deploy-steps-interfaces", "deploy-steps-key", "deploy-steps-logs"):
        assert recording.one("RolePolicy", name).urn in function.depends_on
