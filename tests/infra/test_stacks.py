"""The four stacks as wholes: what they are made of, and what they have in common."""

import copy
import re
from collections import Counter
from typing import Any

import pytest

from infra import program
from infra.systems import ROUTES
from interface import names
from interface.parameters import FOUNDATION_KEYS, foundation_parameter, system_prefix
from tests import cloud, fakes
from tests.infra import stacks

each = pytest.mark.parametrize("stack", stacks.STACKS)
environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)

ALLOWED_TYPES = {
    "acm": {"Certificate", "CertificateValidation"},
    "apigatewayv2": {
        "Api",
        "ApiMapping",
        "Authorizer",
        "DomainName",
        "Integration",
        "Route",
        "Stage",
        "VpcLink",
    },
    "appautoscaling": {"Policy", "Target"},
    "cloudfront": {
        "CachePolicy",
        "Distribution",
        "Function",
        "KeyGroup",
        "OriginAccessControl",
        "OriginRequestPolicy",
        "PublicKey",
        "ResponseHeadersPolicy",
    },
    "backup": {"Plan", "Selection", "Vault", "VaultLockConfiguration", "VaultPolicy"},
    "budgets": {"Budget"},
    "cloudwatch": {
        "CompositeAlarm",
        "Dashboard",
        "LogDelivery",
        "LogDeliveryDestination",
        "LogDeliverySource",
        "LogGroup",
        "MetricAlarm",
    },
    "cognito": {"UserPool", "UserPoolClient", "UserPoolDomain"},
    "dynamodb": {"Table"},
    "ec2": {
        "DefaultSecurityGroup",
        "Eip",
        "FlowLog",
        "InternetGateway",
        "NatGateway",
        "Route",
        "RouteTable",
        "RouteTableAssociation",
        "SecurityGroup",
        "Subnet",
        "Vpc",
        "VpcEndpoint",
    },
    "ecr": {"LifecyclePolicy", "Repository", "RepositoryPolicy"},
    "ecs": {"Cluster", "ClusterCapacityProviders", "Service", "TaskDefinition"},
    "elasticache": {"ParameterGroup", "ReplicationGroup", "SubnetGroup", "UserGroup", "UserGroupAssociation"},
    "iam": {"OpenIdConnectProvider", "Role", "RolePolicy"},
    "kms": {"Alias", "Key"},
    "lambda": {"Alias", "Function", "Invocation", "Permission"},
    "lb": {"Listener", "ListenerRule", "LoadBalancer", "TargetGroup"},
    "rds": {"Instance", "ParameterGroup", "Proxy", "ProxyDefaultTargetGroup", "ProxyTarget", "SubnetGroup"},
    "route53": {"HealthCheck", "Record", "Zone"},
    "s3": {
        "Bucket",
        "BucketCorsConfiguration",
        "BucketLifecycleConfiguration",
        "BucketNotification",
        "BucketOwnershipControls",
        "BucketPolicy",
        "BucketPublicAccessBlock",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
    },
    "scheduler": {"Schedule"},
    "secretsmanager": {"Secret"},
    "servicediscovery": {"PrivateDnsNamespace", "Service"},
    "sesv2": {
        "ConfigurationSet",
        "ConfigurationSetEventDestination",
        "EmailIdentity",
        "EmailIdentityMailFromAttributes",
    },
    "sns": {"Topic", "TopicPolicy", "TopicSubscription"},
    "sqs": {"Queue", "QueuePolicy", "RedriveAllowPolicy"},
    "ssm": {"Parameter"},
    "vpc": {"SecurityGroupEgressRule", "SecurityGroupIngressRule"},
}
"""Every AWS type in use: the embedded cloud's plugin has an entry, and the parity table a line, for each."""


READ = ("platform/deploy-steps", "ewelists/api", "ewelists/web", "planner/api", "planner/web", "platform/canary")
"""Zips that a stack which pins looks for, in the order in which it does."""


