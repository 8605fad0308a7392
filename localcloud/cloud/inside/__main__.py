"""Serve the cloud on loopback until told to end."""

import asyncio
import logging
import logging.handlers
import os
import sys

from .settings import SETTINGS

LOG_BYTES = 5_000_000


class Rotating(logging.handlers.RotatingFileHandler):
    """A log file with a limit that standard output and error follow when it is rotated."""

    def doRollover(self) -> None:  # noqa: N802  # the standard library's name
        """Move the full file away, begin a new one, and point both streams at it."""
        super().doRollover()
        for stream in (sys.stdout, sys.stderr):
            os.dup2(self.stream.fileno(), stream.fileno())


def main() -> None:
    """Set up logging, import MiniStack with its mends, serve."""
    # Lambda functions run as children of this process and must not import our modules by accident.
    os.environ.pop("PYTHONPATH", None)
    os.environ["RDS_TRUST_STORE_URL"] = f"http://{SETTINGS.address}/_slipway/rds-ca.pem"
    handler = Rotating(os.environ["SLIPWAY_LOG"], maxBytes=LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    from . import server

    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
