"""How the cloud's process is started: its command and the environment it sees."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from localcloud import home, ports
from localcloud.cloud import pythons

FOLDER = Path(__file__).resolve().parent
PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
SECRET = "embedded"  # noqa: S105  # any text does, it protects nothing
"""The secret of every account's key: what clients of this machine sign with, and functions as well."""
NO_DOCKER = "unix:///nonexistent/docker-is-off.sock"


def command(python: Path) -> list[str]:
    """Return the command that runs the cloud in MiniStack's environment."""
    return [str(python), "-m", "inside"]


def settings(port: int, region: str, boot: str, engine: str | None) -> dict[str, str]:
    """Return the whole environment of the process; nothing else of the caller's reaches it.

    `engine` is a `DOCKER_HOST` value, or nothing when the cloud shall not touch Docker.
    """
    scratch = home.file("cloud", "scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    own = {
        "PYTHONPATH": str(FOLDER),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(scratch),
        "STATE_DIR": str(scratch / "state"),
        "S3_DATA_DIR": str(scratch / "s3"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": ports.LOOPBACK,
        "MINISTACK_HOST": "localhost",
        # After ten seconds, its default, it takes a busy engine for one that cannot do what it was asked.
        "MINISTACK_DOCKER_TIMEOUT": "120",
        "MINISTACK_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",  # AWS's own limit: here invocations wait for one of a few processes
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "DOCKER_HOST": engine or NO_DOCKER,
        "DOCKER_NETWORK": instance(),
        "SLIPWAY_BOOT": boot,
        "SLIPWAY_INSTANCE": instance(),
        "SLIPWAY_DOCKER": "1" if engine else "0",
        "SLIPWAY_REGISTRY": str(home.folder("cloud", "registry")),
        "SLIPWAY_FOLDER": str(home.folder("cloud")),
        "SLIPWAY_LOG": str(home.file("logs", "cloud.log")),
        "SLIPWAY_PYTHONS": pythons.setting(),
    }
    passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    # CloudFront functions run in node, which this Python's environment has where the machine has none.
    passed["PATH"] = os.pathsep.join([passed.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    chosen = {key: value for key, value in os.environ.items() if key.startswith("SLIPWAY_CLOUD_")}
    return {**passed, **chosen, **own}


def instance() -> str:
    """Return the name that every container of this cloud carries, the same at each start from this home."""
    return "slipway-" + hashlib.sha256(str(home.folder()).encode()).hexdigest()[:12]
