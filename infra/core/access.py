"""Who may open connections to whom, as values: what has a security group, and what lets it in."""

from collections.abc import Callable, Sequence
from typing import Protocol

import pulumi


class Client(Protocol):
    """Whatever opens connections: a name, unique in the stack, and the security group that it is in."""

    @property
    def name(self) -> str:
        """Its logical name."""

    @property
    def security_group_id(self) -> pulumi.Output[str]:
        """Its security group."""


Opening = Callable[[Client], Sequence[pulumi.Resource]]
"""A way in that an owner gives, as a value: `database.allow_from`. Returns the rules of both sides."""
