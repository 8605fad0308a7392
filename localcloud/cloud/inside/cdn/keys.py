"""Public keys of trusted key groups."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from ministack.services import cloudfront

from . import signing


def verifier(groups: Sequence[str]) -> signing.Verify:
    """Return what verifies a signature by the keys of groups of the account that is entered."""
    known = {group: cloudfront._key_groups[group]["Config"] for group in groups if group in cloudfront._key_groups}
    trusted = signing.keys_in(groups, known)

    def verify(key: str, signed: bytes, signature: bytes, digest: str) -> bool | None:
        if key not in trusted or key not in cloudfront._public_keys:
            return None
        pem = cloudfront._public_keys[key]["Config"]["EncodedKey"]
        return _is_good(pem, signed, signature, digest)

    return verify


def _is_good(pem: str, signed: bytes, signature: bytes, digest: str) -> bool:
    algorithm = hashes.SHA256() if digest == signing.SHA256 else hashes.SHA1()  # noqa: S303  # what CloudFront takes
    try:
        public = serialization.load_pem_public_key(pem.encode())
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True
