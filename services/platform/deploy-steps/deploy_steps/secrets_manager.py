"""Secrets: read and written here, and never shown."""

import json
import secrets
from typing import Any

from botocore.exceptions import ClientError

from deploy_steps import aws

PASSWORD_BYTES = 32


def read(arn: str) -> dict[str, Any] | None:
    """Return the JSON object in a secret, or None while it has no value."""
    client = aws.client("secretsmanager")
    try:
        answer = aws.patiently(lambda: client.get_secret_value(SecretId=arn))
    except ClientError as error:
        # The secret itself was made by the stack before this step was called: it has no value yet.
        if aws.code_of(error) == "ResourceNotFoundException":
            return None
        raise
    text = answer.get("SecretString")
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found


def write(arn: str, value: dict[str, Any]) -> None:
    """Put a JSON object into a secret, unless it holds the same already."""
    if read(arn) != value:
        client = aws.client("secretsmanager")
        text = json.dumps(value, sort_keys=True)
        aws.patiently(lambda: client.put_secret_value(SecretId=arn, SecretString=text))


def password() -> str:
    """Make a password of 43 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(PASSWORD_BYTES)
