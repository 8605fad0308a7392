"""What every stack keeps to on AWS: who gets in, what is encrypted, what is kept, what is protected."""

import json

import pytest

from infra.components import load_balancer
from infra.components.worker import Worker
from tests.infra import sdk_inputs, stacks

environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)
each = pytest.mark.parametrize("stack", stacks.STACKS)


@each
def test_ingress_from_everywhere_is_the_load_balancers_two_ports(stack: str) -> None:
    rules = stacks.recorded(stack).of("SecurityGroupIngressRule")

    found = {
        (x.name, x.inputs["fromPort"], x.inputs["toPort"]) for x in rules if x.inputs.get("cidrIpv4") == "0.0.0.0/0"
    }

    assert found == (set() if stack == "tooling" else {("public-http", 80, 80), ("public-https", 443, 443)})


@each
def test_no_rule_is_for_all_protocols(stack: str) -> None:
    rules = [x for x in stacks.recorded(stack).resources if x.token.startswith("aws:vpc/securityGroup")]

    assert {x.inputs["ipProtocol"] for x in rules} <= {"tcp"}


IN = {
    "anythingyouwantt-frontend": {("public", 8080)},
    "anythingyouwantt-mail-service": {("collector", 3001)},
    "anythingyouwantt-rest-api": {("collector", 3000), ("public", 3000)},
    "cache": {("market-activity", 6379), ("market-market-api", 6379), ("market-tasks-api", 6379)},
    "collector": {
        ("anythingyouwantt-mail-service", 4318),
        ("anythingyouwantt-rest-api", 4318),
        ("market-activity", 4318),
        ("market-market-api", 4318),
        ("market-tasks-api", 4318),
    },
    "counter-backend": {("public", 8000)},
    "counter-frontend": {("public", 3000)},
    "database": {
        ("anythingyouwantt-mail-service", 5432),
        ("anythingyouwantt-rest-api", 5432),
        ("deploy-steps", 5432),
        ("market-activity", 5432),
        ("market-market-api", 5432),
        ("market-tasks-api", 5432),
        ("planner-migrate", 5432),
    },
    "market-activity": {("collector", 8002)},
    "market-client": {("public", 8080)},
    "market-market-api": {("collector", 8001), ("market-tasks-api", 8001), ("public", 8001)},
    "market-tasks-api": {("collector", 8000), ("public", 8000)},
    "public": {("gateway", 443)},
    "queue": {("anythingyouwantt-mail-service", 6379), ("anythingyouwantt-rest-api", 6379)},
}
"""Who opens connections to whom, by security groups: all that is not here, and not below, cannot."""
MANY = {("planner-api", 5432), ("planner-scan", 5432)}
"""Functions of which there may be many at once: they reach the database, or the proxy where there is one."""


def reached(stack: str) -> dict[str, set[tuple[str, int]]]:
    if not stacks.committed(stack)["platform:database"]["proxy"]:
        return {**IN, "database": IN["database"] | MANY}
    proxy = "database-planner-proxy"
    return {**IN, "database": IN["database"] | {(proxy, 5432)}, proxy: MANY}


@environments
def test_who_reaches_whom_is_exactly_this_on_both_sides(stack: str) -> None:
    recording = stacks.recorded(stack)

    def pairs(token: str, own: str, other: str) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for x in recording.of(token):
            if "referencedSecurityGroupId" in x.inputs:
                target, source = (x.inputs[key].removesuffix("-id") for key in (own, other))
                found.setdefault(target, set()).add((source, x.inputs["fromPort"]))
                assert x.inputs["fromPort"] == x.inputs["toPort"]
        return found

    assert pairs("SecurityGroupIngressRule", "securityGroupId", "referencedSecurityGroupId") == reached(stack)
    assert pairs("SecurityGroupEgressRule", "referencedSecurityGroupId", "securityGroupId") == reached(stack)


@environments
def test_workers_let_in_the_collector_alone_at_the_one_port_of_their_metrics(stack: str) -> None:
    recording = stacks.recorded(stack)
    rules: dict[str, list[tuple[str, int]]] = {}
    for x in recording.of("SecurityGroupIngressRule"):
        rule = (x.inputs.get("referencedSecurityGroupId", ""), x.inputs["fromPort"])
        rules.setdefault(x.inputs["securityGroupId"], []).append(rule)
    tasks = {x.name: json.loads(x.inputs["containerDefinitions"])[0] for x in recording.of("TaskDefinition")}

    for worker in recording.of(Worker.TYPE):
        [mapping] = tasks[worker.name]["portMappings"]
        assert rules[f"{worker.name}-id"] == [("collector-id", mapping["containerPort"])]


