"""An RDS proxy: few connections to a Postgres server, shared by clients that come and go by the hundred."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.logical_database import LogicalDatabase
from infra.components.network import Network
from infra.components.role import Role, RoleArgs
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.core.access import Client, Opening
from infra.core.policies import trust
from infra.core.resources import Component

IDLE_SECONDS = 15 * 60
"""For how long a client may say nothing: a function that sleeps longer than that connects anew."""
BORROW_SECONDS = 10
"""For how long a client waits for a free connection: less than a visitor does."""


@dataclass(frozen=True, kw_only=True)
class DatabaseProxyArgs:
    """Which server it stands before, and whose logins pass."""

    network: Network
    identifier: pulumi.Input[str]
    """The server's."""
    port: int
    server: Opening
    """The way in to the server."""
    logins: Sequence[LogicalDatabase]
    account: str
    share_percent: int = 50
    """How much of the server's connections it may use; the others are for those who connect by themselves."""

    def __post_init__(self) -> None:
        """Refuse what RDS refuses."""
        if not self.logins:
            raise ValueError("a proxy needs a login that may pass")
        if not 1 <= self.share_percent <= 100:
            raise ValueError(f"share_percent must be 1 to 100, got {self.share_percent}")


class DatabaseProxy(Component):
    """A proxy in the isolated subnets; those whom `allow_from` names reach it by TLS, and log in as to the server.

    Its certificate is of a public authority, not of RDS's; `host` is known when the server is behind it.
    """

    TYPE = "platform:data:DatabaseProxy"

    def __init__(self, name: str, args: DatabaseProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._port = args.port
        self._group = SecurityGroup(
            name, SecurityGroupArgs(network=args.network, description=f"Proxy {name}"), self.child()
        )
        self.security_group_id = self._group.security_group_id
        proxy = self._create_proxy(args)
        self.host = pulumi.Output.all(proxy.endpoint, self._lead(proxy, args).id).apply(lambda known: str(known[0]))
        self.publish({"host": self.host})

    def allow_from(self, client: Client) -> Sequence[pulumi.Resource]:
        """Let a client open connections to the proxy."""
        return self._group.allow_from(client, self._port)

    def _create_proxy(self, args: DatabaseProxyArgs) -> aws.rds.Proxy:
        trusted = trust("Proxy", "rds.amazonaws.com", args.account)
        role = Role(self.name, RoleArgs(description="Reads the logins that a proxy knows", trust=trusted), self.child())
        permissions = [login.grant_read(role) for login in args.logins]
        return aws.rds.Proxy(
            self.name,
            engine_family="POSTGRESQL",
            auths=[
                {"auth_scheme": "SECRETS", "iam_auth": "DISABLED", "secret_arn": login.secret_arn}
                for login in args.logins
            ],
            role_arn=role.arn,
            vpc_subnet_ids=args.network.isolated_subnet_ids,
            vpc_security_group_ids=[self.security_group_id],
            require_tls=True,
            idle_client_timeout=IDLE_SECONDS,
            opts=self.child(depends_on=[*permissions, *args.server(self)]),
        )

    def _lead(self, proxy: aws.rds.Proxy, args: DatabaseProxyArgs) -> aws.rds.ProxyTarget:
        group = aws.rds.ProxyDefaultTargetGroup(
            self.name,
            db_proxy_name=proxy.name,
            connection_pool_config={
                "connection_borrow_timeout": BORROW_SECONDS,
                "max_connections_percent": args.share_percent,
                "max_idle_connections_percent": args.share_percent // 2,
            },
            opts=self.child(),
        )
        return aws.rds.ProxyTarget(
            self.name,
            db_proxy_name=proxy.name,
            target_group_name=group.name,
            db_instance_identifier=args.identifier,
            opts=self.child(),
        )
