"""A DynamoDB table on demand; stateful: encrypted, and restorable to any second of its recovery days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra.components.key import Key
from infra.components.role import Role
from infra.core.policies import Statement
from infra.core.resources import Component

BACKED_UP = {"slipway:backup": "daily"}
"""The tag by which a backup plan finds what it keeps."""


@dataclass(frozen=True, kw_only=True)
class Index:
    """Another way to find items: all their attributes, by other keys, a moment later than in the table."""

    name: str
    hash_key: str
    range_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """How items are found, how long they live, and how well they are kept."""

    hash_key: str
    """The attribute, a string, that an item is found by."""
    key: Key
    range_key: str | None = None
    """A second one, by which items of one hash key are ordered."""
    indexes: tuple[Index, ...] = ()
    expiry: str | None = None
    """The attribute with the second at which an item is over; DynamoDB deletes it within days of that."""
    stream: Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] | None = None
    """What of each change is told to whoever listens."""
    recovery_days: int = 35
    """How far back the table can be restored to any second."""
    backed_up: bool = False
    """Whether the environment's backup plan keeps copies of it as well, longer than the recovery days."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what DynamoDB refuses."""
        if not 1 <= self.recovery_days <= 35:
            raise ValueError(f"recovery_days must be 1 to 35, got {self.recovery_days}")
        names = [index.name for index in self.indexes]
        if len(set(names)) != len(names) or len(names) > 20:
            raise ValueError(f"a table has at most 20 indexes, each name once, got {', '.join(names)}")


class Table(Component):
    """A stateful table that costs by request; nobody reads it until a grant is called."""

    TYPE = "platform:data:Table"

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._key = args.key
        self._table = aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=args.hash_key,
            range_key=args.range_key,
            attributes=[{"name": attribute, "type": "S"} for attribute in _attributes(args)],
            global_secondary_indexes=[_index(index) for index in args.indexes] or None,
            ttl={"attribute_name": args.expiry, "enabled": True} if args.expiry else None,
            stream_enabled=True if args.stream else None,
            stream_view_type=args.stream,
            point_in_time_recovery={"enabled": True, "recovery_period_in_days": args.recovery_days},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key.arn},
            deletion_protection_enabled=args.deletion_protection,
            tags=BACKED_UP if args.backed_up else None,
            opts=self.child(protect=args.deletion_protection),
        )
        self._indexed = bool(args.indexes)
        self.arn = self._table.arn
        self.physical_name = self._table.name
        self.publish({"physical_name": self.physical_name})

    def grant_read_write(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role read and change single items by their key; no scan, no deletion."""
        actions = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
        return self._grant(role, "read-write", Statement(sid="ReadWriteItems", actions=actions, resources=(self.arn,)))

    def grant_put(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role put items in; it cannot see what is there."""
        return self._grant(role, "put", Statement(sid="PutItems", actions=("dynamodb:PutItem",), resources=(self.arn,)))

    def grant_manage(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role find, read, change and delete items by their keys, many at once or all or none; no scan."""
        items = Statement(
            sid="ManageItems",
            actions=(
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ),
            resources=(self.arn,),
        )
        if not self._indexed:
            return self._grant(role, "manage", items)
        indexes = pulumi.Output.concat(self.arn, "/index/*")
        find = Statement(sid="QueryIndexes", actions=("dynamodb:Query",), resources=(indexes,))
        return self._grant(role, "manage", items, find)

    def _grant(self, role: Role, what: str, *statements: Statement) -> aws.iam.RolePolicy:
        return role.allow(f"{self.name}-{what}", *statements, self._key.use_through("dynamodb"))


def _attributes(args: TableArgs) -> Sequence[str]:
    """Return the attributes that are keys, each once: DynamoDB wants no others declared."""
    keys = [args.hash_key, args.range_key, *(key for x in args.indexes for key in (x.hash_key, x.range_key))]
    return list(dict.fromkeys(key for key in keys if key is not None))


def _index(index: Index) -> Mapping[str, Any]:
    keys = {"hash_key": index.hash_key, "range_key": index.range_key}
    return {
        "name": index.name,
        "projection_type": "ALL",
        **{what: name for what, name in keys.items() if name is not None},
    }
