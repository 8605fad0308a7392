"""A Secrets Manager secret; stateful: its value is made in the cloud, and no state, log or image ever holds it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Statement
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What it holds, what encrypts it, and how long it can be brought back."""

    description: str
    key: Key
    recovery_days: int = 30
    """How long a deleted secret can still be restored, 7 to 30; its name is taken for as long. 0: gone at once."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what Secrets Manager refuses."""
        if self.recovery_days != 0 and not 7 <= self.recovery_days <= 30:
            raise ValueError(f"recovery_days must be 0 or 7 to 30, got {self.recovery_days}")


class Secret(Component):
    """A stateful secret without a value: a deploy step writes it, and whoever is granted it reads it."""

    TYPE = "platform:data:Secret"

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._key = args.key
        self._secret = aws.secretsmanager.Secret(
            name,
            description=args.description,
            kms_key_id=args.key.arn,
            recovery_window_in_days=args.recovery_days,
            opts=self.child(protect=args.deletion_protection),
        )
        self.arn = self._secret.arn
        self.publish({"arn": self.arn})

    def grant_read(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read the secret's value."""
        read = Statement(sid="ReadSecret", actions=("secretsmanager:GetSecretValue",), resources=(self.arn,))
        return role.allow(f"{self.name}-read", read, self._key.use_through("secretsmanager"))

    def grant_write(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role, which may use the key already, look at the secret's value and write a new one.

        The deploy steps write every secret of an environment: all that is allowed to a role has to fit in 10,240
        characters, so the key is said once.
        """
        actions = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
        write = Statement(sid="WriteSecret", actions=actions, resources=(self.arn,))
        return role.allow(f"{self.name}-write", write)
