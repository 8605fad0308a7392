"""A Docker registry in the cloud's process: layers on disk, names and tags in the emulated ECR.

`127.0.0.1:PORT/<account>/<region>/<repository>` is the repository of that account. Every layer on disk counts as
present in every repository, for all of them lie on one machine: a push sends only what no build sent before.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs, quote

from .asgi import Disconnected, Headers, Receive, Scope, Send, answer, answer_json, begin, body_of, chunks, headers_of
from .blobs import DIGEST, READ_BYTES, Blobs, Upload

PATH = re.compile(r"^/v2/(?P<name>.+)/(?P<kind>blobs|manifests|tags)/(?P<rest>.*)$")
NAME = re.compile(r"^(?P<account>\d{12})/(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)/(?P<repository>[a-z0-9][a-z0-9._/-]*)$")
TAG = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
VERSION = {"docker-distribution-api-version": "registry/2.0"}
MANIFEST_LIMIT = 4 << 20
DEFAULT_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


class Place(NamedTuple):
    """A repository of an account."""

    account: str
    region: str
    repository: str


class Manifest(NamedTuple):
    """An image's manifest as it was pushed."""

    digest: str
    media_type: str
    content: bytes


class Images(Protocol):
    """What the registry asks of ECR."""

    def is_immutable(self, place: Place) -> bool | None:
        """Say whether tags of the repository are immutable; nothing when there is no such repository."""

    def find(self, place: Place, reference: str) -> Manifest | None:
        """Return the manifest of a tag or digest."""

    def put(self, place: Place, tag: str | None, manifest: Manifest) -> None:
        """Add an image or move a tag to it."""

    def remove(self, place: Place, digest: str) -> None:
        """Remove an image with its tags."""

    def tags(self, place: Place) -> list[str]:
        """Return the repository's tags in order."""


