"""The certificate authority of this start of the cloud: databases and caches show certificates that it signed."""

import functools
import threading
from pathlib import Path

from .asgi import Receive, Scope, Send, answer
from .settings import SETTINGS

CERTIFICATE = "rds-ca.pem"
DAYS = 365

_guard = threading.Lock()


@functools.cache
def _authority() -> tuple[str, str]:
    """Return certificate and key as PEM; the certificate is also kept as a file for people's own clients."""
    from ministack.core.x509_utils import generate_ca

    certificate, key = generate_ca(org_name="Slipway", common_name=f"Slipway {SETTINGS.boot[:8]} Root CA")
    if SETTINGS.folder:
        Path(SETTINGS.folder, CERTIFICATE).write_text(certificate)
    return certificate, key


def _the_authority() -> tuple[str, str]:
    """Return the one authority, also when a database and two caches ask for it at the same moment."""
    with _guard:
        return _authority()


def certificate() -> str:
    """Return the authority's certificate as PEM: what a client verifies a database or cache by."""
    return _the_authority()[0]


def issue(address: str, names: tuple[str, ...] = ("localhost",)) -> tuple[str, str]:
    """Return certificate and key as PEM for a server at an IPv4 address.

    Some clients verify an address of numbers as `localhost`: that is why it is among the names.
    """
    from ministack.core.x509_utils import sign_leaf_certificate

    authority, key = _the_authority()
    signed, own_key, _public = sign_leaf_certificate(
        authority,
        key,
        common_name=address,
        san_dns=list(names),
        san_ips=[address, "127.0.0.1"],
        days_valid=DAYS,
        key_type="ec256",
    )
    return signed, own_key


async def trust_store(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer `GET /_slipway/rds-ca.pem`, as AWS's trust store does."""
    await answer(send, 200, certificate().encode(), {"content-type": "application/x-pem-file"})
