"""What an emulator does not tell: rules of real AWS, on the inputs that the stacks register.

The numbers stand for: 1 a way out without NAT (in test_config) · 2 access logs · 3 rule priorities · 4 order on the way
down, names of target groups · 5 who owns the number of tasks · 6 draining and keep-alive · 7 one architecture · 8 one
deployer · 10 images that are pinned · 11 other accounts' access (in test_policies) · 12 delegation before validation ·
14 one wildcard · 15 what previews need (in test_stacks) · 16 names made by Pulumi · 16 to 30 what holds
data, and who works on it (in test_data_traps and test_stores).
"""

import json
import re

import pytest
import yaml

from infra import program
from infra.components import container_service, task
from infra.components.load_balancer import RULE_LIMIT, LoadBalancerArgs
from interface import names
from tests import cloud
from tests.infra import stacks

environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)
each = pytest.mark.parametrize("stack", stacks.STACKS)

NAME_LIMITS = {
    "aws:cloudfront/function:Function": 64,
    "aws:cloudfront/originAccessControl:OriginAccessControl": 64,
    "aws:elasticache/replicationGroup:ReplicationGroup": 40,
    "aws:lambda/function:Function": 64,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:iam/role:Role": 64,
    "aws:s3/bucket:Bucket": 63,
}
"""Types whose names AWS keeps shorter than the longest that the pattern could make."""

NAMED_BY_HAND = {
    "aws:apigatewayv2/stage:Stage",
    "aws:ecr/repository:Repository",
    "aws:iam/role:Role",
    "aws:kms/alias:Alias",
    "aws:lambda/alias:Alias",
    "aws:route53/record:Record",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    "aws:servicediscovery/service:Service",
    "aws:ssm/parameter:Parameter",
}
"""Types that others look up by a name known beforehand; everything else gets a random part."""


def pattern(token: str) -> str:
    """Return the autonaming pattern of a type, from Pulumi.yaml."""
    naming = yaml.safe_load((stacks.REPOSITORY / "Pulumi.yaml").read_text())["config"]["pulumi:autonaming"]["value"]
    return naming["providers"]["aws"]["resources"].get(token, naming)["pattern"]


def physical(token: str, name: str, stack: str) -> str:
    """Return how long a physical name of a type comes out, with noughts for the random part."""
    text = pattern(token).replace("${project}", cloud.PROJECT).replace("${stack}", stack).replace("${name}", name)
    return re.sub(r"\$\{hex\((\d+)\)\}", lambda match: "0" * int(match[1]), text)


@environments
def test_trap_02_load_balancer_logs_are_encrypted_by_s3_itself(stack: str) -> None:
    encryption = stacks.recorded(stack).one("BucketServerSideEncryptionConfiguration", "access-logs-encryption")

    assert encryption.inputs["rules"] == [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]


