"""Django's backend for Postgres, with the login from a secret (`LOGIN_SECRET_ARN` of the connection's settings).

A refused login is tried once more with the secret read again: its password may have
been rotated while the worker slept.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import ssl
import tempfile
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base

from planner import vault

LOG = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection; without LOGIN_SECRET_ARN it is exactly Django's own."""

    def get_connection_params(self) -> dict[str, Any]:
        """What the driver is told, with the login as last read."""
        if arn := self.settings_dict.get("LOGIN_SECRET_ARN"):
            try:
                self._use(vault.secret(arn))
            except vault.SecretUnreadableError as error:
                raise OperationalError(str(error)) from error
        params: dict[str, Any] = super().get_connection_params()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection of the driver."""
        try:
            return super().get_new_connection(conn_params)
        except base.Database.OperationalError:
            arn = self.settings_dict.get("LOGIN_SECRET_ARN")
            if not arn or not self._has_changed(arn):
                raise
            LOG.warning("the database refused the login: its secret has another one")
            return super().get_new_connection(self.get_connection_params())

    def _has_changed(self, arn: str) -> bool:
        """Whether the secret, read again, differs from what was tried."""
        tried = vault.secret(arn)
        try:
            return vault.renewed(arn) != tried
        except vault.SecretUnreadableError:
            return False

    def _use(self, login: dict[str, Any]) -> None:
        proxy = self.settings_dict.get("PROXY_HOST")
        self.settings_dict.update(
            NAME=login["dbname"],
            USER=login["username"],
            PASSWORD=login["password"],
            HOST=proxy or login["host"],
            PORT=str(login["port"]),
        )
        # Certificate and host name are both checked, whatever the secret says.
        options = {**self.settings_dict["OPTIONS"], "sslmode": "verify-full"}
        # A proxy shows a certificate of a public authority, the server one of its own.
        authorities = (_public() if proxy else "") + login.get("ca", "")
        options["sslrootcert"] = str(_file(authorities)) if authorities else "system"
        self.settings_dict["OPTIONS"] = options


@functools.cache
def _public() -> str:
    """The authorities that this machine trusts, as one text."""
    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)
    return "".join(ssl.DER_cert_to_PEM_cert(each) for each in trusted)


def _file(certificates: str) -> Path:
    """The certificates as a file, which is what libpq takes; a half-written one is never seen."""
    name = hashlib.sha256(certificates.encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir(), f"planner-ca-{os.getuid()}-{name}.pem")
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as half:
            half.write(certificates)
        Path(half.name).replace(path)
    return path
