"""Two small things that every component of the platform is built on."""

from collections.abc import Mapping
from typing import Any

import pulumi


class Component(pulumi.ComponentResource):
    """A component whose type token is the class's `TYPE` and whose children hang below it."""

    TYPE: str

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(self.TYPE, name, None, opts)
        self.name = name

    def child(self, *, protect: bool | None = None, depends_on: Any = None) -> pulumi.ResourceOptions:
        """Return the options of a child: its parent, and what only the component itself can know."""
        return pulumi.ResourceOptions(parent=self, protect=protect, depends_on=depends_on)

    def publish(self, outputs: Mapping[str, Any]) -> None:
        """Register the component's outputs; called once, at the end of the constructor."""
        self.register_outputs(dict(outputs))
