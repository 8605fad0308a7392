"""Calls of AWS, patient with permissions that were given a moment ago and are not known everywhere yet."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.exceptions import ClientError

T = TypeVar("T")

NOT_YET = {"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation"}
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 3.0


def client(service: str) -> Any:
    """Return a client of an AWS service in the function's own region and account."""
    return boto3.client(service)


def code_of(error: ClientError) -> str:
    """Return AWS's own word for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def patiently(call: Callable[[], T]) -> T:
    """Return what a call returns; while it is refused, IAM may not have spread what allows it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except ClientError as error:
            if code_of(error) not in NOT_YET or time.monotonic() > end:
                raise
        time.sleep(PAUSE_SECONDS)
