"""The function's entry: asks every system for its health, and writes down what came of it as metrics."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

NAMESPACE = "Slipway/Canary"
DIMENSION = "System"
PATIENCE_SECONDS = 10.0
"""A visitor has gone by then."""


@dataclass(frozen=True)
class Visit:
    """How a system received a visitor."""

    system: str
    healthy: bool
    milliseconds: int
    reason: str

    def line(self, now: float) -> str:
        """Return the visit as a line of the log that CloudWatch reads metrics from."""
        metrics = [{"Name": "Healthy", "Unit": "Count"}, {"Name": "Duration", "Unit": "Milliseconds"}]
        directive = {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": metrics}
        told = {"_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}, DIMENSION: self.system}
        return json.dumps({**told, "Healthy": int(self.healthy), "Duration": self.milliseconds, "reason": self.reason})


def handle(event: Mapping[str, Any], context: object) -> dict[str, bool]:
    """Visit the systems of `TARGETS`, JSON of their names and addresses, all at once; say which were healthy."""
    targets = json.loads(os.environ["TARGETS"])
    with ThreadPoolExecutor(max(len(targets), 1)) as pool:
        visits = list(pool.map(lambda target: visit(*target), sorted(targets.items())))
    for made in visits:
        print(made.line(time.time()))
    return {made.system: made.healthy for made in visits}


def visit(system: str, address: str) -> Visit:
    """Ask for an address; healthy is who answers 200 in time."""
    began = time.monotonic()
    reason = _ask(address)
    return Visit(system, not reason, round((time.monotonic() - began) * 1000), reason)


def _ask(address: str) -> str:
    """Return what is wrong, or nothing."""
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "slipway-canary"})  # noqa: S310  # our own
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  # our own
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except (OSError, ValueError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return "" if status == 200 else f"answered {status}"
