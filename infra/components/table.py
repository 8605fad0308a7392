"""A DynamoDB table on demand; stateful: encrypted, and restorable to any second of its recovery days."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Statement
from infra.core.resources import Component


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """How items are found, and how well they are kept."""

    hash_key: str
    """The attribute, a string, that an item is found by."""
    key: Key
    recovery_days: int = 35
    """How far back the table can be restored to any second."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what DynamoDB refuses."""
        if not 1 <= self.recovery_days <= 35:
            raise ValueError(f"recovery_days must be 1 to 35, got {self.recovery_days}")


class Table(Component):
    """A stateful table that costs by request; nobody reads it until `grant_read_write` is called."""

    TYPE = "platform:data:Table"

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._key = args.key
        self._table = aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=args.hash_key,
            attributes=[{"name": args.hash_key, "type": "S"}],
            point_in_time_recovery={"enabled": True, "recovery_period_in_days": args.recovery_days},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key.arn},
            deletion_protection_enabled=args.deletion_protection,
            opts=self.child(protect=args.deletion_protection),
        )
        self.physical_name = self._table.name
        self.publish({"physical_name": self.physical_name})

    def grant_read_write(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read and change single items by their key; no scan, no deletion."""
        return role.allow(
            f"{self.name}-read-write",
            Statement(
                sid="ReadWriteItems",
                actions=("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
                resources=(self._table.arn,),
            ),
            self._key.use_through("dynamodb"),
        )
