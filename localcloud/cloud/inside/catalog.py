"""The registry's images kept in MiniStack's ECR, so that both tell the same."""

import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import ecr

from .registry import Manifest, Place


class EcrImages:
    """The repositories and images of every account."""

    def is_immutable(self, place: Place) -> bool | None:
        """Say whether tags of the repository are immutable; nothing when there is no such repository."""
        with request_scope(place.account, place.region):
            repository = ecr._repositories.get(place.repository)
        return None if repository is None else repository.get("imageTagMutability") == "IMMUTABLE"

    def find(self, place: Place, reference: str) -> Manifest | None:
        """Return the manifest of a tag or digest."""
        for image in self._images(place):
            if reference == image["imageDigest"] or reference in image["imageTags"]:
                return Manifest(image["imageDigest"], image["imageManifestMediaType"], image["imageManifest"].encode())
        return None

    def put(self, place: Place, tag: str | None, manifest: Manifest) -> None:
        """Add an image or move a tag to it."""
        images = self._images(place)
        for image in images:
            if tag in image["imageTags"]:
                image["imageTags"].remove(tag)
        record = next((image for image in images if image["imageDigest"] == manifest.digest), None)
        if record is None:
            record = {
                "registryId": place.account,
                "repositoryName": place.repository,
                "imageId": {"imageDigest": manifest.digest},
                "imageDigest": manifest.digest,
                "imageTags": [],
                "imagePushedAt": int(time.time()),
                "imageManifest": manifest.content.decode(),
                "imageManifestMediaType": manifest.media_type,
            }
            images.append(record)
        if tag:
            record["imageTags"].append(tag)
            record["imageId"]["imageTag"] = tag

    def remove(self, place: Place, digest: str) -> None:
        """Remove an image with its tags."""
        images = self._images(place)
        images[:] = [image for image in images if image["imageDigest"] != digest]

    def tags(self, place: Place) -> list[str]:
        """Return the repository's tags in order."""
        return sorted(tag for image in self._images(place) for tag in image["imageTags"])

    @staticmethod
    def _images(place: Place) -> list[dict[str, Any]]:
        with request_scope(place.account, place.region):
            return ecr._images.setdefault(place.repository, [])  # type: ignore[no-any-return]
