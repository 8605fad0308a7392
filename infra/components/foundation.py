"""SSM parameters in which an environment says where it is, for the stacks that build on it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component
from interface.parameters import FOUNDATION_KEYS, FoundationKey, foundation_parameter


@dataclass(frozen=True, kw_only=True)
class FoundationArgs:
    """Every fact, by its key; none of them secret."""

    environment: str
    values: Mapping[FoundationKey, pulumi.Input[str]]

    def __post_init__(self) -> None:
        """Refuse half a foundation: a reader finds all keys or none."""
        missing = [key for key in FOUNDATION_KEYS if key not in self.values]
        if missing:
            raise ValueError(f"the foundation lacks {', '.join(missing)}")


class Foundation(Component):
    """One parameter a fact under `/slipway/<environment>/foundation`; reading them opens nothing else of the state."""

    TYPE = "platform:operations:Foundation"

    def __init__(self, name: str, args: FoundationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        for key, value in sorted(args.values.items()):
            aws.ssm.Parameter(
                f"{name}-{key}",
                name=foundation_parameter(args.environment, key),
                type="String",
                value=value,
                opts=self.child(),
            )
        self.publish({})
