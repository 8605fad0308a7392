"""A Cognito user pool of one system, with its browser client; stateful: people's accounts are lost with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.function import Function
from infra.components.mail import Sender
from infra.components.role import Role
from infra.core.policies import Statement
from infra.core.resources import Component

PASSWORD_LENGTH = 12
LOGIN_MINUTES = 60
REFRESH_DAYS = 30
ATTRIBUTES = ("email", "name")
"""What a person's page reads and writes."""


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """Cognito's own sign-in pages, for what a browser asks without a script: who came back is known by a code."""

    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UserPoolArgs:
    """Who may sign up, who writes to them, and what is done then."""

    region: str
    account: str
    sender: Sender
    """Who the codes come from, verified before the pool uses it."""
    confirmed: Function | None = None
    """Called when a person has confirmed their address; its role knows nothing of the pool."""
    hosted: Hosted | None = None
    advanced_security: bool = False
    """Whether Cognito looks for stolen passwords and odd sign-ins; it is paid by the active user."""
    deletion_protection: bool = True


class UserPool(Component):
    """A stateful pool in which people sign in by their mail address; its client has no secret to keep."""

    TYPE = "platform:edge:UserPool"

    def __init__(self, name: str, args: UserPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._pool = self._create_pool(args)
        ready = self._admit_trigger(args)
        client = self._create_client(args)
        self.arn = self._pool.arn
        self.physical_id = pulumi.Output.all(self._pool.id, *(x.id for x in ready)).apply(lambda known: str(known[0]))
        self.client_id = client.id
        self.issuer = pulumi.Output.concat(f"https://cognito-idp.{args.region}.amazonaws.com/", self._pool.id)
        prefix = f"{pulumi.get_stack()}-{name}-{args.account}"
        self.login_host = f"{prefix}.auth.{args.region}.amazoncognito.com"
        if args.hosted is not None:
            self._open_pages(prefix)
        self.publish({"physical_id": self.physical_id, "client_id": self.client_id})

    def grant_delete_user(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role look for people's accounts and delete them."""
        return role.allow(
            f"{self.name}-delete-user",
            Statement(
                sid="DeleteUsers",
                actions=("cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser"),
                resources=(self.arn,),
            ),
        )

    def _create_pool(self, args: UserPoolArgs) -> aws.cognito.UserPool:
        sender, trigger = args.sender, args.confirmed
        return aws.cognito.UserPool(
            self.name,
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            username_configuration={"case_sensitive": False},
            password_policy={
                "minimum_length": PASSWORD_LENGTH,
                "require_lowercase": True,
                "require_uppercase": True,
                "require_numbers": True,
                "require_symbols": False,
                "temporary_password_validity_days": 7,
            },
            mfa_configuration="OPTIONAL",
            software_token_mfa_configuration={"enabled": True},
            account_recovery_setting={"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
            # A new address counts when it is confirmed, and the old one until then.
            user_attribute_update_settings={"attributes_require_verification_before_updates": ["email"]},
            email_configuration={
                "email_sending_account": "DEVELOPER",
                "source_arn": sender.identity_arn,
                "from_email_address": sender.address,
                "configuration_set": sender.configuration_set,
            },
            lambda_config={"post_confirmation": trigger.arn} if trigger else None,
            user_pool_tier="PLUS" if args.advanced_security else "ESSENTIALS",
            user_pool_add_ons={"advanced_security_mode": "ENFORCED"} if args.advanced_security else None,
            deletion_protection="ACTIVE" if args.deletion_protection else "INACTIVE",
            opts=self.child(protect=args.deletion_protection),
        )

    def _admit_trigger(self, args: UserPoolArgs) -> Sequence[pulumi.CustomResource]:
        if args.confirmed is None:
            return ()
        allowed = args.confirmed.allow_call(self.name, service="cognito-idp.amazonaws.com", source_arn=self._pool.arn)
        return (allowed,)

    def _create_client(self, args: UserPoolArgs) -> aws.cognito.UserPoolClient:
        hosted = args.hosted
        return aws.cognito.UserPoolClient(
            f"{self.name}-browser",
            user_pool_id=self._pool.id,
            generate_secret=False,
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
            supported_identity_providers=["COGNITO"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            access_token_validity=LOGIN_MINUTES,
            id_token_validity=LOGIN_MINUTES,
            refresh_token_validity=REFRESH_DAYS,
            token_validity_units={"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"},
            read_attributes=["email", "email_verified", "name"],
            write_attributes=list(ATTRIBUTES),
            # Without a secret a code is worth something only with the verifier of whoever asked for it.
            allowed_oauth_flows_user_pool_client=True if hosted else None,
            allowed_oauth_flows=["code"] if hosted else None,
            allowed_oauth_scopes=["email", "openid", "profile"] if hosted else None,
            callback_urls=list(hosted.callback_urls) if hosted else None,
            logout_urls=list(hosted.logout_urls) if hosted else None,
            opts=self.child(),
        )

    def _open_pages(self, prefix: str) -> None:
        aws.cognito.UserPoolDomain(f"{self.name}-login", domain=prefix, user_pool_id=self._pool.id, opts=self.child())