class Refusal(Exception):
    """An error of the registry protocol, answered with its status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Registry:
    """The protocol's requests, one method a kind of them."""

    def __init__(self, blobs: Blobs, images: Images) -> None:
        self._blobs = blobs
        self._images = images

    @staticmethod
    def takes(path: str) -> bool:
        """Say whether a request to this path is for the registry."""
        return path in ("/v2", "/v2/") or PATH.match(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._route(scope, receive, send)
        except Refusal as refusal:
            error = {"code": refusal.code, "message": str(refusal), "detail": {}}
            await answer_json(send, refusal.status, {"errors": [error]}, VERSION)
        except Disconnected:
            return

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = PATH.match(scope["path"])
        if path is None:
            await answer_json(send, 200, {}, VERSION)
            return
        place = self._place(path["name"])
        method, kind, rest = scope["method"], path["kind"], path["rest"]
        query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode()).items()}
        if kind == "blobs" and rest.startswith("uploads"):
            name = rest.removeprefix("uploads").strip("/")
            await self._upload(method, place, name, query, receive, send)
        elif kind == "blobs" and method in ("GET", "HEAD"):
            await self._blob(method, rest, send)
        elif kind == "manifests" and method == "PUT":
            await self._put_manifest(place, rest, headers_of(scope), receive, send)
        elif kind == "manifests" and method in ("GET", "HEAD"):
            manifest = self._manifest(place, rest)
            headers = {"content-type": manifest.media_type, "docker-content-digest": manifest.digest, **VERSION}
            headers["content-length"] = str(len(manifest.content))
            await answer(send, 200, manifest.content if method == "GET" else b"", headers)
        elif kind == "manifests" and method == "DELETE":
            self._images.remove(place, self._manifest(place, rest).digest)
            await answer(send, 202, headers=VERSION)
        elif kind == "tags" and rest == "list" and method == "GET":
            await answer_json(send, 200, {"name": path["name"], "tags": self._images.tags(place)}, VERSION)
        else:
            raise Refusal(405, "UNSUPPORTED", f"{method} is not possible here")

    def _place(self, name: str) -> Place:
        parts = NAME.match(name)
        place = Place(parts["account"], parts["region"], parts["repository"]) if parts else None
        if place is None or self._images.is_immutable(place) is None:
            raise Refusal(404, "NAME_UNKNOWN", f"there is no repository {name}: create it in ECR first")
        return place

    def _manifest(self, place: Place, reference: str) -> Manifest:
        manifest = self._images.find(place, reference)
        if manifest is None:
            raise Refusal(404, "MANIFEST_UNKNOWN", f"there is no image {reference} in {place.repository}")
        return manifest

    async def _blob(self, method: str, digest: str, send: Send) -> None:
        path: Path | None = await asyncio.to_thread(self._blobs.find, digest)
        if path is None:
            raise Refusal(404, "BLOB_UNKNOWN", f"there is no blob {digest}")
        headers = {"content-type": "application/octet-stream", "docker-content-digest": digest, **VERSION}
        await begin(send, 200, {**headers, "content-length": str(path.stat().st_size)})
        if method == "GET":
            with path.open("rb") as stream:
                while chunk := await asyncio.to_thread(stream.read, READ_BYTES):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _upload(
        self, method: str, place: Place, name: str, query: dict[str, str], receive: Receive, send: Send
    ) -> None:
        if method == "POST" and not name:
            await self._begin_upload(place, query, receive, send)
            return
        upload = self._blobs.upload(name)
        if upload is None:
            raise Refusal(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload")
        if method == "PATCH":
            await self._receive(upload, receive)
            await answer(send, 202, headers=_progress(place, name, upload))
        elif method == "GET":
            await answer(send, 204, headers=_progress(place, name, upload))
        elif method == "DELETE":
            self._blobs.abort(name)
            await answer(send, 204, headers=VERSION)
        elif method == "PUT":
            await self._receive(upload, receive)
            await self._end_upload(place, name, query.get("digest", ""), send)
        else:
            raise Refusal(405, "UNSUPPORTED", f"{method} is not possible on an upload")

    async def _begin_upload(self, place: Place, query: dict[str, str], receive: Receive, send: Send) -> None:
        wanted = query.get("mount", "")
        known: Path | None = await asyncio.to_thread(self._blobs.find, wanted)
        if known:
            await answer(send, 201, headers=_created(place, "blobs", wanted))
            return
        name = self._blobs.begin()
        upload = self._blobs.upload(name)
        if upload and "digest" in query:
            await self._receive(upload, receive)
            await self._end_upload(place, name, query["digest"], send)
        elif upload:
            await answer(send, 202, headers=_progress(place, name, upload))

    async def _end_upload(self, place: Place, name: str, digest: str, send: Send) -> None:
        if not self._blobs.commit(name, digest):
            raise Refusal(400, "DIGEST_INVALID", f"the content is not that of {digest or 'a digest'}")
        await answer(send, 201, headers=_created(place, "blobs", digest))

    @staticmethod
    async def _receive(upload: Upload, receive: Receive) -> None:
        async for chunk in chunks(receive):
            upload.write(chunk)

    async def _put_manifest(self, place: Place, reference: str, headers: Headers, receive: Receive, send: Send) -> None:
        content = await body_of(receive, MANIFEST_LIMIT)
        if content is None:
            raise Refusal(413, "MANIFEST_INVALID", f"a manifest has at most {MANIFEST_LIMIT} bytes")
        await asyncio.to_thread(self._check_references, place, content)
        digest = self._blobs.put(content)
        is_digest = DIGEST.match(reference) is not None
        if is_digest and reference != digest:
            raise Refusal(400, "DIGEST_INVALID", f"the manifest's digest is {digest}, not {reference}")
        if not is_digest and not TAG.match(reference):
            raise Refusal(400, "TAG_INVALID", f"{reference} is not a tag")
        known = self._images.find(place, reference)
        if not is_digest and known and known.digest != digest and self._images.is_immutable(place):
            raise Refusal(
                400,
                "TAG_INVALID",
                f"The image tag '{reference}' already exists in the '{place.repository}' repository and cannot be "
                "overwritten because the repository is immutable.",
            )
        media_type = headers.get("content-type", DEFAULT_MEDIA_TYPE)
        self._images.put(place, None if is_digest else reference, Manifest(digest, media_type, content))
        await answer(send, 201, headers=_created(place, "manifests", digest))

    def _check_references(self, place: Place, content: bytes) -> None:
        try:
            manifest = json.loads(content)
            layers = [manifest["config"], *manifest["layers"]] if "layers" in manifest else []
            blobs = [layer["digest"] for layer in layers if not layer.get("urls")]
            images = [image["digest"] for image in manifest.get("manifests", [])]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Refusal(400, "MANIFEST_INVALID", f"this is not an image manifest: {error}") from error
        missing = [digest for digest in blobs if self._blobs.find(digest) is None]
        # A list may name blobs too: a build cache does.
        missing += [name for name in images if not (self._images.find(place, name) or self._blobs.find(name))]
        if missing:
            raise Refusal(404, "MANIFEST_BLOB_UNKNOWN", f"the manifest names {missing[0]}, which was not pushed")


def size_of(manifest: bytes, child_size: "dict[str, int] | None" = None) -> int:
    """Return an image's size in bytes as ECR counts it: its layers and configuration, of a list the largest image.

    `child_size` gives the sizes of the images that a list names, by digest.
    """
    try:
        content = json.loads(manifest)
    except ValueError:
        return len(manifest)
    if "manifests" in content:
        return max(((child_size or {}).get(image["digest"], 0) for image in content["manifests"]), default=0)
    parts = [content.get("config") or {}, *(content.get("layers") or [])]
    return sum(int(part.get("size", 0)) for part in parts)


def _progress(place: Place, name: str, upload: Upload) -> Headers:
    return {
        **VERSION,
        "location": f"{_base(place)}/blobs/uploads/{name}",
        "docker-upload-uuid": name,
        "range": f"0-{max(0, upload.size - 1)}",
    }


def _created(place: Place, kind: str, digest: str) -> Headers:
    return {**VERSION, "location": f"{_base(place)}/{kind}/{digest}", "docker-content-digest": digest}


def _base(place: Place) -> str:
    return quote(f"/v2/{place.account}/{place.region}/{place.repository}")
