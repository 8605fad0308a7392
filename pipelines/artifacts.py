"""Zips for Lambda: packed byte for byte the same on every machine, and put where every environment can read them."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from interface import names, pins
from localcloud import cloud
from localcloud.cloud.environment import find_uv
from localcloud.errors import Trouble
from pipelines import stacks
from pipelines.machine import Machine

PYTHON = "3.13"
"""The version of Lambda's Python; packages are Python alone, so it runs on others too."""
TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip knows: when its files were written makes no difference."""
LEFT_OUT = ("bin", "__pycache__")
LEFT_OUT_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock")
SHOWN = 300


def provide(stack: str, ready: Machine) -> dict[str, dict[str, str]]:
    """Put the zips that a stack builds where they can be read, unless they are there: `{service: {address, digest}}`.

    Goes before the engine: what the program names by its content address must be there when Lambda looks for it.
    """
    pinned = stacks.section(stack, "artifacts")
    wanted = [service for service in names.ZIPS if pinned.get(service) == pins.BUILD]
    account = stacks.account(names.TOOLING)
    client = cloud.client("s3", account, ready.cloud) if wanted else None
    bucket = names.artifact_bucket(account, ready.cloud.region)
    return {service: _provide(client, bucket, service, ready.environment) for service in wanted}


def _provide(client: Any, bucket: str, service: str, environment: dict[str, str]) -> dict[str, str]:
    address, sources = _contents(stacks.REPOSITORY / names.service_folder(service), environment)
    key = names.artifact_key(service, address)
    held = _held(client, bucket, key)
    if held is None:
        content = pack(sources, f"{service} of {address}")
        held = hashlib.sha256(content).hexdigest()
        client.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"sha256": held})
    return {"address": address, "digest": f"sha256:{held}"}


def _contents(folder: Path, environment: dict[str, str]) -> tuple[str, Path]:
    """Ask the program, which is not imported here, for a folder's content address and its normalised copy."""
    command = [sys.executable, "-m", "infra.core.contents", str(folder)]
    done = subprocess.run(command, cwd=stacks.REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"{folder} cannot be packed: {_last(done.stderr)}", "mend what it says")
    address, path = done.stdout.splitlines()
    return address, Path(path)


def _held(client: Any, bucket: str, key: str) -> str | None:
    """Return the SHA-256 of a zip that is there already."""
    from botocore.exceptions import ClientError  # a quarter of a second that not every command needs

    try:
        found = client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise Trouble(f"the bucket {bucket} cannot be read: {error}", "look at the tooling stack") from error
        _check_bucket(client, bucket)
        return None
    digest: str | None = found.get("Metadata", {}).get("sha256")
    return digest


def _check_bucket(client: Any, bucket: str) -> None:
    from botocore.exceptions import ClientError

    try:
        client.head_bucket(Bucket=bucket)
    except ClientError:
        raise Trouble(f"the bucket {bucket} does not exist", "bring it up first: slipway up tooling") from None


def pack(sources: Path, what: str) -> bytes:
    """Return a zip of a folder of sources and the packages that its `uv.lock` pins; always the same bytes."""
    with tempfile.TemporaryDirectory(prefix="slipway-pack-") as place:
        packages = Path(place) / "packages"
        packages.mkdir()
        _install(sources, packages, what)
        for path in sources.iterdir():
            if path.is_dir():
                shutil.copytree(path, packages / path.name)
        return zipped(packages)


def zipped(folder: Path) -> bytes:
    """Return a zip of a folder's files, sorted by path, with fixed times and modes."""
    written = io.BytesIO()
    files = [path for path in folder.rglob("*") if path.is_file() and _wanted(path.relative_to(folder))]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # modes are Unix's, whatever this machine is
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    return written.getvalue()


def _wanted(path: Path) -> bool:
    return not set(path.parts) & set(LEFT_OUT) and path.name not in LEFT_OUT_FILES


def _install(sources: Path, target: Path, what: str) -> None:
    uv = find_uv()
    if uv is None:
        raise Trouble(f"{what} cannot be packed: there is no uv", "make the environment with: make up")
    requirements = target.with_name("requirements.txt")
    project = target.with_name("project")  # uv writes beside what it reads, and the copy of the sources stays as it is
    shutil.copytree(sources, project)
    _run([uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "-o", str(requirements)], project, what)
    install = [uv, "pip", "install", "--quiet", "--target", str(target), "--python", sys.executable]
    exact = ["--python-version", PYTHON, "--only-binary", ":all:", "--require-hashes", "--no-compile-bytecode"]
    _run([*install, *exact, "-r", str(requirements)], project, what)


def _run(command: list[str], folder: Path, what: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"{what} cannot be packed: {_last(done.stderr)}", "check the network and try again")


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:SHOWN] if lines else "no reason given"
