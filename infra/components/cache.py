"""An ElastiCache replication group for Valkey; stateful: a queue's jobs are lost with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.components.cache_user import CacheUser, CacheUserArgs
from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.network import Network
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.core.access import Client
from infra.core.resources import Component

Purpose = Literal["cache", "queue"]

ENGINE = "valkey"
MAJOR_VERSION = "8"
ENGINE_VERSION = "8.0"
PORT = 6379
WHEN_FULL = {"cache": "allkeys-lru", "queue": "noeviction"}
"""A cache forgets what was not asked for; a queue refuses new jobs rather than lose one."""


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """What it is for, where it stands, and how big it is."""

    purpose: Purpose
    network: Network
    key: Key
    steps: DeploySteps
    region: str
    account: str
    node_type: str = "cache.t4g.small"
    replicas: int = 1
    """Copies beside the primary, 0 to 5; with one or more, another takes over when the primary fails."""
    multi_az: bool = True
    """Whether the copies are in other zones; needs a replica."""
    snapshot_days: int = 7
    """How long daily snapshots are kept; a cache has none."""
    recovery_days: int = 30
    """How long the deleted secrets of its users can still be restored."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what ElastiCache refuses."""
        if not 0 <= self.replicas <= 5:
            raise ValueError(f"replicas must be 0 to 5, got {self.replicas}")
        if self.multi_az and not self.replicas:
            raise ValueError("multi_az needs at least one replica")


class Cache(Component):
    """A stateful group in the isolated subnets, by TLS only, for users of its own group; the default user is none.

    Members of the group are added one by one, by this stack and by previews that live on it, so the group's own
    list of them is not the stack's to compare.
    """

    TYPE = "platform:data:Cache"

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self._subnets = aws.elasticache.SubnetGroup(
            name, subnet_ids=args.network.isolated_subnet_ids, opts=self.child()
        )
        self._parameters = aws.elasticache.ParameterGroup(
            name,
            family=f"{ENGINE}{MAJOR_VERSION}",
            parameters=[{"name": "maxmemory-policy", "value": WHEN_FULL[args.purpose]}],
            opts=self.child(),
        )
        self._group = SecurityGroup(
            name, SecurityGroupArgs(network=args.network, description=f"Server {name}"), self.child()
        )
        self._users = aws.elasticache.UserGroup(
            name,
            engine=ENGINE,
            user_group_id=f"{pulumi.get_stack()}-{name}",
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["userIds"]),
        )
        self._server = self._create_server(args)
        self.host = self._server.primary_endpoint_address
        self.physical_name = self._server.replication_group_id
        self.user_group_id = self._users.user_group_id
        self.nodes = {node: pulumi.Output.concat(self.physical_name, "-", node) for node in _nodes(args.replicas + 1)}
        """The ids of its nodes as CloudWatch knows them, by the number that ElastiCache gives them: `001`."""
        self.security_group_id = self._group.security_group_id
        self.publish({"host": self.host})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client open connections to the server."""
        return self._group.allow_from(client, PORT)

    def user(self, name: str, prefix: str) -> CacheUser:
        """Give a system a user of its own, for keys and channels `<prefix>:*`."""
        args = CacheUserArgs(
            user_id=f"{pulumi.get_stack()}-{self.name}-{name}",
            prefix=prefix,
            user_group_id=self.user_group_id,
            host=self.host,
            port=PORT,
            steps=self._args.steps,
            key=self._args.key,
            region=self._args.region,
            account=self._args.account,
            recovery_days=self._args.recovery_days,
            deletion_protection=self._args.deletion_protection,
        )
        return CacheUser(f"{self.name}-{name}", args, self.child())

    def _create_server(self, args: CacheArgs) -> aws.elasticache.ReplicationGroup:
        return aws.elasticache.ReplicationGroup(
            self.name,
            description=f"{self.name}, {WHEN_FULL[args.purpose]}",
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            node_type=args.node_type,
            port=PORT,
            num_cache_clusters=args.replicas + 1,
            automatic_failover_enabled=args.replicas > 0,
            multi_az_enabled=args.multi_az,
            parameter_group_name=self._parameters.name,
            subnet_group_name=self._subnets.name,
            security_group_ids=[self._group.security_group_id],
            user_group_ids=[self._users.user_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=args.key.arn,
            snapshot_retention_limit=args.snapshot_days if args.purpose == "queue" else 0,
            apply_immediately=True,
            opts=self.child(protect=args.deletion_protection),
        )


def _nodes(count: int) -> list[str]:
    return [f"{number:03}" for number in range(1, count + 1)]
