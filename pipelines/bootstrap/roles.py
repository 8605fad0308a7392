"""The role with which stacks are deployed into an account, and the boundary that it cannot leave."""

import json
from dataclasses import dataclass
from typing import Any

from pipelines.bootstrap.steps import Finding, absent_is_nothing, compare

BOUNDARY = "slipway-boundary"
ROLE = "slipway-deploy"
SESSION_SECONDS = 3600


def boundary_document(account: str) -> dict[str, Any]:
    """Return what a deploy role may at most do: everything but leaving its account or loosening this boundary.

    Roles that it makes need the same boundary, so that it cannot make one that is mightier than itself.
    """
    arn = f"arn:aws:iam::{account}:policy/{BOUNDARY}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Services", "Effect": "Allow", "NotAction": ["organizations:*", "account:*"], "Resource": "*"},
            {
                "Sid": "NoPeople",
                "Effect": "Deny",
                "Action": ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateGroup"],
                "Resource": "*",
            },
            {
                "Sid": "KeepsTheBoundary",
                "Effect": "Deny",
                "Action": ["iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion"],
                "Resource": arn,
            },
            {
                "Sid": "KeepsItOnRoles",
                "Effect": "Deny",
                "Action": ["iam:DeleteRolePermissionsBoundary"],
                "Resource": "*",
            },
            {
                "Sid": "OnlyBoundRoles",
                "Effect": "Deny",
                "Action": ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": arn}},
            },
        ],
    }


@dataclass(frozen=True)
class Boundary:
    """The managed policy `slipway-boundary`."""

    iam: Any
    account: str
    name: str = f"policy {BOUNDARY}"

    @property
    def arn(self) -> str:
        """The policy's ARN, known before it is made."""
        return f"arn:aws:iam::{self.account}:policy/{BOUNDARY}"

    def _found(self) -> dict[str, Any] | None:
        with absent_is_nothing():
            version = self.iam.get_policy(PolicyArn=self.arn)["Policy"]["DefaultVersionId"]
            document = self.iam.get_policy_version(PolicyArn=self.arn, VersionId=version)["PolicyVersion"]["Document"]
            return {"document": document if isinstance(document, dict) else json.loads(document)}
        return None

    def look(self) -> Finding:
        """Say whether the boundary is there with the wanted document."""
        return compare(self.name, {"document": boundary_document(self.account)}, self._found())

    def make(self) -> None:
        """Make it, or make a new default version; AWS keeps five, so the oldest other one makes room."""
        text = json.dumps(boundary_document(self.account))
        if self._found() is None:
            self.iam.create_policy(PolicyName=BOUNDARY, PolicyDocument=text, Description="The most a deployment may do")
            return
        versions = self.iam.list_policy_versions(PolicyArn=self.arn)["Versions"]
        others = sorted(
            (version["VersionId"] for version in versions if not version["IsDefaultVersion"]),
            key=lambda identity: int(identity.lstrip("v")),
        )
        if len(versions) >= 5:
            self.iam.delete_policy_version(PolicyArn=self.arn, VersionId=others[0])
        self.iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=text, SetAsDefault=True)


@dataclass(frozen=True)
class DeployRole:
    """The role `slipway-deploy`, taken by the tooling account's deploy role of this environment only."""

    iam: Any
    boundary: Boundary
    trusted: str
    """ARN of the role that may take it."""
    name: str = f"role {ROLE}"

    def _trust(self) -> dict[str, Any]:
        # The account is the principal and the role a condition: a principal that does not exist yet is refused.
        account = self.trusted.split(":")[4]
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {"ArnEquals": {"aws:PrincipalArn": self.trusted}},
                }
            ],
        }

    def _wanted(self) -> dict[str, Any]:
        return {
            "trust": self._trust(),
            "boundary": self.boundary.arn,
            "session": SESSION_SECONDS,
            "permissions": ["arn:aws:iam::aws:policy/AdministratorAccess"],
        }

    def _found(self) -> dict[str, Any] | None:
        with absent_is_nothing():
            role = self.iam.get_role(RoleName=ROLE)["Role"]
            trust = role["AssumeRolePolicyDocument"]
            attached = self.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
            return {
                "trust": trust if isinstance(trust, dict) else json.loads(trust),
                "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                "session": role.get("MaxSessionDuration"),
                "permissions": sorted(policy["PolicyArn"] for policy in attached),
            }
        return None

    def look(self) -> Finding:
        """Say whether the role is there and what of it differs."""
        return compare(self.name, self._wanted(), self._found())

    def make(self) -> None:
        """Make the role inside its boundary, or set trust, boundary and permissions again."""
        trust = json.dumps(self._trust())
        if self._found() is None:
            self.iam.create_role(
                RoleName=ROLE,
                AssumeRolePolicyDocument=trust,
                PermissionsBoundary=self.boundary.arn,
                MaxSessionDuration=SESSION_SECONDS,
                Description="Deploys Slipway's stacks into this account",
            )
        self.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust)
        self.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=self.boundary.arn)
        self.iam.update_role(RoleName=ROLE, MaxSessionDuration=SESSION_SECONDS)
        for policy in self._wanted()["permissions"]:
            self.iam.attach_role_policy(RoleName=ROLE, PolicyArn=policy)
