"""Every IAM policy of the four stacks: linted, and the calls of each role compared exactly.

What it does not prove: how AWS evaluates conditions. Who may do what is read from the documents, not asked of AWS.
"""

import json
import re
from functools import cache
from typing import Any

import pulumi
import pytest

from infra.core.policies import Principal, Statement, deny_plain_http, document
from interface import names
from tests import cloud
from tests.infra import documents, stacks
from tests.infra.documents import IDENTITY, RESOURCE, TRUST, Found

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
USE_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
WRITE_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]

READ_SECRET = ["secretsmanager:GetSecretValue", *USE_KEY]
START = {"ecr:GetAuthorizationToken", *PULL, *WRITE_LOGS}
REWRITE = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
TRACE = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
MANAGE = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
]
IN_NETWORK = [
    *WRITE_LOGS,
    *TRACE,
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
]
CONSUME = {"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
SEND = ["sqs:GetQueueAttributes", "sqs:SendMessage"]

ENVIRONMENT_ROLES: dict[str, set[str]] = {
    **{f"{service.replace('/', '-')}-execution": START for service in names.services()},
    "anythingyouwantt-frontend-task": set(),
    "anythingyouwantt-mail-service-task": {*READ_SECRET, *CONSUME, "cloudwatch:PutMetricData", "ses:SendEmail"},
    "anythingyouwantt-rest-api-task": set(READ_SECRET),
    "collector-execution": START,
    "collector-task": {*WRITE_LOGS, "xray:PutTelemetryRecords", "xray:PutTraceSegments"},
    "canary-caller": {"lambda:InvokeFunction"},
    "counter-backend-task": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", *USE_KEY},
    "counter-frontend-task": set(),
    "deploy-steps": {
        *READ_SECRET,
        *REWRITE,
        *WRITE_LOGS,
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ecs:DescribeTasks",
        "ecs:RunTask",
        "ecs:StopTask",
        "elasticache:CreateUser",
        "elasticache:DeleteUser",
        "elasticache:DescribeUsers",
        "elasticache:ModifyUser",
        "iam:PassRole",
        "kms:GenerateDataKeyPair",
        "logs:GetLogEvents",
        "secretsmanager:PutSecretValue",
    },
    "ewelists-api": {
        *MANAGE,
        *USE_KEY,
        *WRITE_LOGS,
        *TRACE,
        "cognito-idp:AdminDeleteUser",
        "cognito-idp:AdminGetUser",
        "ses:SendEmail",
    },
    "ewelists-sign-up": {"dynamodb:PutItem", *USE_KEY, *WRITE_LOGS, *TRACE},
    "market-activity-task": {*READ_SECRET, *CONSUME, "cloudwatch:PutMetricData"},
    "market-client-task": set(),
    "market-market-api-task": {*READ_SECRET, *SEND},
    "market-tasks-api-task": {*READ_SECRET, *SEND},
    "network-flow": set(WRITE_LOGS),
    "planner-api": {*IN_NETWORK, *READ_SECRET, "s3:DeleteObject", "s3:PutObject"},
    "platform-canary": {*WRITE_LOGS, *TRACE},
    "planner-migrate": {*IN_NETWORK, *READ_SECRET, "s3:ListBucket", "s3:PutObject"},
    "planner-scan": {*IN_NETWORK, *READ_SECRET, *REWRITE, *SEND},
}
MONITORED_ROLES = {
    "database-monitoring": {
        *WRITE_LOGS,
        "logs:CreateLogGroup",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutRetentionPolicy",
    }
}
"""Where the stack file asks for the operating system's figures."""
COPIED_ROLES = {
    "nightly": {
        *USE_KEY,
        "backup:CopyIntoBackupVault",
        "backup:DescribeBackupVault",
        "dynamodb:DescribeTable",
        "dynamodb:ListTagsOfResource",
        "dynamodb:StartAwsBackupJob",
        "tag:GetResources",
    },
}
"""Where the stack file asks for nightly copies."""
TOOLING_ROLES = {
    f"{environment}-delegation": {
        "route53:ChangeResourceRecordSets",
        "route53:GetChange",
        "route53:GetHostedZone",
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
    }
    for environment in stacks.ENVIRONMENTS
} | {f"deploy-{environment}": {"sts:AssumeRole"} for environment in stacks.ENVIRONMENTS}

WITHOUT_RESOURCE = {
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ecr:GetAuthorizationToken",
    "route53:ListHostedZones",
    "tag:GetResources",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Calls for which AWS knows no resource but `*`, or advises none."""
INLINE_LIMIT = 10_240
"""Characters of all inline policies of a role together."""
NO_ACCOUNT_SENT = {"lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"}
"""Services that take a role without saying for which account; it must be one of the role's own anyway."""

TEMPLATES = {
    "RolePolicy": ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}),
    "Role": ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
    "Key": ("AWS::KMS::Key", "KeyPolicy", {}),
    "VaultPolicy": ("AWS::Backup::BackupVault", "AccessPolicy", {"BackupVaultName": "vault"}),
    "RepositoryPolicy": ("AWS::ECR::Repository", "RepositoryPolicyText", {}),
    "BucketPolicy": ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "bucket-{number}"}),
    "QueuePolicy": ("AWS::SQS::QueuePolicy", "PolicyDocument", {"Queues": ["https://sqs.example/1/x"]}),
    "TopicPolicy": ("AWS::SNS::TopicPolicy", "PolicyDocument", {"Topics": ["arn:aws:sns:eu-west-1:111111111111:x"]}),
}
"""How cfn-lint wants to see each kind of document: type, property, what else the type needs."""

