"""What the process was started with: read once from its environment."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

CLOUDFRONT_REGION = "us-east-1"
"""Where AWS keeps what belongs to distributions."""


@dataclass(frozen=True)
class Settings:
    """Settings of this start."""

    boot: str = os.environ.get("SLIPWAY_BOOT", "")
    instance: str = os.environ.get("SLIPWAY_INSTANCE", "")
    """Value of the label by which the containers of this cloud are known."""
    docker: bool = os.environ.get("SLIPWAY_DOCKER") == "1"
    region: str = os.environ.get("MINISTACK_REGION", "eu-west-1")
    host: str = os.environ.get("BIND_HOST", "127.0.0.1")
    port: int = int(os.environ.get("GATEWAY_PORT", "4566"))
    registry: str = os.environ.get("SLIPWAY_REGISTRY", "")
    folder: str = os.environ.get("SLIPWAY_FOLDER", "")
    """Folder for what people may look at, such as the authority's certificate."""
    pythons: Mapping[str, str] = field(default_factory=lambda: json.loads(os.environ.get("SLIPWAY_PYTHONS", "{}")))
    """Interpreters by the name of the runtime that functions ask for."""
    drain_seconds: float = float(os.environ.get("SLIPWAY_CLOUD_DRAIN_SECONDS", "5"))
    """Longest time a container lives on after its target was deregistered; the group's own delay when shorter."""
    unhealthy_seconds: float = float(os.environ.get("SLIPWAY_CLOUD_UNHEALTHY_SECONDS", "90"))
    """How long a task may fail its health checks before it is replaced."""

    @property
    def address(self) -> str:
        """The loopback address with its port."""
        return f"{self.host}:{self.port}"


SETTINGS = Settings()