def keys(mapping: Any, path: str = "") -> set[str]:
    """Return every path of keys of a nested mapping."""
    if not isinstance(mapping, dict):
        return {path}
    return {path} | {found for name, value in mapping.items() for found in keys(value, f"{path}/{name}")}


@each
def test_every_stack_file_has_the_same_keys(stack: str) -> None:
    assert keys(stacks.committed(stack)) == keys(stacks.committed("prod"))


@each
def test_all_stack_files_agree_on_the_organisation(stack: str) -> None:
    organisation = "platform:organisation"

    assert stacks.committed(stack)[organisation] == stacks.committed("prod")[organisation]


@each
def test_every_setting_of_a_stack_file_has_its_explanation_in_all_of_them(stack: str) -> None:
    def comments(name: str) -> list[str]:
        lines = (stacks.REPOSITORY / f"Pulumi.{name}.yaml").read_text().splitlines()
        return [line.partition("# ")[2] for line in lines[lines.index("config:") :] if "# " in line]

    assert comments(stack) == comments("prod")


def test_how_many_resources_of_aws_each_stack_has() -> None:
    assert {stack: len(stacks.recorded(stack).aws()) for stack in stacks.STACKS} == {
        "tooling": 50,
        "dev": 606,
        "staging": 745,
        "prod": 745,
    }


def test_the_types_of_prod() -> None:
    counts = Counter(token.partition(":")[2] for token in stacks.recorded("prod").counts() if token.startswith("aws:"))

    assert len(stacks.recorded("prod").aws()) >= 100
    assert {x.rpartition(":")[2] for x in counts} >= {"Vpc", "Service", "Table", "MetricAlarm", "CertificateValidation"}
    assert stacks.recorded("prod").counts()["aws:ec2/natGateway:NatGateway"] == 3
    assert stacks.recorded("dev").counts()["aws:ec2/natGateway:NatGateway"] == 1
    assert stacks.recorded("prod").counts()["aws:ec2/subnet:Subnet"] == 9
    assert stacks.recorded("dev").counts()["aws:ec2/subnet:Subnet"] == 6


def test_staging_has_the_shape_of_prod() -> None:
    assert stacks.recorded("staging").counts() == stacks.recorded("prod").counts()


@each
def test_only_types_that_the_embedded_cloud_knows_are_used(stack: str) -> None:
    used = {
        (x.token.split("/")[0].removeprefix("aws:"), x.token.rpartition(":")[2]) for x in stacks.recorded(stack).aws()
    }

    assert {(service, name) for service, name in used if name not in ALLOWED_TYPES.get(service, ())} == set()


def test_no_type_is_listed_that_no_stack_uses() -> None:
    used = {x.token.rpartition(":")[2] for stack in stacks.STACKS for x in stacks.recorded(stack).aws()}

    assert used == {name for types in ALLOWED_TYPES.values() for name in types}


@each
def test_no_two_resources_of_a_stack_have_one_urn(stack: str) -> None:
    urns = [x.urn for x in stacks.recorded(stack).resources]

    assert sorted(urns) == sorted(set(urns))


@each
def test_every_resource_hangs_below_a_component_or_is_a_provider(stack: str) -> None:
    recording = stacks.recorded(stack)
    known = {x.urn for x in recording.resources if not x.custom}

    orphans = [x for x in recording.resources if x.custom and x.parent not in known]

    assert {x.token.rpartition(":")[0] for x in orphans} <= {"pulumi:providers"}


@each
def test_every_resource_is_handed_its_provider(stack: str) -> None:
    custom = [x for x in stacks.recorded(stack).resources if x.custom and not x.token.startswith("pulumi:")]

    assert [x.name for x in custom if not x.provider] == []


def test_the_same_configuration_registers_the_same_stack_again() -> None:
    stack = "prod"
    again = cloud.build(lambda: program.declare(stacks.settings(stack)), stack=stack)

    assert {x.urn: x.inputs for x in again.resources} == {x.urn: x.inputs for x in stacks.recorded(stack).resources}