NOT_ABOUT_POLICIES = {"I3011"}  # deletion policies, which only CloudFormation has


def lint(policies: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return what cfn-lint says of documents, each given with the last part of its resource's type."""
    from cfnlint.api import lint_all  # takes seconds, and only two tests need it

    resources = {}
    for number, (kind, policy) in enumerate(policies):
        type_, name, more = TEMPLATES[kind]
        filled = {key: value.format(number=number) if isinstance(value, str) else value for key, value in more.items()}
        resources[f"Policy{number}"] = {"Type": type_, "Properties": {**filled, name: policy}}
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, indent=1)
    return [f"{x.rule.id} {x.message}" for x in lint_all(template) if x.rule.id not in NOT_ABOUT_POLICIES]


@cache
def found(kind: str) -> list[Found]:
    return list(documents.of({"identity": IDENTITY, "trust": TRUST, "resource": RESOURCE}[kind]))


def roles(stack: str) -> dict[str, set[str]]:
    """Return what each role of a stack may call, by the role's logical name."""
    recording = stacks.recorded(stack)
    allowed: dict[str, set[str]] = {x.name: set() for x in recording.of("aws:iam/role:Role")}
    for policy in found("identity"):
        if policy.stack == stack:
            role = policy.resource.inputs["role"].removesuffix("-id")
            allowed[role] |= {action for x in policy.statements() for action in x["Action"] if x["Effect"] == "Allow"}
    return allowed


def test_the_environments_policies_differ_in_names_and_numbers_only() -> None:
    def shapes(stack: str) -> list[str]:
        policies = [x for kind in ("identity", "trust", "resource") for x in found(kind) if x.stack == stack]
        return sorted(re.sub(rf"[0-9]{{12}}|{stack}", "…", json.dumps(x.document)) for x in policies)

    assert shapes("staging") == shapes("prod")
    assert set(shapes("dev")) < set(shapes("prod"))


@pytest.mark.parametrize("stack", stacks.STACKS)
def test_what_is_allowed_to_a_role_fits_with_room_for_the_random_parts_of_names(stack: str) -> None:
    sizes: dict[str, int] = {}
    for policy in found("identity"):
        if policy.stack == stack:
            role = policy.resource.inputs["role"]
            sizes[role] = sizes.get(role, 0) + len(json.dumps(policy.document, separators=(",", ":")))

    assert max(sizes.values()) < 0.75 * INLINE_LIMIT


@pytest.mark.slow
def test_every_policy_passes_the_linter() -> None:
    """Dev and staging have the shape of prod, as the test above says."""
    policies = [
        (policy.resource.token.rpartition(":")[2], policy.document)
        for kind in ("identity", "trust", "resource")
        for policy in found(kind)
        if policy.stack in ("tooling", "prod")
    ]

    assert len(policies) == 164
    assert lint(policies) == []


@pytest.mark.slow
def test_the_linter_sees_wrong_actions_resources_and_effects() -> None:
    def policy(**changes: Any) -> dict[str, Any]:
        statement = {"Sid": "X", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"} | changes
        return {"Version": "2012-10-17", "Statement": [statement]}

    said = lint(
        [
            ("RolePolicy", policy(Action="dynamodb:GetItems")),
            ("RolePolicy", policy(Resource="arn:aws:s3:::bucket")),
            ("RolePolicy", policy(Effect="Permit")),
        ]
    )

    assert [line.split()[0] for line in said] == ["W3037", "I3510", "E3510"]


def test_the_roles_of_tooling_may_call_exactly_this() -> None:
    assert roles("tooling") == TOOLING_ROLES


@pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)
def test_the_roles_of_an_environment_may_call_exactly_this(stack: str) -> None:
    database = stacks.committed(stack)["platform:database"]
    monitored = MONITORED_ROLES if database["monitoring_interval_seconds"] > 0 else {}
    proxied = {"database-planner-proxy": set(READ_SECRET)} if database["proxy"] else {}

    more = {**monitored, **proxied, **({} if stack == "dev" else COPIED_ROLES)}
    assert roles(stack) == {**ENVIRONMENT_ROLES, **more}


