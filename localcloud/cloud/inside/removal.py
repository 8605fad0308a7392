"""What is to go from the engine goes: if not now, then as soon as the engine answers."""

import logging
import threading
import time
from collections.abc import Callable

from .mends.containers import ending

logger = logging.getLogger("slipway.removal")

EVERY_SECONDS = 1.0


def surely(remove: Callable[[], None], what: str, every_seconds: float = EVERY_SECONDS) -> None:
    """Remove something now, or behind the caller's back while the engine does not answer.

    What the engine refuses is the caller's to hear. A cloud that ends stops trying: it sweeps, and so does the next.
    """
    if _done(remove):
        return
    logger.warning("%s is removed as soon as the engine answers", what)

    def again() -> None:
        while not ending and not _done(remove):
            time.sleep(every_seconds)

    threading.Thread(target=again, daemon=True, name="slipway-removal").start()


def _done(remove: Callable[[], None]) -> bool:
    try:
        remove()
    except Exception as error:
        if is_silence(error):
            return False
        raise
    return True


def is_silence(error: Exception) -> bool:
    """Say whether an error comes from the engine's socket, not from an engine that has answered."""
    from docker.errors import DockerException

    # The client has errors of its own for answers, and for the system's errors of its library for HTTP.
    return isinstance(error, OSError) and not isinstance(error, DockerException | TimeoutError)