@environments
def test_the_default_security_group_lets_nothing_through(stack: str) -> None:
    group = stacks.recorded(stack).one("DefaultSecurityGroup")

    assert set(group.inputs) == {"vpcId"}


@environments
def test_visitors_speak_modern_tls_or_are_sent_to_it(stack: str) -> None:
    https, http = (
        stacks.recorded(stack).one("aws:lb/listener:Listener", f"public-{x}").inputs for x in ("https", "http")
    )

    assert (https["port"], https["protocol"], https["sslPolicy"]) == (443, "HTTPS", load_balancer.TLS_POLICY)
    assert https["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    assert (http["port"], http["defaultActions"][0]["redirect"]) == (
        80,
        {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
    )


@environments
def test_the_load_balancer_drops_what_is_no_header(stack: str) -> None:
    assert stacks.recorded(stack).one("aws:lb/loadBalancer:LoadBalancer").inputs["dropInvalidHeaderFields"] is True


@environments
def test_containers_are_nobody_special_and_write_nowhere(stack: str) -> None:
    for task in stacks.recorded(stack).of("TaskDefinition"):
        [container] = json.loads(task.inputs["containerDefinitions"])
        assert container["user"] == "1000:1000"
        assert container["readonlyRootFilesystem"] is True
        assert "@sha256:" in container["image"]


@each
def test_everything_that_is_kept_is_encrypted(stack: str) -> None:
    recording = stacks.recorded(stack)

    assert {x.name for x in recording.of("LogGroup") if x.custom and not x.inputs.get("kmsKeyId")} == set()
    assert {
        x.name for x in recording.of("aws:dynamodb/table:Table") if not x.inputs["serverSideEncryption"]["kmsKeyArn"]
    } == set()
    assert {x.name for x in recording.of("aws:sns/topic:Topic") if not x.inputs["kmsMasterKeyId"]} == set()
    for token, key in ENCRYPTED:
        assert {x.name for x in recording.of(token) if not x.inputs.get(key)} == set()
    for repository in recording.of("aws:ecr/repository:Repository"):
        assert repository.inputs["encryptionConfigurations"][0]["encryptionType"] == "KMS"
    assert len(recording.of("BucketServerSideEncryptionConfiguration")) == len(recording.of("aws:s3/bucket:Bucket"))


ENCRYPTED = (
    ("aws:elasticache/replicationGroup:ReplicationGroup", "kmsKeyId"),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "atRestEncryptionEnabled"),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "transitEncryptionEnabled"),
    ("aws:rds/instance:Instance", "kmsKeyId"),
    ("aws:rds/instance:Instance", "masterUserSecretKmsKeyId"),
    ("aws:rds/instance:Instance", "performanceInsightsKmsKeyId"),
    ("aws:rds/instance:Instance", "storageEncrypted"),
    ("aws:secretsmanager/secret:Secret", "kmsKeyId"),
    ("aws:sqs/queue:Queue", "kmsMasterKeyId"),
)
"""Type, and an input that has to be there."""


@each
def test_keys_rotate(stack: str) -> None:
    assert {x.inputs["enableKeyRotation"] for x in stacks.recorded(stack).of("aws:kms/key:Key")} == {True}


@each
def test_no_log_is_kept_for_ever(stack: str) -> None:
    groups = stacks.recorded(stack).of("aws:cloudwatch/logGroup:LogGroup")
    wanted = stacks.committed(stack)
    allowed = {
        wanted["platform:workloads"]["log_retention_days"],
        wanted["platform:network"]["flow_log_retention_days"],
    }

    assert {x.inputs["retentionInDays"] for x in groups} <= allowed
    assert len(stacks.recorded(stack).of("BucketLifecycleConfiguration")) == len(
        stacks.recorded(stack).of("aws:s3/bucket:Bucket")
    )


@each
def test_buckets_are_private_and_versioned(stack: str) -> None:
    recording = stacks.recorded(stack)
    buckets = len(recording.of("aws:s3/bucket:Bucket"))

    assert len(recording.of("BucketVersioning")) == buckets
    closed = [set(x.inputs.values()) - {x.inputs["bucket"]} for x in recording.of("BucketPublicAccessBlock")]
    assert closed == [{True}] * buckets
    assert {x.inputs["bucket"] for x in recording.of("BucketPublicAccessBlock")} == (
        {"slipway-artifacts-111111111111-eu-west-1"}
        if stack == "tooling"
        else {"access-logs", "ewelists-web", "planner-media", "planner-static", "planner-web"}
    )


