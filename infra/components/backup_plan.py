"""Copies of what is tagged for it, in a vault; stateful: they are all that is left after a mistake."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role, RoleArgs
from infra.components.table import BACKED_UP
from infra.core.policies import Principal, Statement, document, trust
from infra.core.resources import Component

AT = "cron(0 3 * * ? *)"
"""Every night at three, UTC."""
START_WITHIN_MINUTES = 60
DONE_WITHIN_MINUTES = 360
WEAKENING = ("backup:CopyFromBackupVault", "backup:UpdateRecoveryPointLifecycle")
"""What takes copies elsewhere, or lets them go sooner."""


@dataclass(frozen=True, kw_only=True)
class BackupPlanArgs:
    """How long copies are kept, and how well."""

    key: Key
    """A key that AWS Backup may use by the role that it takes."""
    account: str
    region: str
    days: int = 35
    """How long a copy is kept."""
    locked: bool = False
    """Whether copies cannot be deleted before that by anybody who has not lifted the lock first."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what AWS Backup refuses."""
        if not 1 <= self.days <= 36500:
            raise ValueError(f"days must be 1 to 36500, got {self.days}")


class BackupPlan(Component):
    """A stateful vault with a copy of each tagged table a night, which nobody takes elsewhere or lets go sooner."""

    TYPE = "platform:data:BackupPlan"

    def __init__(self, name: str, args: BackupPlanArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._vault = aws.backup.Vault(
            name,
            kms_key_arn=args.key.arn,
            force_destroy=not args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self.vault_name = self._vault.name
        self._keep()
        if args.locked:
            aws.backup.VaultLockConfiguration(
                f"{name}-lock", backup_vault_name=self._vault.name, min_retention_days=args.days, opts=self.child()
            )
        self._select(args, self._plan(args))
        self.publish({"vault_name": self.vault_name})

    def _keep(self) -> None:
        keep = Statement(
            sid="Keep",
            effect="Deny",
            principal=Principal("AWS", ("*",)),
            actions=WEAKENING,
            resources=("*",),
        )
        aws.backup.VaultPolicy(
            f"{self.name}-policy", backup_vault_name=self._vault.name, policy=document(keep), opts=self.child()
        )

    def _plan(self, args: BackupPlanArgs) -> aws.backup.Plan:
        return aws.backup.Plan(
            self.name,
            rules=[
                {
                    "rule_name": "nightly",
                    "target_vault_name": self._vault.name,
                    "schedule": AT,
                    "start_window": START_WITHIN_MINUTES,
                    "completion_window": DONE_WITHIN_MINUTES,
                    "lifecycle": {"delete_after": args.days},
                }
            ],
            opts=self.child(),
        )

    def _select(self, args: BackupPlanArgs, plan: aws.backup.Plan) -> None:
        trusted = trust("Backup", "backup.amazonaws.com", args.account)
        role = Role(self.name, RoleArgs(description="Copies what is tagged for it", trust=trusted), self.child())
        allowed = role.allow("copy", *_permissions(args, self._vault), args.key.use_through("backup", "dynamodb"))
        aws.backup.Selection(
            self.name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tags=[
                {"type": "STRINGEQUALS", "key": key, "value": value} for key, value in sorted(BACKED_UP.items())
            ],
            opts=self.child(depends_on=allowed),
        )


def _permissions(args: BackupPlanArgs, vault: aws.backup.Vault) -> tuple[Statement, ...]:
    tables = f"arn:aws:dynamodb:{args.region}:{args.account}:table/*"
    return (
        Statement(
            sid="Tables",
            actions=("dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"),
            resources=(tables,),
        ),
        Statement(
            sid="Vault",
            actions=("backup:CopyIntoBackupVault", "backup:DescribeBackupVault"),
            resources=(vault.arn,),
        ),
        # To find what is tagged AWS asks for no narrower resource.
        Statement(sid="FindTagged", actions=("tag:GetResources",), resources=("*",)),
    )