def test_the_backend_may_use_its_own_table_and_the_key_only_through_it() -> None:
    [policy] = [x for x in found("identity") if x.title == "dev RolePolicy counter-backend-task-counter-read-write"]
    items, key = policy.statements()

    assert items["Resource"] == ["arn:aws:dynamodb:eu-west-1:222222222222:table/counter"]
    assert key["Resource"] == ["arn:aws:kms:eu-west-1:222222222222:key/key"]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}}


@pytest.mark.parametrize("service", names.services())
def test_a_service_can_pull_its_own_image_and_write_its_own_log(service: str) -> None:
    plain = service.replace("/", "-")
    name = f"{plain}-execution"
    policies = {x.resource.name: x.statements() for x in found("identity") if x.stack == "prod"}

    assert policies[f"{name}-pull"][1]["Resource"] == [
        f"arn:aws:ecr:eu-west-1:111111111111:repository/{names.IMAGE_OF.get(service, service)}"
    ]
    assert policies[f"{name}-logs"][0]["Resource"] == [f"arn:aws:logs:eu-west-1:222222222222:log-group:{plain}:*"]


def test_an_environment_may_change_its_own_ns_record_and_no_other() -> None:
    [policy] = [x for x in found("identity") if x.title == "tooling RolePolicy staging-delegation-zone"]
    change = policy.statements()[0]

    assert change["Resource"] == ["arn:aws:route53:::hostedzone/Z0ZONE"]
    assert change["Condition"] == {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["staging.slipway.example"],
            "route53:ChangeResourceRecordSetsRecordTypes": ["NS"],
        }
    }


def test_a_deploy_role_goes_on_to_its_own_account_and_nowhere_else() -> None:
    accounts = stacks.committed("prod")["platform:organisation"]["accounts"]
    targets = {
        x.resource.name: x.statements()[0]["Resource"] for x in found("identity") if x.resource.name.endswith("-deploy")
    }

    assert targets == {
        f"deploy-{environment}-deploy": [f"arn:aws:iam::{accounts[environment]}:role/slipway-deploy"]
        for environment in stacks.ENVIRONMENTS
    }


@pytest.mark.parametrize("environment", stacks.ENVIRONMENTS)
def test_only_workflows_of_the_repository_in_the_right_environment_deploy(environment: str) -> None:
    [trust] = [x for x in found("trust") if x.title == f"tooling Role deploy-{environment}"]

    assert trust.statements()[0]["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": f"repo:slipway-platform/slipway:environment:{environment}",
    }


def test_no_permission_is_for_everything() -> None:
    wide = [
        (policy.title, action)
        for policy in found("identity")
        for statement in policy.statements()
        for action in statement["Action"]
        if statement["Effect"] == "Allow" and "*" in statement["Resource"] and action not in WITHOUT_RESOURCE
    ]

    assert wide == []


def test_no_role_may_call_a_whole_service() -> None:
    whole = [(x.title, a) for x in found("identity") for s in x.statements() for a in s["Action"] if a.endswith(":*")]

    assert whole == []


def test_nobody_from_everywhere_is_allowed_anything() -> None:
    open_ = [
        policy.title
        for kind in ("trust", "resource")
        for policy in found(kind)
        for statement in policy.statements()
        if statement["Effect"] == "Allow" and "*" in str(statement["Principal"])
    ]

    assert open_ == []


def _names_an_account(condition: dict[str, Any]) -> bool:
    source = documents.many(condition.get("aws:SourceArn", []))
    return bool(
        {"aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"} & set(condition)
        or (source and all(re.search(r":\d{12}:", arn) for arn in source))
    )


def test_a_service_of_aws_is_trusted_on_behalf_of_the_account_only() -> None:
    loose = [
        policy.title
        for kind in ("trust", "resource")
        for policy in found(kind)
        for statement in policy.statements()
        if "Service" in statement["Principal"]
        and not NO_ACCOUNT_SENT & set(documents.many(statement["Principal"]["Service"]))
        and not any(map(_names_an_account, statement.get("Condition", {}).values()))
    ]

    assert loose == []


def test_trap_11_environments_pull_from_the_registry_and_builders_push() -> None:
    accounts = stacks.committed("prod")["platform:organisation"]["accounts"]
    policies = [x.statements() for x in found("resource") if x.resource.token.endswith("RepositoryPolicy")]

    assert len(policies) == len(names.images())
    for pull, push in policies:
        assert pull["Principal"] == {"AWS": [f"arn:aws:iam::{accounts[x]}:root" for x in ("dev", "prod", "staging")]}
        assert push["Principal"] == {"AWS": f"arn:aws:iam::{accounts['dev']}:root"}
        assert push["Action"] == [
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ]