@pytest.mark.parametrize("stack", ["tooling", "prod"])
def test_what_holds_data_is_protected(stack: str) -> None:
    recording = stacks.recorded(stack)

    assert {x.token.rpartition(":")[2] for x in recording.resources if x.protect} == (
        {"Bucket", "Key", "Repository", "Zone"}
        if stack == "tooling"
        else {
            "Bucket",
            "Instance",
            "Key",
            "LoadBalancer",
            "Queue",
            "ReplicationGroup",
            "Secret",
            "Table",
            "UserPool",
            "Vault",
            "Zone",
        }
    )
    for token, key, safe in PHYSICAL_PROTECTION:
        assert {x.inputs.get(key, safe) for x in recording.of(token)} <= {safe}


def test_peoples_accounts_are_protected_until_a_teardown() -> None:
    pools = [
        recording.one("aws:cognito/userPool:UserPool", "ewelists")
        for recording in (stacks.recorded("prod"), stacks.torn_down("prod"))
    ]

    assert [pool.inputs["deletionProtection"] for pool in pools] == ["ACTIVE", "INACTIVE"]


@pytest.mark.parametrize("stack", ["tooling", "prod"])
def test_a_teardown_lifts_every_protection_and_changes_nothing_else(stack: str) -> None:
    recording = stacks.torn_down(stack)

    assert [x.name for x in recording.resources if x.protect] == []
    for token, key, safe in PHYSICAL_PROTECTION:
        assert {x.inputs.get(key) for x in recording.of(token)} <= {not safe}
    assert {x.inputs["recoveryWindowInDays"] for x in recording.of("aws:secretsmanager/secret:Secret")} <= {0}
    assert {x.urn for x in recording.resources} == {x.urn for x in stacks.recorded(stack).resources}


PHYSICAL_PROTECTION = (
    ("aws:dynamodb/table:Table", "deletionProtectionEnabled", True),
    ("aws:ecr/repository:Repository", "forceDelete", False),
    ("aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection", True),
    ("aws:rds/instance:Instance", "deletionProtection", True),
    ("aws:route53/zone:Zone", "forceDestroy", False),
    ("aws:s3/bucket:Bucket", "forceDestroy", False),
)
"""Type, input, and its safe value."""


@each
def test_every_input_is_one_that_the_sdk_knows(stack: str) -> None:
    """Dictionaries are not checked by a type checker: a misspelt key would go to the provider as it stands."""
    unknown = [
        f"{resource.name}: {resource.token} {path}"
        for resource in stacks.recorded(stack).resources
        if resource.custom and not resource.token.startswith("pulumi:")
        for path in sdk_inputs.unknown(resource.token, resource.inputs)
    ]

    assert unknown == []


def test_an_input_that_the_sdk_does_not_know_is_found_at_any_depth() -> None:
    inputs = {
        "billingMode": "PAY_PER_REQUEST",
        "hash_key": "id",
        "pointInTimeRecovery": {"enabled": True, "recovery_period_in_days": 7},
        "attributes": [{"name": "id", "kind": "S"}],
    }

    assert sdk_inputs.unknown("aws:dynamodb/table:Table", inputs) == [
        "hash_key",
        "pointInTimeRecovery[0].recovery_period_in_days",
        "attributes[0].kind",
    ]


@environments
def test_public_subnets_hand_out_no_addresses_by_themselves(stack: str) -> None:
    assert {x.inputs["mapPublicIpOnLaunch"] for x in stacks.recorded(stack).of("aws:ec2/subnet:Subnet")} == {False}


@environments
def test_isolated_subnets_have_no_way_out(stack: str) -> None:
    recording = stacks.recorded(stack)

    tables = {x.inputs["routeTableId"] for x in recording.of("aws:ec2/route:Route")}

    assert not any("isolated" in table for table in tables)
    assert "network-public-id" in tables


def test_each_zone_of_prod_leaves_by_its_own_gateway() -> None:
    routes = {x.name: x.inputs for x in stacks.recorded("prod").of("aws:ec2/route:Route") if "natGatewayId" in x.inputs}

    assert {x["routeTableId"]: x["natGatewayId"] for x in routes.values()} == {
        f"network-private-{letter}-id": f"network-nat-{letter}-id" for letter in "abc"
    }


def test_two_zones_are_in_different_availability_zones() -> None:
    subnets = {x.name: x.inputs["availabilityZone"] for x in stacks.recorded("prod").of("aws:ec2/subnet:Subnet")}

    assert [subnets[f"network-public-{letter}"] for letter in "abc"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
