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
from tests import cloud
from tests.infra import documents, stacks
from tests.infra.documents import IDENTITY, RESOURCE, TRUST, Found

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
USE_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
WRITE_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]

ENVIRONMENT_ROLES = {
    "counter-backend-execution": {"ecr:GetAuthorizationToken", *PULL, *WRITE_LOGS},
    "counter-backend-task": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", *USE_KEY},
    "counter-frontend-execution": {"ecr:GetAuthorizationToken", *PULL, *WRITE_LOGS},
    "network-flow": set(WRITE_LOGS),
}
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

WITHOUT_RESOURCE = {"ecr:GetAuthorizationToken", "route53:ListHostedZones"}
"""Calls for which AWS knows no resource but `*`."""

TEMPLATES = {
    "RolePolicy": ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}),
    "Role": ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
    "Key": ("AWS::KMS::Key", "KeyPolicy", {}),
    "RepositoryPolicy": ("AWS::ECR::Repository", "RepositoryPolicyText", {}),
    "BucketPolicy": ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "bucket-{number}"}),
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


@pytest.mark.slow
def test_every_policy_passes_the_linter() -> None:
    """Dev and staging have the shape of prod, as the test above says."""
    policies = [
        (policy.resource.token.rpartition(":")[2], policy.document)
        for kind in ("identity", "trust", "resource")
        for policy in found(kind)
        if policy.stack in ("tooling", "prod")
    ]

    assert len(policies) == 29
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
    assert roles(stack) == {**ENVIRONMENT_ROLES, "counter-frontend-task": set()}


def test_the_backend_may_use_its_own_table_and_the_key_only_through_it() -> None:
    [policy] = [x for x in found("identity") if x.title == "dev RolePolicy counter-backend-task-counter-read-write"]
    items, key = policy.statements()

    assert items["Resource"] == ["arn:aws:dynamodb:eu-west-1:222222222222:table/counter"]
    assert key["Resource"] == ["arn:aws:kms:eu-west-1:222222222222:key/key"]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}}


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_a_service_can_pull_its_own_image_and_write_its_own_log(service: str) -> None:
    name = f"counter-{service}-execution"
    policies = {x.resource.name: x.statements() for x in found("identity") if x.stack == "prod"}

    assert policies[f"{name}-pull"][1]["Resource"] == [
        f"arn:aws:ecr:eu-west-1:111111111111:repository/counter/{service}"
    ]
    assert policies[f"{name}-logs"][0]["Resource"] == [
        f"arn:aws:logs:eu-west-1:222222222222:log-group:counter-{service}:*"
    ]


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
        if "*" in statement["Resource"] and action not in WITHOUT_RESOURCE
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


def test_a_service_of_aws_is_trusted_on_behalf_of_the_account_only() -> None:
    """Flow logs are left out: their service sends no account when it takes the role at first."""
    loose = [
        policy.title
        for kind in ("trust", "resource")
        for policy in found(kind)
        for statement in policy.statements()
        if "Service" in statement["Principal"]
        and statement["Principal"]["Service"] != "vpc-flow-logs.amazonaws.com"
        and not {"aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"}
        & {key for keys in statement.get("Condition", {}).values() for key in keys}
    ]

    assert loose == []


def test_trap_11_environments_pull_from_the_registry_and_builders_push() -> None:
    accounts = stacks.committed("prod")["platform:organisation"]["accounts"]
    policies = [x.statements() for x in found("resource") if x.resource.token.endswith("RepositoryPolicy")]

    assert len(policies) == 2
    for pull, push in policies:
        assert pull["Principal"] == {"AWS": [f"arn:aws:iam::{accounts[x]}:root" for x in ("dev", "prod", "staging")]}
        assert push["Principal"] == {"AWS": f"arn:aws:iam::{accounts['dev']}:root"}
        assert push["Action"] == [
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ]


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
