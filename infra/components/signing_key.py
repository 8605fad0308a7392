"""An RSA key that a service signs with; stateful: made by KMS, kept in Secrets Manager, and in no state."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.role import Role
from infra.components.secret import Secret, SecretArgs
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class SigningKeyArgs:
    """Who makes it, and what it is kept with."""

    steps: DeploySteps
    key: Key
    """Makes the pair, and encrypts the secret."""
    recovery_days: int = 30
    """How long the deleted secret can still be restored."""
    deletion_protection: bool = True


class SigningKey(Component):
    """A stateful secret with a key's id and its private half; `secret_arn` is known when they are in it."""

    TYPE = "platform:data:SigningKey"

    def __init__(self, name: str, args: SigningKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._secret = Secret(
            name,
            SecretArgs(
                description="An RSA key to sign with",
                key=args.key,
                recovery_days=args.recovery_days,
                deletion_protection=args.deletion_protection,
            ),
            self.child(),
        )
        event = {"step": "signing-key", "key": args.key.arn, "secret": self._secret.arn}
        permission = self._secret.grant_write(args.steps.role)
        made = args.steps.run(name, event, once=True, opts=self.child(depends_on=permission))
        self.secret_arn = pulumi.Output.all(self._secret.arn, made.id).apply(lambda known: str(known[0]))
        self.public_key = made.result.apply(lambda text: str(json.loads(text)["publicKey"]))
        """The half that whoever checks a signature needs: PEM."""
        self.publish({"secret_arn": self.secret_arn})

    def grant_read(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read the key."""
        return self._secret.grant_read(role)
