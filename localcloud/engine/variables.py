"""The environment of an embedded run: this project's engine, state, cloud and Docker, and nothing of the user's."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from localcloud import home

TOOLING_ACCOUNT = "111111111111"

FOREIGN = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_STACK",
    "PYTHONDONTWRITEBYTECODE",
)
"""What is taken out of the caller's environment: real credentials, another passphrase, and a setting that makes
every Python start three times as long."""


def environment(*, endpoint: str | None, region: str, docker_host: str | None) -> dict[str, str]:
    """Return the whole environment for commands that run on the embedded cloud.

    `endpoint` is the cloud's loopback URL, or nothing for commands that only read state; `docker_host` is a
    DOCKER_HOST value. The caller's environment is the base, without FOREIGN and any AWS_ENDPOINT_URL_SERVICE.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith("AWS_ENDPOINT_URL_")
    }
    nothing = home.file("pulumi", "empty")
    nothing.touch()
    _keep_no_log()
    return {
        **kept,
        **_engine(),
        # The engine is short-lived and makes much garbage: looking for it less often saves a sixth of its time.
        "GOGC": kept.get("GOGC") or "400",
        **_cloud(region, str(nothing)),
        **({"AWS_ENDPOINT_URL": endpoint} if endpoint else {}),
        **({"DOCKER_HOST": docker_host} if docker_host else {}),
        "PATH": os.pathsep.join([str(home.folder("bin")), kept.get("PATH", os.defpath)]),
    }


def _engine() -> dict[str, str]:
    return {
        "PULUMI_HOME": str(home.folder("pulumi")),
        # Without this each file of the state gets a second one with its attributes, which is not written in one
        # piece: after a kill -9 in that moment the engine cannot read the state ("failed to load checkpoint: EOF").
        "PULUMI_BACKEND_URL": home.folder("state").as_uri() + "?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase_file()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        # One copy of the state before the last (`.json.bak`) is kept all the same; these would never be cleared.
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING": "true",
    }


def _keep_no_log() -> None:
    """Put a file where the engine would make a folder for its logs, which it does without if it cannot.

    It writes all that it says to itself, packed and encrypted, at every run and whether or not it is asked to: a third
    of its processor time, and a megabyte a run. `pulumi --verbose 9 --logtostderr` says the same to whoever asks.
    """
    place = home.file("pulumi", "logs")
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(OSError):  # another run may be quicker
        place.touch()


def _cloud(region: str, nothing: str) -> dict[str, str]:
    """The embedded cloud takes a 12-digit access key for an account; files of the user are never opened."""
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": TOOLING_ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def passphrase_file() -> Path:
    """Return the file with the passphrase of this machine's state, made at first use, readable by its owner alone."""
    path = home.file("state-passphrase")
    if not path.exists():
        arriving = path.with_name(f".{path.name}.{os.getpid()}")
        home.write(arriving, secrets.token_urlsafe(32), mode=0o600)
        with contextlib.suppress(FileExistsError):  # another process was first: its passphrase counts
            os.link(arriving, path)
        arriving.unlink()
    return path
