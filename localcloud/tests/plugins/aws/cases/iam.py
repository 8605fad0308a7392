"""Roles, policies, identity providers."""

import json
from typing import Any

from localcloud.tests.plugins.aws.conformance import Case, Parent

Statement = dict[str, Any]


def policy(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str) -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


READ = policy({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"})
WRITE = policy({"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"})
TASKS = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROLE = Parent("role", "aws:iam/role:Role", {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")})
OTHER_ROLE = Parent("other", "aws:iam/role:Role", {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")})

CASES = (
    Case(
        token="aws:iam/role:Role",
        inputs={
            "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"),
            "description": "for tasks",
            "maxSessionDuration": 7200,
            "path": "/slipway/",
            "permissionsBoundary": READ_ONLY,
            "tags": {"team": "x"},
        },
        updates=(
            {"assumeRolePolicy": trust("ec2.amazonaws.com")},
            {"description": "for machines"},
            {"maxSessionDuration": 3600},
            {"permissionsBoundary": TASKS},
            {"permissionsBoundary": None},
            {"tags": {"team": "y", "cost": "1"}},
            {"description": None, "tags": None},
        ),
        replaces=({"path": "/"}, {"name": "another"}),
        refused=(
            {"assumeRolePolicy": "no JSON"},
            {"assumeRolePolicy": policy({"Effect": "Allow", "Action": "sts:AssumeRole"})},
            {"assumeRolePolicy": READ},
            {"inlinePolicies": [{"name": "a", "policy": READ}]},
            {"managedPolicyArns": [TASKS]},
            {"maxSessionDuration": 60},
            {"name": "a" * 65},
            {"path": "slipway"},
            {"permissionsBoundary": "ReadOnlyAccess"},
        ),
    ),
    Case(
        token="aws:iam/role:Role",
        label="named",
        inputs={"name": "tasks", "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"), "forceDetachPolicies": True},
        replaces=({"name": "other-tasks"},),
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        parents=(ROLE, OTHER_ROLE),
        inputs={"role": "${role.name}", "policy": READ},
        updates=({"policy": WRITE},),
        replaces=({"role": "${other.name}"}, {"name": "read"}),
        refused=(
            {"policy": trust("ecs-tasks.amazonaws.com")},
            {"policy": policy({"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"})},
            {"policy": policy({"Effect": "Allow", "Action": "everything", "Resource": "*"})},
            {"policy": policy({"Effect": "Allow", "Action": "s3:*", "Resource": ["a" * 10300]})},
            {"policy": policy({"Sid": "a", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "a"})},
            {"role": None},
        ),
    ),
    Case(
        token="aws:iam/rolePolicy:RolePolicy",
        label="named",
        parents=(ROLE,),
        inputs={"role": "${role.name}", "name": "read", "policy": READ},
    ),
    Case(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        parents=(ROLE, OTHER_ROLE),
        inputs={"role": "${role.name}", "policyArn": TASKS},
        replaces=({"role": "${other.name}"}, {"policyArn": READ_ONLY}),
    ),
    Case(
        token="aws:iam/policy:Policy",
        inputs={"policy": READ, "path": "/slipway/", "description": "reads", "tags": {"team": "x"}},
        updates=(
            {"policy": WRITE},
            *({"policy": WRITE.replace("Put", verb)} for verb in ("List", "Delete", "Copy", "Tag", "Head")),
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "another"}, {"path": "/"}, {"description": "writes"}),
        refused=({"policy": policy()}, {"policy": WRITE.replace("s3:PutObject", "s3:" + "P" * 6200)}),
    ),
    Case(
        token="aws:iam/policy:Policy",
        label="named",
        inputs={"name": "reads", "policy": READ, "delayAfterPolicyCreationInMs": 1},
    ),
    Case(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs={
            "url": "https://token.actions.example.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["a" * 40],
            "tags": {"team": "x"},
        },
        updates=(
            {"clientIdLists": ["sts.amazonaws.com", "another"]},
            {"clientIdLists": ["another"]},
            {"thumbprintLists": ["b" * 40]},
            {"tags": {"team": "y"}},
        ),
        replaces=({"url": "https://other.example.com"},),
        refused=({"url": "http://token.example.com"}, {"clientIdLists": []}, {"thumbprintLists": ["short"]}),
    ),
)
