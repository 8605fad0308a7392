"""Kinds of values in a stack file: each says what is allowed in words that a reader of the file knows."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from interface import names, pins

LOG_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The only retentions that CloudWatch Logs knows, in days."""

_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _text(value: Any, allowed: str) -> str:
    if not isinstance(value, str):
        raise ValueError(allowed)
    return value


def _label(value: Any) -> str:
    allowed = "must be 1 to 32 small letters, digits and hyphens, beginning with a letter"
    if not _LABEL.fullmatch(_text(value, allowed)):
        raise ValueError(allowed)
    return str(value)


def _environment(value: Any) -> str:
    label = _label(value)
    if len(label) > 12:  # it is part of a load balancer's name, which has 32 characters in all
        raise ValueError("must be at most 12 characters")
    return label


def _domain(value: Any) -> str:
    allowed = "must be a domain name in small letters, like slipway.example"
    labels = _text(value, allowed).split(".")
    if (
        len(labels) < 2
        or len(value) > 200
        or not all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", x) for x in labels)
    ):
        raise ValueError(allowed)
    return str(value)


def _account(value: Any) -> str:
    allowed = "must be 12 digits in quotes"
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12:
        value = f"{value:012d}"  # what `pulumi config set` makes of 12 digits
    if not re.fullmatch(r"[0-9]{12}", _text(value, allowed), re.ASCII):
        raise ValueError(allowed)
    return str(value)


def _matching(pattern: str, allowed: str) -> BeforeValidator:
    """Return a check that a value is a text which matches as a whole; `allowed` says what would."""

    def check(value: Any) -> str:
        text = _text(value, allowed)
        if not re.fullmatch(pattern, text):
            raise ValueError(allowed)
        return text

    return BeforeValidator(check)


def _network(value: Any) -> IPv4Network:
    allowed = "must be a private IPv4 range of /16 to /20 that begins at its own first address, like 10.10.0.0/16"
    try:
        block = IPv4Network(_text(value, allowed))
    except ValueError:
        raise ValueError(allowed) from None
    if not 16 <= block.prefixlen <= 20 or not any(block.subnet_of(private) for private in _PRIVATE):
        raise ValueError(allowed)
    return block


def _retention(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in LOG_RETENTION_DAYS:
        raise ValueError(f"must be one of {', '.join(map(str, LOG_RETENTION_DAYS))}")
    return int(value)


def _pin(value: Any) -> pins.Pin:
    return pins.parse(_text(value, f"must be {pins.ALLOWED}"))


def _system(value: Any) -> str:
    allowed = f"must be one of {', '.join(sorted(names.SYSTEMS))}"
    if _text(value, allowed) not in names.SYSTEMS:
        raise ValueError(allowed)
    return str(value)


def _sequence(value: Any) -> Any:
    """Let a list through as a tuple; a second mention of one thing would be a second resource of the same name."""
    if not isinstance(value, list):
        return value
    twins = sorted({str(item) for item in value if value.count(item) > 1})
    if twins:
        raise ValueError(f"must name each only once, {', '.join(twins)} stands more than once")
    return tuple(value)


Label = Annotated[str, BeforeValidator(_label)]
Environment = Annotated[str, BeforeValidator(_environment)]
Domain = Annotated[str, BeforeValidator(_domain)]
Account = Annotated[str, BeforeValidator(_account)]
Repository = Annotated[
    str,
    _matching(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}", "must be owner/name on GitHub"),
]
Region = Annotated[str, _matching(r"[a-z]{2}(-[a-z]+){1,2}-[1-9]", "must be an AWS region, like eu-west-1")]
InstanceClass = Annotated[
    str,
    _matching(r"db\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}", "must be a class of RDS servers, like db.t4g.micro"),
]
NodeType = Annotated[
    str,
    _matching(
        r"cache\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}", "must be a type of ElastiCache nodes, like cache.t4g.micro"
    ),
]
Network = Annotated[IPv4Network, BeforeValidator(_network)]
LogRetention = Annotated[int, BeforeValidator(_retention), Field(examples=[30])]
PinValue = Annotated[Any, BeforeValidator(_pin), Field(examples=["build"])]
Endpoint = Literal[
    "s3",
    "dynamodb",
    "ecr.api",
    "ecr.dkr",
    "logs",
    "kms",
    "ssm",
    "sts",
    "secretsmanager",
    "sqs",
    "email",
    "monitoring",
    "ecs",
    "elasticache",
]
"""AWS APIs that tasks and deploy steps call or are started by; without NAT each needs an endpoint."""
Endpoints = Annotated[tuple[Endpoint, ...], BeforeValidator(_sequence)]
Environments = Annotated[tuple[Environment, ...], BeforeValidator(_sequence)]
Systems = Annotated[tuple[Annotated[str, BeforeValidator(_system)], ...], BeforeValidator(_sequence)]
