"""SSM parameters that an environment publishes for the stacks that build on it."""

from typing import Final, Literal, get_args

FoundationKey = Literal[
    "vpc-id",
    "private-subnet-ids",
    "cluster-arn",
    "cluster-name",
    "load-balancer-arn",
    "load-balancer-dns-name",
    "load-balancer-security-group-id",
    "listener-arn",
    "zone-id",
    "zone-name",
    "key-arn",
    "database-endpoint",
    "database-master-secret-arn",
    "database-security-group-id",
    "cache-endpoint",
    "cache-security-group-id",
    "cache-user-group-id",
    "queue-endpoint",
    "queue-security-group-id",
    "queue-user-group-id",
    "deploy-steps-function-name",
    "deploy-steps-role-name",
    "mail-configuration-set",
    "namespace-id",
    "namespace-name",
]
"""What a preview needs to know of the environment that it lives in; lists are joined by commas."""

FOUNDATION_KEYS: Final[tuple[str, ...]] = get_args(FoundationKey)


def foundation_parameter(environment: str, key: FoundationKey) -> str:
    """Return the SSM path of one fact about an environment: `/slipway/dev/foundation/vpc-id`."""
    return f"{foundation_prefix(environment)}/{key}"


def system_prefix(environment: str, system: str) -> str:
    """Return the SSM path under which facts about one application lie, for those who look after it."""
    return f"/slipway/{environment}/{system}"


def foundation_prefix(environment: str) -> str:
    """Return the SSM path under which all facts about an environment lie."""
    return f"/slipway/{environment}/foundation"
