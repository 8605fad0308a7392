"""What Application Auto Scaling scales: ECS services of the emulator."""

from typing import Any

from ministack.core.responses import request_scope
from ministack.services import ecs

from .autoscaling import Key, Place


def fit(place: Place, key: Key, low: int, high: int) -> str | None:
    """Move an ECS service's desired count into the range; say what AWS says when there is no such service."""
    if key.namespace != "ecs":
        return None
    with request_scope(place.account, place.region):
        name = key.resource.removeprefix("service/")
        service: dict[str, Any] | None = ecs._services.get(name)
        if service is None or service["status"] != "ACTIVE":
            return f"ECS service doesn't exist: {key.resource}"
        desired = min(max(service["desiredCount"], low), high)
        if desired != service["desiredCount"]:
            cluster, _, short = name.partition("/")
            ecs._update_service({"cluster": cluster, "service": short, "desiredCount": desired})
    return None
