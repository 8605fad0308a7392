"""SQS: queues have an address that containers and this machine reach alike."""

from typing import Any

from ..network import Gateway
from .mend import Mend, replace

gateway: Gateway | None = None
"""How containers reach this process; set before the server starts, nothing without Docker."""


def _addresses(sqs: Any) -> None:
    def address(account: str, name: str) -> str:
        return f"{gateway.endpoint}/{account}/{name}" if gateway else str(original(account, name))

    original = replace(sqs, "_queue_url_for_account", address)


MENDS = (
    Mend(
        "a queue's address is one that containers reach too: SDKs take it for the endpoint",
        "it is `localhost`, which is the container itself",
        "ministack.services.sqs",
        {"_queue_url": "dc997b82b8d6", "_queue_url_for_account": "84f56260ad93"},
        _addresses,
    ),
)
