"""The step `random-secret`: 43 letters that nobody can guess, made once and kept in a secret as `{"key"}`.

Event: `secret` (ARN of the secret that is written).
"""

from collections.abc import Mapping
from typing import Any

from deploy_steps import secrets_manager


def make(event: Mapping[str, Any]) -> dict[str, Any]:
    """Make the key where the secret has none: what was signed with it must still be found right."""
    kept = secrets_manager.read(event["secret"])
    if kept and "key" in kept:
        return {"created": False}
    secrets_manager.write(event["secret"], {"key": secrets_manager.password()})
    return {"created": True}
