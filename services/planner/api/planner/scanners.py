"""Scanners for viruses. `SCANNER` names one as `module:Class`; the built-in one knows the test signature alone."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from planner import environment

BUILT_IN = "planner.scanners:SignatureScanner"
# In two parts, so that no scanner takes this file for what it looks for.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(Protocol):
    """What looks for viruses."""

    def scan(self, content: bytes) -> str | None:
        """The name of what was found in a file of at most 10 MiB; None when nothing was."""


class SignatureScanner:
    """Finds EICAR's test signature, wherever it stands in the file: it proves the way that an infected file goes."""

    def scan(self, content: bytes) -> str | None:
        """See Scanner."""
        return "EICAR-Test-File" if EICAR in content else None


def configured() -> Scanner:
    """The scanner that the environment names."""
    module, _, name = environment.text("SCANNER", BUILT_IN).partition(":")
    scanner: Scanner = getattr(import_module(module), name)()
    return scanner
