"""The role with which an environment's stack writes its own NS record into the root zone, and nothing else."""

from dataclasses import dataclass

import pulumi

from infra.components.role import Role, RoleArgs
from infra.components.zone import Zone
from infra.core.policies import Principal, Statement
from infra.core.resources import Component
from interface.names import delegation_role_name, environment_domain


@dataclass(frozen=True, kw_only=True)
class DelegationArgs:
    """Which environment, whose account it is, and the zone that it writes into."""

    environment: str
    environment_account: str
    """The account whose administrators may take the role, 12 digits."""
    zone: Zone


class Delegation(Component):
    """A role under a known name that may change one record set of one zone: the environment's NS record."""

    TYPE = "platform:tooling:Delegation"

    def __init__(self, name: str, args: DelegationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        role = Role(name, _role(args), self.child())
        role.allow("zone", *_permissions(args))
        self.arn = role.arn
        self.publish({"arn": self.arn})


def _role(args: DelegationArgs) -> RoleArgs:
    return RoleArgs(
        description=f"Delegates {environment_domain(args.environment, args.zone.domain)}",
        physical_name=delegation_role_name(args.environment),
        trust=Statement(
            sid="Environment", principal=Principal.accounts(args.environment_account), actions=("sts:AssumeRole",)
        ),
    )


def _permissions(args: DelegationArgs) -> tuple[Statement, ...]:
    zone_arn = pulumi.Output.concat("arn:aws:route53:::hostedzone/", args.zone.zone_id)
    name = environment_domain(args.environment, args.zone.domain)
    only = {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
        "route53:ChangeResourceRecordSetsRecordTypes": ["NS"],
    }
    return (
        Statement(
            sid="Delegate",
            actions=("route53:ChangeResourceRecordSets",),
            resources=(zone_arn,),
            condition={"ForAllValues:StringEquals": only},
        ),
        Statement(
            sid="ReadZone",
            actions=("route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"),
            resources=(zone_arn,),
        ),
        # To find a zone by its name, and to see a change through, AWS asks for no narrower resource.
        Statement(sid="FindZone", actions=("route53:ListHostedZones",), resources=("*",)),
        Statement(sid="SeeChange", actions=("route53:GetChange",), resources=("arn:aws:route53:::change/*",)),
    )
