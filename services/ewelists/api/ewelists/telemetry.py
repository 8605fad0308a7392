"""Logs, metrics and traces: Powertools' own, one of each a function.

None of them ever holds who called, an address, a body or a path with ids in it: a user who is deleted leaves nothing.
"""

from __future__ import annotations

import logging

from aws_lambda_powertools import Logger, Metrics, Tracer

NAMESPACE = "Ewelists"
# Where nothing is traced, the SDK would say so with every request.
logging.getLogger("aws_xray_sdk").setLevel(logging.ERROR)

logger = Logger()
metrics = Metrics(namespace=NAMESPACE)
tracer = Tracer(patch_modules=["botocore"])


def count(name: str, value: int = 1) -> None:
    """Count something that happened, in the embedded metric format."""
    metrics.add_metric(name=name, unit="Count", value=value)
