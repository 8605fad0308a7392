"""The unpacked code of functions, once for each content, and the packages that a runtime brings."""

import functools
import hashlib
import io
import logging
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path

from ..settings import SETTINGS

logger = logging.getLogger("slipway.functions")

BROUGHT = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
"""What AWS's runtimes have besides the standard library: all of it pure Python, so that one copy serves every one."""
COMPILE_SECONDS = 300

_guard = threading.Lock()
_compiled: set[tuple[str, str]] = set()


def interpreter(runtime: str) -> str:
    """Return the Python of a runtime; the emulator's own where this machine has none of that version."""
    return SETTINGS.pythons.get(runtime, sys.executable)


@functools.cache
def packages() -> Path:
    """Return a folder with what runtimes bring."""
    import boto3

    folder = Path(tempfile.gettempdir()) / "runtime"
    folder.mkdir(exist_ok=True)
    source = Path(boto3.__file__).parents[1]
    for name in BROUGHT:
        link = folder / name
        if not link.exists():
            link.symlink_to(source / name)
    return folder


def unpacked(packed: bytes) -> Path:
    """Return the folder with the code of a zip."""
    place = Path(tempfile.gettempdir()) / "functions" / hashlib.sha256(packed).hexdigest()[:32]
    with _guard:
        if not place.exists():
            beside = place.with_name(f".{place.name}")
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                archive.extractall(beside)
            beside.rename(place)
    return place


def prepare(packed: bytes, runtime: str) -> None:
    """Unpack and compile a function's code in the background, so that its first start is as quick as the next."""
    threading.Thread(target=_prepare, args=(packed, runtime), daemon=True).start()


def _prepare(packed: bytes, runtime: str) -> None:
    try:
        folders = [unpacked(packed), packages()]
    except (OSError, zipfile.BadZipFile):
        return  # the first invocation tells of it
    python = interpreter(runtime)
    for folder in folders:
        key = (python, str(folder))
        with _guard:
            if key in _compiled:
                continue
            _compiled.add(key)
        command = ["nice", "-n", "10", python, "-m", "compileall", "-q", "-r", "5", str(folder)]
        try:
            subprocess.run(command, capture_output=True, timeout=COMPILE_SECONDS, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            logger.warning("%s cannot be compiled: %s", folder, error)
