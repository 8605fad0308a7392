"""A one-off ECS task that brings a database to what a new image needs, before the service moves to that image."""

from dataclasses import dataclass

import pulumi

from infra.components.deploy_steps import DeploySteps
from infra.components.task import Task
from infra.core.policies import Statement
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class MigrationCommand:
    """How an image migrates its database, and who has it done."""

    command: tuple[str, ...]
    """What the image runs: it ends with 0, may be run again, and keeps a second one out."""
    steps: DeploySteps
    allowed: pulumi.Resource
    """What lets them run tasks at all."""


@dataclass(frozen=True, kw_only=True)
class MigrationArgs:
    """Which task, with which command."""

    task: Task
    run: MigrationCommand


class Migration(Component):
    """A migration that is run whenever the image has another content address; the deploy stops when it fails."""

    TYPE = "platform:workloads:Migration"

    def __init__(self, name: str, args: MigrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        task = args.task
        allowed = args.run.steps.role.allow(name, *_permissions(task))
        event = {
            "step": "run-task",
            "cluster": task.args.cluster.arn,
            "taskDefinition": task.family,
            "container": task.name,
            "command": list(args.run.command),
            "subnets": task.args.network.private_subnet_ids,
            "securityGroups": [task.security_group_id],
            "logGroup": task.log.physical_name,
        }
        self.done = args.run.steps.run(
            name,
            event,
            triggers={"image": task.args.image.address},
            once=True,
            opts=self.child(depends_on=[allowed, args.run.allowed, task, *task.needed]),
        )
        self.publish({})


def _permissions(task: Task) -> tuple[Statement, ...]:
    hand_over = Statement(
        sid="HandOverRoles",
        actions=("iam:PassRole",),
        resources=(task.role.arn, task.execution_role.arn),
        condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    )
    read = Statement(
        sid="ReadLog", actions=("logs:GetLogEvents",), resources=(pulumi.Output.concat(task.log.arn, ":*"),)
    )
    return (hand_over, read)
