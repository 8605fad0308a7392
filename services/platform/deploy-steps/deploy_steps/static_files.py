"""The step `site`: unpacks a browser application into its bucket, in an order in which no visitor finds half of it.

Event: `source` (`bucket` and `key` of the zip), `bucket`, `config` (what the page needs to know of its environment).
Assets come first, the page that names them last; what a page of the last 30 days may still ask for stays.
"""

import hashlib
import io
import json
import mimetypes
import os
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy_steps import aws
from deploy_steps.errors import StepError

ASSETS = "assets/"
PAGE = "index.html"
SETTINGS = "config.json"
RELEASES = "releases/"
"""Under it lies for each release the list of its assets, and the time at which another one took its place."""
FOR_EVER = "public, max-age=31536000, immutable"
NEVER = "no-cache"
A_WHILE = "public, max-age=300"
KEPT_DAYS = 30
AT_ONCE = 8
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}
"""What the system's own table of types may lack, or say otherwise."""


def unpack(event: Mapping[str, Any]) -> dict[str, Any]:
    """Put a release into the bucket and take away assets that no page asks for any more."""
    bucket, source = event["bucket"], event["source"]
    content = _read(source)
    files = _files(content)
    if PAGE not in files:
        raise StepError(f"s3://{source['bucket']}/{source['key']} holds no {PAGE}")
    client = aws.client("s3")
    assets = sorted(name for name in files if name.startswith(ASSETS))
    others = sorted(name for name in files if name not in (PAGE, SETTINGS) and not name.startswith(ASSETS))
    _put_all(client, bucket, {name: files[name] for name in assets}, FOR_EVER)
    _put_all(client, bucket, {name: files[name] for name in others}, A_WHILE)
    _put(client, bucket, SETTINGS, _settings(event["config"]), NEVER)
    _put(client, bucket, PAGE, files[PAGE], NEVER)
    removed = _forget(client, bucket, _record(client, bucket, source["key"], assets))
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {"digest": digest, "files": len(files) + 1, "removed": removed}


def _read(source: Mapping[str, str]) -> bytes:
    client = aws.client("s3")
    answer = aws.patiently(lambda: client.get_object(Bucket=source["bucket"], Key=source["key"]))
    found: bytes = answer["Body"].read()
    return found


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _settings(config: Mapping[str, Any]) -> bytes:
    """Return what the page is told; where AWS is not at its own address, it is told that as well."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    told = {**config, **({"endpoint": endpoint} if endpoint else {})}
    return json.dumps(told, sort_keys=True).encode()


def _put_all(client: Any, bucket: str, files: Mapping[str, bytes], cached: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: _put(client, bucket, name, files[name], cached), files))


def _put(client: Any, bucket: str, name: str, content: bytes, cached: str) -> None:
    aws.patiently(
        lambda: client.put_object(
            Bucket=bucket, Key=name, Body=content, ContentType=_content_type(name), CacheControl=cached
        )
    )


def _content_type(name: str) -> str:
    extension = os.path.splitext(name)[1]
    kind = TYPES.get(extension) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith(("json", "xml")) else kind


def _record(client: Any, bucket: str, release: str, assets: list[str]) -> list[dict[str, Any]]:
    """Write down what the release needs and since when the others are old; return what is known of all of them."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    name = f"{RELEASES}{release.replace('/', '-')}.json"
    known = []
    for key in _keys(client, bucket, RELEASES):
        if key != name:
            found = json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())
            if found["replaced"] is None:
                found["replaced"] = now
                _put(client, bucket, key, json.dumps(found).encode(), NEVER)
            known.append({**found, "key": key})
    current = {"assets": assets, "replaced": None}
    _put(client, bucket, name, json.dumps(current).encode(), NEVER)
    return [*known, {**current, "key": name}]


def _forget(client: Any, bucket: str, releases: Iterable[Mapping[str, Any]]) -> int:
    """Delete assets that only releases name which were replaced longer ago than pages live; return how many."""
    limit = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat(timespec="seconds")
    old = [release for release in releases if release["replaced"] is not None and release["replaced"] < limit]
    if not old:
        return 0
    needed = {name for release in releases if release not in old for name in release["assets"]}
    gone = sorted({name for release in old for name in release["assets"]} - needed)
    for name in [*gone, *(release["key"] for release in old)]:
        client.delete_object(Bucket=bucket, Key=name)
    return len(gone)


def _keys(client: Any, bucket: str, prefix: str) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]