def test_trap_11_environments_read_zips_and_builders_write_them() -> None:
    accounts = stacks.committed("prod")["platform:organisation"]["accounts"]
    everybody = {"AWS": [f"arn:aws:iam::{accounts[x]}:root" for x in ("dev", "prod", "staging")]}
    builder = {"AWS": f"arn:aws:iam::{accounts['dev']}:root"}
    [bucket] = [x.statements() for x in found("resource") if x.title == "tooling BucketPolicy artifacts-policy"]
    [key] = [x.statements() for x in found("resource") if x.title == "tooling Key key"]

    assert [(x["Sid"], x["Principal"], x["Action"]) for x in bucket[:-1]] == [
        ("Read", everybody, ["s3:GetObject"]),
        ("Find", everybody, ["s3:ListBucket"]),
        ("Write", builder, ["s3:PutObject"]),
    ]
    assert [(x["Sid"], x["Principal"], x["Action"], x["Condition"]) for x in key[-2:]] == [
        ("Readers", everybody, ["kms:Decrypt"], {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
        (
            "Writers",
            builder,
            ["kms:GenerateDataKey*"],
            {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
        ),
    ]


def test_the_mail_service_sends_from_one_address() -> None:
    [policy] = [
        x for x in found("identity") if x.title == "dev RolePolicy anythingyouwantt-mail-service-task-mail-send"
    ]

    [send] = policy.statements()
    assert send["Condition"] == {"StringEquals": {"ses:FromAddress": "orders@dev.slipway.example"}}
    assert send["Resource"] == [
        "arn:aws:ses:eu-west-1:222222222222:identity/mail",
        "arn:aws:ses:eu-west-1:222222222222:configuration-set/mail",
    ]


def test_a_service_reads_its_own_secrets_and_no_others() -> None:
    secrets = {
        policy.resource.inputs["role"].removesuffix("-task-id"): set()
        for policy in found("identity")
        if policy.resource.inputs["role"].endswith("-task-id")
    }
    for policy in found("identity"):
        for statement in policy.statements():
            if policy.stack == "prod" and statement["Sid"] == "ReadSecret":
                role = policy.resource.inputs["role"].removesuffix("-task-id")
                secrets.setdefault(role, set()).update(x.rpartition(":")[2] for x in statement["Resource"])

    assert {role: found for role, found in secrets.items() if found} == {
        "anythingyouwantt-mail-service": {"database-anythingyouwantt-mail", "queue-anythingyouwantt"},
        "anythingyouwantt-rest-api": {"database-anythingyouwantt", "queue-anythingyouwantt"},
        "database-planner-proxy-id": {"database-planner"},
        "deploy-steps-id": {"rds-master"},
        "market-activity": {"cache-market", "database-market-tasks"},
        "market-market-api": {"cache-market", "database-market-items", "market-tokens"},
        "market-tasks-api": {"cache-market", "database-market-tasks"},
        "planner-api-id": {"database-planner", "planner-media", "planner-sessions"},
        "planner-migrate-id": {"database-planner"},
        "planner-scan-id": {"database-planner"},
    }


def test_a_statement_that_allows_every_action_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="statement All allows every action; name those that are needed"):
        Statement(sid="All", actions=("*",), resources=("*",))


@pytest.mark.parametrize("sid", ["", "with space", "with-hyphen"])
def test_a_sid_that_aws_refuses_is_refused(sid: str) -> None:
    with pytest.raises(ValueError, match="sid must be letters and digits"):
        Statement(sid=sid, actions=("s3:GetObject",))


def test_two_statements_of_one_policy_have_different_sids() -> None:
    one = Statement(sid="Same", actions=("s3:GetObject",))

    with pytest.raises(ValueError, match="two statements of one policy have the same sid: Same, Same"):
        document(one, one)


def test_a_document_is_written_as_aws_writes_it() -> None:
    statement = Statement(
        sid="Read",
        principal=Principal.accounts("111111111111", "222222222222"),
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::b/*",),
        condition={"Bool": {"aws:SecureTransport": "true"}},
    )

    written = cloud.build(lambda: {"policy": document(statement)}).result["policy"]

    assert json.loads(written) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Principal": {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]},
                "Resource": "arn:aws:s3:::b/*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            }
        ],
    }


def test_buckets_refuse_plain_http() -> None:
    def make() -> dict[str, Any]:
        return {"policy": document(deny_plain_http(pulumi.Output.from_input("arn:aws:s3:::b")))}

    [statement] = json.loads(cloud.build(make).result["policy"])["Statement"]

    assert statement["Sid"] == "DenyPlainHttp"
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", {"AWS": "*"}, "s3:*")
    assert statement["Resource"] == ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
