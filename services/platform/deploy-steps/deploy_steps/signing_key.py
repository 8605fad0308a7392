"""The step `signing-key`: an RSA key to sign with, made by KMS and kept in a secret.

The secret holds `{"kid", "privateKey", "publicKey"}`, the answer all but the private half.
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
        return {"kid": kept["kid"], "publicKey": kept.get("publicKey", ""), "created": False}
    kms = aws.client("kms")
    pair = aws.patiently(lambda: kms.generate_data_key_pair(KeyId=event["key"], KeyPairSpec=SPEC))
    kid = hashlib.sha256(pair["PublicKey"]).hexdigest()[:KID_LENGTH]
    public = _pem("PUBLIC", pair["PublicKey"])
    private = _pem("PRIVATE", pair["PrivateKeyPlaintext"])
    secrets_manager.write(event["secret"], {"kid": kid, "privateKey": private, "publicKey": public})
    return {"kid": kid, "publicKey": public, "created": True}


def _pem(half: str, der: bytes) -> str:
    """Write a key as text, in lines of 64 characters."""
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join([f"-----BEGIN {half} KEY-----", *lines, f"-----END {half} KEY-----", ""])
