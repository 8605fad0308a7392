"""The certificate authorities of the region's database servers, which clients check a server by."""

import os
import ssl
import urllib.error
import urllib.request

from deploy_steps.errors import StepError, one_line

TRUST_STORE = "https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
TIMEOUT_SECONDS = 30


def bundle() -> str:
    """Return the PEM bundle of the region's public trust store, or of `RDS_TRUST_STORE_URL` where that is set."""
    url = os.environ.get("RDS_TRUST_STORE_URL") or TRUST_STORE.format(region=os.environ["AWS_REGION"])
    if not url.startswith(("https://", "http://")):
        raise StepError(f"the trust store is not at an address of the web: {url}")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # checked above
            text: str = answer.read().decode("ascii")
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise StepError(f"the trust store {url} cannot be read: {one_line(error)}") from None
    if "BEGIN CERTIFICATE" not in text:
        raise StepError(f"the trust store {url} holds no certificate")
    return text


def context(pem: str) -> ssl.SSLContext:
    """Return how a server is checked: by these authorities, and by its name."""
    return ssl.create_default_context(cadata=pem)
