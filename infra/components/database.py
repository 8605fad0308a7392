"""An RDS server for Postgres; stateful: encrypted, TLS only, backed up, and kept as a snapshot when it is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.database_proxy import DatabaseProxy, DatabaseProxyArgs
from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.logical_database import LogicalDatabase, LogicalDatabaseArgs
from infra.components.monitoring_role import MonitoringRole, MonitoringRoleArgs
from infra.components.network import Network
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.core.access import Client
from infra.core.policies import Statement
from infra.core.resources import Component

ENGINE_VERSION = "17"
PORT = 5432
ADMINISTRATOR = "administrator"
LOGS = ("postgresql", "upgrade")
INSIGHTS_DAYS = 7
"""What Performance Insights keeps without extra cost."""
SLOW_STATEMENT_MS = 1000


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """Where it stands, how big it is, and how well it is kept."""

    network: Network
    key: Key
    """Encrypts storage, backups, insights, logs, and the administrator's password."""
    steps: DeploySteps
    region: str
    account: str
    instance_class: str = "db.t4g.medium"
    storage_gb: int = 50
    max_storage_gb: int = 200
    """Storage grows by itself up to this; not at all where it equals `storage_gb`."""
    multi_az: bool = True
    """A second server in another zone, which takes over within two minutes; it doubles the cost."""
    backup_days: int = 35
    """How far back the server can be restored to any second."""
    monitoring_interval_seconds: int = 60
    """How often the operating system's figures are taken; 0 for never."""
    log_retention_days: int = 90
    final_snapshot: bool = True
    """Whether a snapshot is left behind when the server is deleted."""
    recovery_days: int = 30
    """How long the deleted secrets of its logins can still be restored."""
    deletion_protection: bool = True

    def __post_init__(self) -> None:
        """Refuse what RDS refuses."""
        if not 1 <= self.backup_days <= 35:
            raise ValueError(f"backup_days must be 1 to 35, got {self.backup_days}")
        if self.max_storage_gb < self.storage_gb:
            raise ValueError(f"max_storage_gb must be at least {self.storage_gb}, got {self.max_storage_gb}")


class Database(Component):
    """A stateful server in the isolated subnets that only those whom `allow_from` names can reach.

    Its administrator's password is made and changed every seven days by RDS; systems get databases and logins of
    their own from `logical`.
    """

    TYPE = "platform:data:Database"

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self._subnets = aws.rds.SubnetGroup(name, subnet_ids=args.network.isolated_subnet_ids, opts=self.child())
        # The server is called like its subnet group, whose name has a random part: so the names of its logs and of
        # its last snapshot are known before it exists, and the next server of this stack has others.
        self.identifier = self._subnets.name
        self._parameters = self._create_parameters()
        self._group = SecurityGroup(
            name, SecurityGroupArgs(network=args.network, description=f"Server {name}"), self.child()
        )
        logs = [self._create_log(log, args) for log in LOGS]
        self._server = self._create_server(args, logs)
        self.host = self._server.address
        self.master_secret_arn = self._server.master_user_secrets[0].secret_arn
        self.security_group_id = self._group.security_group_id
        self._ready = self._admit_steps(args)
        self.publish({"host": self.host, "identifier": self.identifier})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client open connections to the server."""
        return self._group.allow_from(client, PORT)

    def logical(self, name: str) -> LogicalDatabase:
        """Give a system a database and a login of its own."""
        args = LogicalDatabaseArgs(
            database=name,
            host=self.host,
            port=PORT,
            # Known when the steps may read it and reach the server.
            master_secret_arn=pulumi.Output.all(self.master_secret_arn, *(x.id for x in self._ready)).apply(
                lambda known: str(known[0])
            ),
            steps=self._args.steps,
            key=self._args.key,
            recovery_days=self._args.recovery_days,
            deletion_protection=self._args.deletion_protection,
        )
        return LogicalDatabase(f"{self.name}-{name}", args, self.child())

    def proxy(self, name: str, logins: Sequence[LogicalDatabase]) -> DatabaseProxy:
        """Share few connections among many clients, which log in as those who own the databases."""
        args = DatabaseProxyArgs(
            network=self._args.network,
            identifier=self._server.identifier,
            port=PORT,
            server=self.allow_from,
            logins=logins,
            account=self._args.account,
        )
        return DatabaseProxy(f"{self.name}-{name}-proxy", args, self.child())

    def _create_parameters(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            self.name,
            family=f"postgres{ENGINE_VERSION}",
            parameters=[
                {"name": "log_min_duration_statement", "value": str(SLOW_STATEMENT_MS)},
                {"name": "rds.force_ssl", "value": "1"},
            ],
            opts=self.child(),
        )

    def _create_log(self, log: str, args: DatabaseArgs) -> LogGroup:
        # Made before RDS makes it, which would keep it for ever.
        group = LogGroupArgs(
            key=args.key,
            retention_days=args.log_retention_days,
            physical_name=pulumi.Output.concat("/aws/rds/instance/", self.identifier, "/", log),
        )
        return LogGroup(f"{self.name}-{log}", group, self.child())

    def _create_server(self, args: DatabaseArgs, needed: Sequence[pulumi.Resource]) -> aws.rds.Instance:
        watched = args.monitoring_interval_seconds > 0
        return aws.rds.Instance(
            self.name,
            identifier=self.identifier,
            engine="postgres",
            engine_version=ENGINE_VERSION,
            auto_minor_version_upgrade=True,
            instance_class=args.instance_class,
            storage_type="gp3",
            allocated_storage=args.storage_gb,
            max_allocated_storage=args.max_storage_gb if args.max_storage_gb > args.storage_gb else None,
            storage_encrypted=True,
            kms_key_id=args.key.arn,
            db_subnet_group_name=self._subnets.name,
            parameter_group_name=self._parameters.name,
            vpc_security_group_ids=[self._group.security_group_id],
            publicly_accessible=False,
            multi_az=args.multi_az,
            username=ADMINISTRATOR,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key.arn,
            backup_retention_period=args.backup_days,
            copy_tags_to_snapshot=True,
            delete_automated_backups=not args.final_snapshot,
            skip_final_snapshot=not args.final_snapshot,
            final_snapshot_identifier=_snapshot(self.identifier) if args.final_snapshot else None,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key.arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            monitoring_interval=args.monitoring_interval_seconds,
            monitoring_role_arn=self._monitoring(args).arn if watched else None,
            enabled_cloudwatch_logs_exports=list(LOGS),
            deletion_protection=args.deletion_protection,
            opts=self.child(protect=args.deletion_protection, depends_on=list(needed)),
        )

    def _monitoring(self, args: DatabaseArgs) -> MonitoringRole:
        role = MonitoringRoleArgs(region=args.region, account=args.account)
        return MonitoringRole(f"{self.name}-monitoring", role, self.child())

    def _admit_steps(self, args: DatabaseArgs) -> list[pulumi.CustomResource]:
        read = Statement(
            sid="ReadSecret", actions=("secretsmanager:GetSecretValue",), resources=(self.master_secret_arn,)
        )
        permission = args.steps.role.allow(f"{self.name}-administrator", read)
        return [permission, *self._group.allow_from(args.steps, PORT)]


def _snapshot(identifier: pulumi.Output[str]) -> pulumi.Output[str]:
    return pulumi.Output.concat(identifier, "-final")
