"""`python -m src.health`: the container's health check, of the API by its address and of the worker by its beat."""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path

BEAT = Path("/tmp/worker-beat")  # noqa: S108 # the one folder that a read-only container may write to
SILENT_SECONDS = 120


def beat() -> None:
    """Say that the worker's loop goes round."""
    BEAT.touch()


def healthy() -> bool:
    """Whether what runs in this container does its work."""
    if BEAT.exists():
        return time.time() - BEAT.stat().st_mtime < SILENT_SECONDS
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}/healthz", timeout=2
        ) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy() else 1)
