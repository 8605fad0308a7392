"""An image without content for a cloud without a Docker engine: names and digests are there, nothing runs from it.

Only with LOCALCLOUD_NO_DOCKER=1. Its label says what it is. A cloud started with Docker later is a new one with
empty registries, so that such an image is never taken for a built one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

from localcloud.plugins.registry import Login, Repository

LABEL = "slipway.empty"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def wanted() -> bool:
    """Say whether this cloud runs without a Docker engine."""
    return os.environ.get("LOCALCLOUD_NO_DOCKER") == "1"


def push(tags: Sequence[str], logins: Mapping[str, Login], labels: Mapping[str, str]) -> str:
    """Push an image without layers under every tag; return its digest, which differs where the labels do."""
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": {**labels, LABEL: "no Docker engine was there to build it"}},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    content = json.dumps(config, sort_keys=True).encode()
    digest = ""
    for tag in tags:
        repository = Repository(tag, logins)
        blob = {"mediaType": CONFIG_TYPE, "digest": repository.put_blob(content), "size": len(content)}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": blob, "layers": []}
        digest = repository.put_manifest(manifest)
    return digest
