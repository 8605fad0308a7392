"""Every policy document that the stacks register, found by type and input."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests import cloud
from tests.infra import stacks

IDENTITY = {"aws:iam/rolePolicy:RolePolicy": "policy"}
TRUST = {"aws:iam/role:Role": "assumeRolePolicy"}
RESOURCE = {
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
}


@dataclass(frozen=True)
class Found:
    """A policy document with the resource that it is an input of."""

    stack: str
    resource: cloud.Registered
    document: dict[str, Any]

    @property
    def title(self) -> str:
        """How a test names it."""
        return f"{self.stack} {self.resource.token.rpartition(':')[2]} {self.resource.name}"

    def statements(self) -> list[dict[str, Any]]:
        """Return the statements, with actions, resources as lists."""
        return [
            {**x, "Action": many(x["Action"]), "Resource": many(x.get("Resource", []))}
            for x in self.document["Statement"]
        ]


def many(value: Any) -> list[Any]:
    """Return one value or several as a list."""
    return value if isinstance(value, list) else [value]


def of(types: Mapping[str, str]) -> Iterator[Found]:
    """Yield every document of the types in all four stacks."""
    for stack in stacks.STACKS:
        for resource in stacks.recorded(stack).resources:
            if resource.token in types:
                yield Found(stack, resource, json.loads(resource.inputs[types[resource.token]]))
