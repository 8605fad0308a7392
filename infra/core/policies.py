"""IAM policy documents from typed statements, with what must never be written left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

Condition = Mapping[str, Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]]


@dataclass(frozen=True)
class Principal:
    """Who a statement is about: AWS accounts or roles, a service, or users of an identity provider."""

    kind: Literal["AWS", "Service", "Federated"]
    ids: tuple[pulumi.Input[str], ...]

    @classmethod
    def accounts(cls, *accounts: str) -> "Principal":
        """Return whole accounts: whoever their administrators let do it."""
        return cls("AWS", tuple(f"arn:aws:iam::{account}:root" for account in accounts))

    @classmethod
    def service(cls, *services: str) -> "Principal":
        """Return AWS services, such as `ecs-tasks.amazonaws.com`."""
        return cls("Service", services)

    @classmethod
    def federated(cls, provider: pulumi.Input[str]) -> "Principal":
        """Return whoever an identity provider vouches for, by the provider's ARN."""
        return cls("Federated", (provider,))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One permission. A statement that allows every action, or any principal anything, cannot be made."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[pulumi.Input[str], ...] = ()
    principal: Principal | None = None
    condition: Condition = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"

    def __post_init__(self) -> None:
        """Refuse what nobody may write."""
        if not self.sid.isalnum():
            raise ValueError(f"a statement's sid must be letters and digits, got {self.sid!r}")
        if self.effect == "Allow" and any(action.strip() == "*" for action in self.actions):
            raise ValueError(f"statement {self.sid} allows every action; name those that are needed")

    def to_json(self) -> dict[str, Any]:
        """Return the statement as AWS writes it; values may still be outputs."""
        statement: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect, "Action": _one_or_more(self.actions)}
        if self.principal is not None:
            statement["Principal"] = {self.principal.kind: _one_or_more(self.principal.ids)}
        if self.resources:
            statement["Resource"] = _one_or_more(self.resources)
        if self.condition:
            statement["Condition"] = {operator: dict(keys) for operator, keys in self.condition.items()}
        return statement


def document(*statements: Statement) -> pulumi.Output[str]:
    """Return a policy document of the statements, in their order, as the JSON text that AWS takes."""
    sids = [statement.sid for statement in statements]
    if len(set(sids)) != len(sids):
        raise ValueError(f"two statements of one policy have the same sid: {', '.join(sids)}")
    text: pulumi.Output[str] = pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [statement.to_json() for statement in statements]}
    )
    return text


def trust(sid: str, service: str, account: str) -> Statement:
    """Return the statement that lets a service of AWS take a role, when it works for this account."""
    return Statement(
        sid=sid,
        principal=Principal.service(service),
        actions=("sts:AssumeRole",),
        condition={"StringEquals": {"aws:SourceAccount": account}},
    )


def deny_plain_http(bucket_arn: pulumi.Output[str]) -> Statement:
    """Return the statement that refuses everybody who speaks to a bucket without TLS."""
    return Statement(
        sid="DenyPlainHttp",
        effect="Deny",
        principal=Principal("AWS", ("*",)),
        actions=("s3:*",),
        resources=(bucket_arn, pulumi.Output.concat(bucket_arn, "/*")),
        condition={"Bool": {"aws:SecureTransport": "false"}},
    )


def _one_or_more(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)
