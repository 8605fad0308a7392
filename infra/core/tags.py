"""The tags that every resource carries, through the provider."""


def default_tags(*, environment: str, repository: str) -> dict[str, str]:
    """Return the provider's default tags of one stack: whose it is, where it comes from, who may change it."""
    return {
        "slipway:environment": environment,
        "slipway:repository": repository,
        "slipway:managed-by": "pulumi",
    }
