"""The step `signing-key`: an RSA key to sign with, made by KMS and kept in a secret as `{"kid", "privateKey"}`.

Event: `key` (ARN of the KMS key that makes the pair), `secret` (ARN of the secret that is written).
"""

import base64
import hashlib
import textwrap
from collections.abc import Mapping
from typing import Any

from deploy_steps import aws, secrets_manager

SPEC = "RSA_2048"
KID_LENGTH = 16


def make(event: Mapping[str, Any]) -> dict[str, Any]:
    """Make the key where the secret has none; what is signed already must still be found right."""
    kept = secrets_manager.read(event["secret"])
    if kept and "privateKey" in kept:
        return {"kid": kept["kid"], "created": False}
    kms = aws.client("kms")
    pair = aws.patiently(lambda: kms.generate_data_key_pair(KeyId=event["key"], KeyPairSpec=SPEC))
    kid = hashlib.sha256(pair["PublicKey"]).hexdigest()[:KID_LENGTH]
    secrets_manager.write(event["secret"], {"kid": kid, "privateKey": _pem(pair["PrivateKeyPlaintext"])})
    return {"kid": kid, "created": True}


def _pem(der: bytes) -> str:
    """Write a PKCS#8 key as text, in lines of 64 characters."""
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
