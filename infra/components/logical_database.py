"""A database and a login of its own on a shared Postgres server; stateful: kept when its stack lets go of it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.role import Role
from infra.components.secret import Secret, SecretArgs
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class LogicalDatabaseArgs:
    """What it is called, and which server it is made on."""

    database: str
    """Its name; in SQL, where it is the login's name as well, hyphens become underscores."""
    host: pulumi.Input[str]
    port: pulumi.Input[int]
    master_secret_arn: pulumi.Input[str]
    """The secret of the server's administrator, which only the deploy steps read."""
    steps: DeploySteps
    key: Key
    recovery_days: int = 30
    """How long the login's deleted secret can still be restored."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse a name that Postgres would cut off."""
        if not 1 <= len(self.database) <= 63:
            raise ValueError(f"a database's name has 1 to 63 characters, got {self.database!r}")


class LogicalDatabase(Component):
    """A stateful database whose login owns it and nothing else; `secret_arn` is known when both are there."""

    TYPE = "platform:data:LogicalDatabase"

    def __init__(self, name: str, args: LogicalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        description = f"How to log in to the database {args.database}"
        self._secret = Secret(
            name,
            SecretArgs(
                description=description,
                key=args.key,
                recovery_days=args.recovery_days,
                deletion_protection=args.deletion_protection,
            ),
            self.child(),
        )
        made = self._make(args, self._secret.grant_write(args.steps.role))
        # Whoever is told of the secret has waited until there is something in it.
        self.secret_arn = pulumi.Output.all(self._secret.arn, made.id).apply(lambda known: str(known[0]))
        self.publish({"secret_arn": self.secret_arn})

    def grant_read(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read how to log in."""
        return self._secret.grant_read(role)

    def _make(self, args: LogicalDatabaseArgs, permission: pulumi.Resource) -> aws.lambda_.Invocation:
        name = args.database.replace("-", "_")
        event = {
            "step": "logical-database",
            "database": name,
            "login": name,
            "host": args.host,
            "port": args.port,
            "masterSecret": args.master_secret_arn,
            "secret": self._secret.arn,
        }
        return args.steps.run(self.name, event, once=True, opts=self.child(depends_on=permission))
