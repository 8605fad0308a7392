"""The roles that the repository's workflows on GitHub take by OpenID Connect: no long-lived key anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.role import Role, RoleArgs
from infra.core.policies import Principal, Statement
from infra.core.resources import Component
from interface.names import deploy_role_name, deploy_target_role_arn

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class DeployRolesArgs:
    """Which repository may deploy, and into which accounts."""

    repository: str
    """`owner/name` on GitHub."""
    accounts: Mapping[str, str]
    """Environment → the account that its stack lives in, 12 digits."""


class DeployRoles(Component):
    """One role an environment, for workflows that run in the GitHub environment of the same name.

    It can do one thing: go on to the deploy role of that environment's own account.
    """

    TYPE = "platform:tooling:DeployRoles"

    def __init__(self, name: str, args: DeployRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._provider = aws.iam.OpenIdConnectProvider(
            name, url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=self.child()
        )
        self.arns = {environment: self._create(environment, args).arn for environment in sorted(args.accounts)}
        self.publish({"arns": self.arns})

    def _create(self, environment: str, args: DeployRolesArgs) -> Role:
        trust = Statement(
            sid="Workflows",
            principal=Principal.federated(self._provider.arn),
            actions=("sts:AssumeRoleWithWebIdentity",),
            condition={
                "StringEquals": {
                    f"{ISSUER}:aud": AUDIENCE,
                    f"{ISSUER}:sub": f"repo:{args.repository}:environment:{environment}",
                }
            },
        )
        description = f"Deploys {environment} from {args.repository}"
        role_args = RoleArgs(description=description, trust=trust, physical_name=deploy_role_name(environment))
        role = Role(f"{self.name}-{environment}", role_args, self.child())
        target = deploy_target_role_arn(args.accounts[environment])
        role.allow("deploy", Statement(sid="GoOn", actions=("sts:AssumeRole",), resources=(target,)))
        return role