@environments
def test_trap_02_log_delivery_is_allowed_before_logging_is_switched_on(stack: str) -> None:
    recording = stacks.recorded(stack)
    balancer = recording.one("aws:lb/loadBalancer:LoadBalancer")
    policy = recording.one("BucketPolicy", "access-logs-policy")
    account = stacks.committed(stack)["platform:organisation"]["accounts"][stack]
    [delivery] = [x for x in json.loads(policy.inputs["policy"])["Statement"] if x["Sid"] == "LoadBalancerLogs"]

    assert policy.urn in balancer.request.propertyDependencies["accessLogs"].urns
    assert balancer.inputs["accessLogs"] == {"bucket": "access-logs", "prefix": "alb", "enabled": True}
    assert delivery["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert delivery["Resource"] == f"arn:aws:s3:::access-logs/alb/AWSLogs/{account}/*"


@environments
def test_trap_03_priorities_come_from_the_stable_list(stack: str) -> None:
    rules = {x.name: x.inputs["priority"] for x in stacks.recorded(stack).of("ListenerRule")}

    assert rules == {
        "public-counter-backend": 10,
        "public-counter-frontend": 20,
        "public-anythingyouwantt-rest-api": 30,
        "public-anythingyouwantt-frontend": 40,
        "public-market-tasks-api": 50,
        "public-market-tasks-api-pages": 60,
        "public-market-tasks-api-contract": 70,
        "public-market-market-api": 80,
        "public-market-market-api-items": 90,
        "public-market-client": 100,
    }


def test_trap_03_the_apis_paths_are_looked_at_before_the_pages() -> None:
    paths = {
        x.name: [value for y in x.inputs["conditions"] for value in y.get("pathPattern", {}).get("values", [])]
        for x in stacks.recorded("prod").of("ListenerRule")
    }

    assert paths == {
        "public-counter-backend": ["/api", "/api/*"],
        "public-counter-frontend": ["/*"],
        "public-anythingyouwantt-rest-api": ["/api", "/api/*"],
        "public-anythingyouwantt-frontend": ["/*"],
        "public-market-tasks-api": ["/v1/tasks*", "/v1/activity*"],
        "public-market-tasks-api-pages": ["/tasks", "/docs*", "/redoc"],
        "public-market-tasks-api-contract": ["/openapi.json"],
        "public-market-market-api": ["/v1/users*", "/v1/sessions*"],
        "public-market-market-api-items": ["/v1/items*", "/v1/openapi.json", "/.well-known/*"],
        "public-market-client": ["/*"],
    }


def test_trap_03_a_rule_has_at_most_five_values() -> None:
    for rule in stacks.recorded("prod").of("ListenerRule"):
        values = [value for x in rule.inputs["conditions"] for y in x.values() for value in y["values"]]
        assert len(values) <= 5


def test_trap_03_more_rules_than_a_load_balancer_has_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 100 rules, got 101"):
        LoadBalancerArgs(network=None, certificate=None, logs=None, routes=tuple(map(str, range(RULE_LIMIT + 1))))


def test_trap_03_two_routes_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes have the same name: one, one"):
        LoadBalancerArgs(network=None, certificate=None, logs=None, routes=("one", "one"))


@environments
def test_trap_04_a_service_depends_on_its_rule_and_its_policies(stack: str) -> None:
    recording = stacks.recorded(stack)
    called = {x.urn: x.name for x in recording.resources}
    backend = recording.one("aws:ecs/service:Service", "counter-backend")

    assert {called[urn] for urn in backend.depends_on} >= {
        "public-counter-backend",
        "public-to-counter-backend",
        "counter-backend-execution-pull",
        "counter-backend-execution-logs",
        "counter-backend-task-counter-read-write",
        "cluster-capacity",
    }


@environments
def test_trap_04_target_groups_are_made_anew_before_the_old_ones_go(stack: str) -> None:
    for group in stacks.recorded(stack).of("TargetGroup"):
        assert "name" not in group.inputs
        assert not group.request.deleteBeforeReplace


def test_trap_04_names_that_aws_keeps_short_are_short_enough_and_have_a_random_part() -> None:
    for token, limit in NAME_LIMITS.items():
        assert "${hex(" in pattern(token)
        for stack in stacks.STACKS:
            for resource in stacks.recorded(stack).of(token):
                assert len(physical(token, resource.name, stack)) <= limit


@environments
def test_trap_05_the_number_of_tasks_is_scalings_own(stack: str) -> None:
    services = stacks.recorded(stack).of("aws:ecs/service:Service")

    assert [x.ignore_changes for x in services] == [("desiredCount",)] * len((*names.services(), names.COLLECTOR))


@environments
def test_trap_06_draining_ends_before_a_task_is_killed(stack: str) -> None:
    recording = stacks.recorded(stack)
    tasks = [json.loads(x.inputs["containerDefinitions"])[0]["stopTimeout"] for x in recording.of("TaskDefinition")]
    groups = [x.inputs["deregistrationDelay"] for x in recording.of("TargetGroup")]

    assert set(tasks) == {30}
    assert set(groups) == {20}
    assert container_service.DEREGISTRATION_DELAY_SECONDS < task.STOP_TIMEOUT_SECONDS


@environments
def test_trap_06_idle_connections_are_the_load_balancers_to_close(stack: str) -> None:
    assert stacks.recorded(stack).one("aws:lb/loadBalancer:LoadBalancer").inputs["idleTimeout"] <= 60


@pytest.mark.parametrize(
    ("architecture", "cpu", "platform"), [("x86_64", "X86_64", "linux/amd64"), ("arm64", "ARM64", "linux/arm64")]
)
def test_trap_07_images_and_tasks_are_of_one_architecture(architecture: str, cpu: str, platform: str) -> None:
    settings = stacks.settings("dev", workloads__architecture=architecture)

    recording = cloud.build(lambda: program.declare(settings))

    assert {x.inputs["runtimePlatform"]["cpuArchitecture"] for x in recording.of("TaskDefinition")} == {cpu}
    assert [x.inputs["platforms"] for x in recording.of("docker-build:index:Image")] == [[platform]] * len(
        names.images()
    )


@environments
def test_trap_08_ecs_rolls_and_rolls_back_by_itself(stack: str) -> None:
    for service in stacks.recorded(stack).of("aws:ecs/service:Service"):
        assert service.inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}
        assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert service.inputs["deploymentMinimumHealthyPercent"] == 100
        assert service.inputs["waitForSteadyState"] is True
        assert "deploymentController" not in service.inputs


def test_trap_10_no_image_with_an_address_ever_expires() -> None:
    policies = stacks.recorded("tooling").of("LifecyclePolicy")

    assert len(policies) == len(names.images())
    for policy in policies:
        rules = json.loads(policy.inputs["policy"])["rules"]
        assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged"]


def test_trap_10_tags_never_move() -> None:
    repositories = stacks.recorded("tooling").of("aws:ecr/repository:Repository")

    assert [x.inputs["imageTagMutability"] for x in repositories] == ["IMMUTABLE"] * len(names.images())


@environments
def test_trap_12_the_root_zone_is_written_by_a_role_in_the_tooling_account(stack: str) -> None:
    recording = stacks.recorded(stack)
    provider = recording.one("pulumi:providers:aws", "aws-delegation")
    record = recording.one("aws:route53/record:Record", "zone-delegation")

    assert f"arn:aws:iam::111111111111:role/{stack}-delegation" in provider.inputs["assumeRoles"]
    assert provider.inputs["allowedAccountIds"] == '["111111111111"]'
    assert record.provider.startswith(provider.urn)
    assert (record.inputs["zoneId"], record.inputs["type"]) == ("Z0ROOT", "NS")


@environments
def test_trap_12_a_certificate_waits_for_the_delegation_of_its_zone(stack: str) -> None:
    recording = stacks.recorded(stack)
    validation = recording.one("CertificateValidation", "certificate-validated")
    listener = recording.one("aws:lb/listener:Listener", "public-https")

    assert recording.one("aws:route53/record:Record", "zone-delegation").urn in validation.depends_on
    assert validation.urn in listener.request.propertyDependencies["certificateArn"].urns


@environments
def test_trap_14_one_wildcard_covers_the_hosts_of_systems_and_previews(stack: str) -> None:
    certificate = stacks.recorded(stack).one("aws:acm/certificate:Certificate", "certificate")

    assert certificate.inputs["domainName"] == f"{stack}.slipway.example"
    assert certificate.inputs["subjectAlternativeNames"] == [f"*.{stack}.slipway.example"]


@each
def test_trap_16_physical_names_are_made_by_pulumi(stack: str) -> None:
    named = {
        x.token
        for x in stacks.recorded(stack).aws()
        for key in ("name", "bucket")
        if key in x.inputs and not is_reference(x, key)
    }

    assert named <= NAMED_BY_HAND


def is_reference(resource: cloud.Registered, key: str) -> bool:
    """Say whether an input is another resource's output rather than a name given by hand."""
    return bool(resource.request.propertyDependencies[key].urns)
