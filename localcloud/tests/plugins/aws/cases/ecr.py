"""Repositories, what expires in them, who may pull."""

import json
from typing import Any

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.conformance import Case, Parent

REPOSITORY = Parent("repository", "aws:ecr/repository:Repository", {"name": "counter/backend"})
OTHER_REPOSITORY = Parent("other", "aws:ecr/repository:Repository", {"name": "counter/frontend"})
KEY = "arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000001"


def expiry(priority: int = 1, **selection: Any) -> str:
    wanted = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7}
    chosen = {key: value for key, value in {**wanted, **selection}.items() if value is not None}
    return json.dumps({"rules": [{"rulePriority": priority, "selection": chosen, "action": {"type": "expire"}}]})


def pull(account: str) -> str:
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": actions})


CASES = (
    Case(
        token="aws:ecr/repository:Repository",
        inputs={
            "name": "conformance/service",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
            "forceDelete": False,
            "tags": {"team": "x"},
        },
        updates=(
            {"imageTagMutability": "MUTABLE"},
            {"imageScanningConfiguration": {"scanOnPush": False}},
            {"forceDelete": True},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "conformance/other"}, {"encryptionConfigurations": [{"encryptionType": "AES256"}]}),
        refused=(
            {"name": "Upper/Case"},
            {"imageTagMutability": "SOMETIMES"},
            {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
            {"imageTagMutabilityExclusionFilters": [{"filter": "a*", "filterType": "WILDCARD"}]},
        ),
    ),
    Case(
        token="aws:ecr/repository:Repository",
        label="excluding",
        inputs={
            "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
            "imageTagMutabilityExclusionFilters": [{"filter": "cache*", "filterType": "WILDCARD"}],
        },
        updates=({"imageTagMutabilityExclusionFilters": [{"filter": "latest*", "filterType": "WILDCARD"}]},),
    ),
    Case(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        parents=(REPOSITORY, OTHER_REPOSITORY),
        inputs={"repository": "${repository.name}", "policy": expiry()},
        updates=({"policy": expiry(countNumber=14)},),
        replaces=({"repository": "${other.name}"},),
        refused=(
            {"policy": '{"rules": []}'},
            {"policy": expiry(priority=0)},
            {"policy": expiry(tagStatus="tagged")},
            {"policy": expiry(tagStatus="mine")},
            {"policy": expiry(tagPrefixList=["v"])},
            {"policy": expiry(countType="imageCountMoreThan")},
            {"policy": expiry(countUnit=None)},
            {"policy": expiry(countNumber=0)},
        ),
    ),
    Case(
        token="aws:ecr/repositoryPolicy:RepositoryPolicy",
        parents=(REPOSITORY, OTHER_REPOSITORY),
        inputs={"repository": "${repository.name}", "policy": pull("333333333333")},
        updates=({"policy": pull("444444444444")},),
        replaces=({"repository": "${other.name}"},),
        refused=({"policy": policy({"Effect": "Allow", "Action": "ecr:*"})}, {"repository": None}),
    ),
)
