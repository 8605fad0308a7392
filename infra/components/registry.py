"""An ECR repository; stateful: tags never move, and what an environment may run is never expired."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.core.policies import Principal, Statement, document
from infra.core.resources import Component

UNTAGGED_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Whose images it holds, and who may read and write them."""

    repository: str
    """Its name, `system/service`, which other accounts know."""
    key: Key
    readers: Sequence[str]
    """Accounts that may pull, 12 digits each."""
    writers: Sequence[str]
    """Accounts that may also push."""
    deletion_protection: bool = True


class Registry(Component):
    """A stateful repository with immutable tags, scanned on push.

    Every image that was ever built is tagged with its content address, so the lifecycle rule, which knows only
    untagged ones, never expires what a stack pins.
    """

    TYPE = "platform:tooling:Registry"

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._repository = aws.ecr.Repository(
            name,
            name=args.repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key.arn}],
            force_delete=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self._expire_untagged()
        self._share(args)
        self.repository_url = self._repository.repository_url
        self.publish({"repository_url": self.repository_url})

    def _expire_untagged(self) -> None:
        rule = {
            "rulePriority": 1,
            "description": f"untagged images are gone after {UNTAGGED_DAYS} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        }
        aws.ecr.LifecyclePolicy(
            f"{self.name}-lifecycle",
            repository=self._repository.name,
            policy=json.dumps({"rules": [rule]}),
            opts=self.child(),
        )

    def _share(self, args: RegistryArgs) -> None:
        statements = [
            Statement(
                sid="Pull",
                principal=Principal.accounts(*args.readers),
                actions=(
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:DescribeImages",
                    "ecr:GetDownloadUrlForLayer",
                ),
            )
        ]
        if args.writers:
            statements.append(
                Statement(
                    sid="Push",
                    principal=Principal.accounts(*args.writers),
                    actions=(
                        "ecr:CompleteLayerUpload",
                        "ecr:InitiateLayerUpload",
                        "ecr:PutImage",
                        "ecr:UploadLayerPart",
                    ),
                )
            )
        aws.ecr.RepositoryPolicy(
            f"{self.name}-sharing",
            repository=self._repository.name,
            policy=document(*statements),
            opts=self.child(),
        )
