"""A key that a program signs with and that nobody else knows; stateful: made in the cloud, and in no state."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.role import Role
from infra.components.secret import Secret, SecretArgs
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class RandomSecretArgs:
    """Who makes it, and what it is kept with."""

    description: str
    steps: DeploySteps
    key: Key
    recovery_days: int = 30
    """How long the deleted secret can still be restored."""
    deletion_protection: bool = True


class RandomSecret(Component):
    """A stateful secret `{"key"}`; `secret_arn` is known when the key is in it."""

    TYPE = "platform:data:RandomSecret"

    def __init__(self, name: str, args: RandomSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._secret = Secret(
            name,
            SecretArgs(
                description=args.description,
                key=args.key,
                recovery_days=args.recovery_days,
                deletion_protection=args.deletion_protection,
            ),
            self.child(),
        )
        permission = self._secret.grant_write(args.steps.role)
        event = {"step": "random-secret", "secret": self._secret.arn}
        made = args.steps.run(name, event, once=True, opts=self.child(depends_on=permission))
        self.secret_arn = pulumi.Output.all(self._secret.arn, made.id).apply(lambda known: str(known[0]))
        self.publish({"secret_arn": self.secret_arn})

    def grant_read(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read the key."""
        return self._secret.grant_read(role)
