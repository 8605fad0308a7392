"""Zips of functions and sites: packed once for each content address, and put where every environment can read them."""

import concurrent.futures
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interface import names, pins
from localcloud import cloud, home
from localcloud.errors import Trouble
from pipelines import carried, sites, stacks, zips
from pipelines.machine import Machine

AT_ONCE = 2
"""Packing is the package manager's and the bundler's work, on this many cores."""

Say = Callable[[str], None]


def provide(stack: str, ready: Machine, say: Say = lambda line: None) -> dict[str, dict[str, str]]:
    """Put the zips that a stack builds where they can be read, unless they are there: `{service: {address, digest}}`.

    Goes before the engine: what the program names by its content address must be there when Lambda looks for it.
    """
    wanted = _wanted(stack)
    if not wanted:
        return {}
    account = stacks.account(names.TOOLING)
    client = cloud.client("s3", account, ready.cloud)
    bucket = names.artifact_bucket(account, ready.cloud.region)
    architecture = str(stacks.section(stack, "workloads").get("architecture", "x86_64"))

    def one(service: str) -> dict[str, str]:
        return _provide(client, bucket, service, architecture, ready.environment, say)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(one, wanted), strict=True))


def _wanted(stack: str) -> list[str]:
    pinned, systems = stacks.section(stack, "artifacts"), carried.systems(stack)
    return [
        service
        for service in (*names.ZIPS, *names.SITES)
        if pinned.get(service) == pins.BUILD and names.carried(service, systems)
    ]


def _provide(
    client: Any, bucket: str, service: str, architecture: str, environment: dict[str, str], say: Say
) -> dict[str, str]:
    address, sources = _contents(stacks.REPOSITORY / names.service_folder(service), environment)
    key = names.artifact_key(service, address)
    held = _held(client, bucket, key)
    if held is None:
        content = _packed(service, address, sources, architecture, say)
        held = hashlib.sha256(content).hexdigest()
        client.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"sha256": held})
    return {"address": address, "digest": f"sha256:{held}"}


def _packed(service: str, address: str, sources: Path, architecture: str, say: Say) -> bytes:
    """Return the zip, from this machine's own copy where it packed the same sources before."""
    kept = home.file("artifacts", f"{service.replace('/', '-')}-{address}-{architecture}.zip")
    if kept.is_file():
        return kept.read_bytes()
    say(f"packing {service}")
    what = f"{service} of {address}"
    content = sites.pack(sources, what) if service in names.SITES else zips.pack(sources, what, architecture)
    home.write(kept, content)
    return content


def _contents(folder: Path, environment: dict[str, str]) -> tuple[str, Path]:
    """Ask the program, which is not imported here, for a folder's content address and its normalised copy."""
    command = [sys.executable, "-m", "infra.core.contents", str(folder)]
    done = subprocess.run(command, cwd=stacks.REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"{folder} cannot be packed: {zips.last(done.stderr)}", "mend what it says")
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