@each
def test_the_provider_tags_everything_and_refuses_other_accounts(stack: str) -> None:
    provider = stacks.recorded(stack).one("pulumi:providers:aws", "aws")
    account = stacks.committed(stack)["platform:organisation"]["accounts"][stack]

    assert provider.inputs["allowedAccountIds"] == f'["{account}"]'
    assert provider.inputs["region"] == "eu-west-1"
    for tag in (f'"slipway:environment":"{stack}"', '"slipway:managed-by":"pulumi"', '"slipway:repository":'):
        assert tag in provider.inputs["defaultTags"].replace(" ", "")


@environments
def test_systems_and_foundation_are_what_an_environment_exports(stack: str) -> None:
    result = copy.deepcopy(stacks.recorded(stack).result)
    images = {
        f"{system}/{name}": x for system, parts in result["systems"].items() for name, x in parts["images"].items()
    }
    account = stacks.committed(stack)["platform:organisation"]["accounts"][stack]

    assert result["systems"]["counter"]["url"] == f"https://counter.{stack}.slipway.example"
    assert result["systems"]["anythingyouwantt"]["mailFrom"] == f"orders@{stack}.slipway.example"
    shipped = [service for service in names.artifacts() if not service.startswith("platform/")]
    assert {service: image["digest"] for service, image in images.items()} == dict.fromkeys(shipped, fakes.DIGEST)
    assert all(re.fullmatch("[0-9a-f]{20}", image["address"]) for image in images.values())
    shared = result["foundation"].pop("artifacts")
    assert {service: one["digest"] for service, one in shared.items()} == {
        "platform/canary": fakes.DIGEST,
        "platform/deploy-steps": fakes.DIGEST,
        "platform/collector": fakes.DIGEST,
    }
    assert {*shared, *images} == set(names.artifacts())
    assert result["foundation"] == {
        "account": account,
        "region": "eu-west-1",
        "domain": f"{stack}.slipway.example",
        "parameters": f"/slipway/{stack}/foundation",
    }


def test_tooling_exports_registries_and_name_servers() -> None:
    assert stacks.recorded("tooling").result == {
        "foundation": {
            "account": "111111111111",
            "region": "eu-west-1",
            "domain": "slipway.example",
            "name_servers": [f"ns-{n}.awsdns.example" for n in range(4)],
            "repositories": {
                service: f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/{service}" for service in names.images()
            },
            "artifacts": "slipway-artifacts-111111111111-eu-west-1",
        }
    }


@environments
def test_no_secret_is_exported(stack: str) -> None:
    assert fakes.PASSWORD not in str(stacks.recorded(stack).result)


@each
def test_no_password_is_an_input_that_is_not_marked_secret(stack: str) -> None:
    shown = [
        (x.name, name)
        for x in stacks.recorded(stack).resources
        for name, value in x.inputs.items()
        if fakes.PASSWORD in str(value) and name not in x.secrets
    ]

    assert shown == []


@each
def test_no_stack_reads_another_stacks_state(stack: str) -> None:
    assert stacks.recorded(stack).of("pulumi:pulumi:StackReference") == []


def test_only_the_systems_that_a_stack_carries_are_built() -> None:
    settings = stacks.settings("staging", stack__systems=["counter"])

    recording = cloud.build(lambda: program.declare(settings), stack="staging")

    assert set(recording.result["systems"]) == {"counter"}
    assert {x.name for x in recording.of("TaskDefinition")} == {"counter-backend", "counter-frontend"}
    assert {x.inputs["priority"] for x in recording.of("ListenerRule")} == {10, 20}


