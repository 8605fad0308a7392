"""Downloads the official release of the Pulumi command line, checked against its published checksums."""

import hashlib
import http.client
import platform
import shutil
import sys
import tarfile
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from localcloud.errors import Trouble

RELEASES = "https://get.pulumi.com/releases/sdk"
CHECKSUMS = "https://github.com/pulumi/pulumi/releases/download"

PATIENCE = 5.0
"""Seconds that a connection or a read may take: where the network is closed, the build starts soon."""


class Unreachable(Exception):
    """The release cannot be had from here; the text says why."""


def download(version: str, folder: Path, say: Callable[[str], None]) -> None:
    """Put the executables of a release (`pulumi`, its language hosts) into an existing folder.

    Raises Unreachable when the network, or this kind of machine, has no release; Trouble when what came is not
    what was published.
    """
    name = archive_name(version)
    say(f"looking for the release of Pulumi {version}")
    wanted = _published(f"{CHECKSUMS}/v{version}/pulumi-{version}-checksums.txt", name)
    archive = folder / name
    try:
        digest = _fetch(f"{RELEASES}/{name}", archive, say)
        if digest != wanted:
            raise Trouble(
                f"the download of {name} is not what was published: sha256 {digest[:12]}…, published {wanted[:12]}…",
                "try again; if it stays, something between here and get.pulumi.com changes downloads",
            )
        _unpack(archive, folder)
    finally:
        archive.unlink(missing_ok=True)


def archive_name(version: str) -> str:
    """Return the file name of the release for this machine; Unreachable where there is none."""
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower())
    if not system or not machine:
        raise Unreachable(f"there is no release for {sys.platform} on {platform.machine()}")
    return f"pulumi-v{version}-{system}-{machine}.tar.gz"


def _published(url: str, name: str) -> str:
    """Return the published SHA-256 of a file from the release's list of checksums."""
    with _open(url) as answer:
        for line in answer.read().decode().splitlines():
            digest, _, file = line.partition(" ")
            if file.strip() == name:
                return digest
    raise Unreachable(f"the release has no {name}")


def _fetch(url: str, target: Path, say: Callable[[str], None]) -> str:
    """Write what a URL answers into a file; return its SHA-256."""
    digest = hashlib.sha256()
    size = 0
    with _open(url) as answer, target.open("wb") as file:
        try:
            while block := answer.read(1 << 20):
                file.write(block)
                digest.update(block)
                size += len(block)
                say(f"downloading the engine: {size >> 20} MB")
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"the download broke off ({error})") from error
        if answer.length:
            raise Unreachable(f"the download broke off {answer.length} bytes before its end")
    return digest.hexdigest()


def _open(url: str) -> http.client.HTTPResponse:
    """Open a URL; every way in which a network can fail is Unreachable."""
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=PATIENCE)  # noqa: S310 the callers' URLs are https
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(f"{urllib.parse.urlsplit(url).netloc} does not answer ({reason})") from error
    return answer


def _unpack(archive: Path, folder: Path) -> None:
    """Take the plain files `pulumi/NAME` out of the archive, whatever else it may hold."""
    with tarfile.open(archive) as bundle:
        for member in bundle:
            parts = member.name.split("/")
            content = bundle.extractfile(member) if member.isfile() else None
            if content is None or len(parts) != 2 or parts[0] != "pulumi" or parts[1] in ("", ".", ".."):
                continue
            target = folder / parts[1]
            with target.open("wb") as file:
                shutil.copyfileobj(content, file)
            target.chmod(0o755)
