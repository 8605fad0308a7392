"""CloudFront's signed cookies: who has them may read below one prefix of /media, for an hour.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html
"""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from planner import environment, vault

LIFE_SECONDS = 3600
# CloudFront's own way to put base64 where "+", "=" and "/" have another meaning.
SAFE = str.maketrans("+=/", "-_~")


def signed(resource: str, expires_at: int) -> dict[str, str]:
    """The three cookies' values for what `resource` (an address, * for anything) names; empty without a key."""
    arn = environment.text("MEDIA_KEY_SECRET_ARN")
    if not arn:
        return {}
    statement = {"Resource": resource, "Condition": {"DateLessThan": {"AWS:EpochTime": expires_at}}}
    policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
    return {
        "CloudFront-Policy": _text(policy),
        "CloudFront-Signature": _text(_signature(vault.secret(arn)["privateKey"], policy)),
        "CloudFront-Key-Pair-Id": environment.text("MEDIA_KEY_PAIR_ID"),
    }


def _signature(pem: str, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    # SHA-1 is what CloudFront verifies signatures by RSA keys with.
    signature: bytes = _key(pem).sign(message, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    return signature


@cache
def _key(pem: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), password=None)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii").translate(SAFE)