def test_two_services_one_table_one_host_are_the_counter() -> None:
    recording = stacks.recorded("dev")

    services = [x.name for x in recording.of("platform:workloads:ContainerService")]
    assert [name for name in services if name.startswith("counter-")] == ["counter-backend", "counter-frontend"]
    assert [x.name for x in recording.of("platform:data:Table")] == ["counter", "ewelists"]
    aliases = [x.inputs for x in recording.of("aws:route53/record:Record") if "aliases" in x.inputs]
    assert {(x["name"].partition(".")[0], x["type"], x["aliases"][0]["evaluateTargetHealth"]) for x in aliases} == {
        ("anythingyouwantt", "A", True),
        ("counter", "A", True),
        *(
            (host, kind, False)
            for host in ("ewelists", "ewelists-api", "market", "planner", "planner-api")
            for kind in ("A", "AAAA")
        ),
    }


def test_the_counters_services_are_told_what_they_need() -> None:
    definitions = {x.name: x.inputs["containerDefinitions"] for x in stacks.recorded("dev").of("TaskDefinition")}

    assert '{"name": "COUNTER_TABLE", "value": "counter"}' in definitions["counter-backend"]
    assert '{"name": "COUNTER_STORE", "value": "dynamodb"}' in definitions["counter-backend"]
    assert '{"name": "COUNTER_PREFIX", "value": "/api"}' in definitions["counter-backend"]
    assert '"environment": [{"name": "COUNTER_API_BASE", "value": "/api"}]' in definitions["counter-frontend"]


def test_dev_builds_and_prod_takes_what_is_pinned() -> None:
    assert stacks.recorded("dev").counts()["docker-build:index:Image"] == len(names.images())
    assert stacks.recorded("prod").counts()["docker-build:index:Image"] == 0
    asked = [call for call in stacks.recorded("prod").calls if call[0].startswith("docker:")]
    assert sorted(asked, key=lambda call: str(call[1]["name"])) == [
        (
            "docker:index/getRegistryImage:getRegistryImage",
            {"name": f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/{service}:{stacks.RELEASE[:20]}"},
        )
        for service in sorted(names.images())
    ]
    assert [call for call in stacks.recorded("prod").calls if call[0].startswith("aws:s3/")] == [
        (
            "aws:s3/getObject:getObject",
            {
                "bucket": "slipway-artifacts-111111111111-eu-west-1",
                "key": f"{service}/{stacks.RELEASE[:20]}.zip",
            },
        )
        for service in READ
    ]
    assert [call for call in stacks.recorded("dev").calls if call[0].startswith("aws:s3/")] == []


@environments
def test_a_service_runs_the_size_that_its_stack_file_says(stack: str) -> None:
    recording = stacks.recorded(stack)

    for service, size in stacks.committed(stack)["platform:workloads"]["services"].items():
        name = service.replace("/", "-")
        task = recording.one("TaskDefinition", name).inputs
        target = recording.one("aws:appautoscaling/target:Target", name).inputs
        assert (task["cpu"], task["memory"]) == (str(size["cpu"]), str(size["memory"]))
        assert (target["minCapacity"], target["maxCapacity"]) == (size["min_tasks"], size["max_tasks"])


@environments
def test_trap_15_what_a_preview_needs_is_published_as_parameters(stack: str) -> None:
    found = {x.inputs["name"]: x for x in stacks.recorded(stack).of("aws:ssm/parameter:Parameter")}

    facts = {name for name in found if "/foundation/" not in name}
    assert facts == {
        f"{system_prefix(stack, 'ewelists')}/table",
        *(f"{system_prefix(stack, system)}/user-pool-id" for system in ("ewelists", "planner")),
    }
    assert set(found) - facts == {foundation_parameter(stack, key) for key in FOUNDATION_KEYS}
    assert all(x.inputs["type"] == "String" for x in found.values())


def test_every_route_is_one_rule_of_a_service() -> None:
    rules = {x.name for x in stacks.recorded("dev").of("ListenerRule")}

    assert rules == {f"public-{route}" for route in ROUTES}
