import hashlib
import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from localcloud.cloud.inside.blobs import Blobs
from localcloud.cloud.inside.registry import Manifest, Place, Registry, size_of

REPOSITORY = "/v2/111111111111/eu-west-1/counter/backend"
TYPE = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = b"l" * 100_000
CONFIG = b"{}"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def manifest(*, extra: str = "") -> bytes:
    layers = [{"digest": digest(LAYER), "size": len(LAYER)}]
    config = {"digest": digest(CONFIG), "size": len(CONFIG)}
    return json.dumps({"schemaVersion": 2, "config": config, "layers": layers, "extra": extra}).encode()


class Shelf:
    """Repositories in memory in the place of ECR."""

    def __init__(self) -> None:
        self.immutable = {Place("111111111111", "eu-west-1", "counter/backend"): True}
        self.images: dict[Place, dict[str, Manifest]] = {}
        self.names: dict[tuple[Place, str], str] = {}

    def is_immutable(self, place: Place) -> bool | None:
        return self.immutable.get(place)

    def find(self, place: Place, reference: str) -> Manifest | None:
        return self.images.get(place, {}).get(self.names.get((place, reference), reference))

    def put(self, place: Place, tag: str | None, manifest: Manifest) -> None:
        self.images.setdefault(place, {})[manifest.digest] = manifest
        if tag:
            self.names[place, tag] = manifest.digest

    def remove(self, place: Place, digest: str) -> None:
        del self.images[place][digest]

    def tags(self, place: Place) -> list[str]:
        return sorted(tag for where, tag in self.names if where == place)


class Answer:
    """What the registry sent."""

    def __init__(self, messages: list[MutableMapping[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["errors"][0]["code"])


class Docker:
    """A client that speaks ASGI to the registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    async def __call__(self, method: str, path: str, body: bytes = b"", query: str = "", kind: str = "") -> Answer:
        parts = [body[start : start + 30_000] for start in range(0, max(1, len(body)), 30_000)]
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        headers = [(b"content-type", kind.encode())] if kind else []
        scope = {"method": method, "path": path, "query_string": query.encode(), "headers": headers}
        await self.registry(scope, receive, send)
        return Answer(sent)

    async def upload(self, content: bytes, where: str = REPOSITORY) -> Answer:
        begun = await self("POST", f"{where}/blobs/uploads/")
        return await self("PUT", begun.headers["location"], content, f"digest={digest(content)}")

    async def push(self, tag: str, content: bytes) -> Answer:
        await self.upload(LAYER)
        await self.upload(CONFIG)
        return await self("PUT", f"{REPOSITORY}/manifests/{tag}", content, kind=TYPE)


@pytest.fixture
def docker(tmp_path: Path) -> Iterator[Docker]:
    blobs = Blobs(tmp_path)
    yield Docker(Registry(blobs, Shelf()))
    blobs.close()


async def test_the_ping_is_answered_without_credentials(docker: Docker) -> None:
    answer = await docker("GET", "/v2/")
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["docker-distribution-api-version"] == "registry/2.0"


def test_paths_of_other_services_under_v2_are_left_alone() -> None:
    assert Registry.takes("/v2/")
    assert Registry.takes(f"{REPOSITORY}/manifests/latest")
    assert not Registry.takes("/v2/apis")
    assert not Registry.takes("/v2/email/identities")


async def test_a_pushed_image_is_pulled_by_tag_and_by_digest(docker: Docker) -> None:
    pushed = await docker.push("one", manifest())
    assert (pushed.status, pushed.headers["docker-content-digest"]) == (201, digest(manifest()))
    for reference in ("one", digest(manifest())):
        pulled = await docker("GET", f"{REPOSITORY}/manifests/{reference}")
        assert (pulled.status, pulled.body) == (200, manifest())
        assert pulled.headers["content-type"] == TYPE
    layer = await docker("GET", f"{REPOSITORY}/blobs/{digest(LAYER)}")
    assert (layer.status, layer.body) == (200, LAYER)


async def test_head_tells_the_length_and_sends_nothing(docker: Docker) -> None:
    await docker.push("one", manifest())
    layer = await docker("HEAD", f"{REPOSITORY}/blobs/{digest(LAYER)}")
    assert (layer.status, layer.headers["content-length"], layer.body) == (200, "100000", b"")
    image = await docker("HEAD", f"{REPOSITORY}/manifests/one")
    assert (image.headers["content-length"], image.body) == (str(len(manifest())), b"")


async def test_a_layer_may_come_in_several_requests(docker: Docker) -> None:
    begun = await docker("POST", f"{REPOSITORY}/blobs/uploads/")
    where = begun.headers["location"]
    first = await docker("PATCH", where, LAYER[:40_000])
    assert (first.status, first.headers["range"]) == (202, "0-39999")
    await docker("PATCH", where, LAYER[40_000:])
    done = await docker("PUT", where, query=f"digest={digest(LAYER)}")
    assert (done.status, done.headers["docker-content-digest"]) == (201, digest(LAYER))


async def test_a_layer_may_come_in_one_request(docker: Docker) -> None:
    done = await docker("POST", f"{REPOSITORY}/blobs/uploads/", LAYER, f"digest={digest(LAYER)}")
    assert done.status == 201
    assert (await docker("HEAD", f"{REPOSITORY}/blobs/{digest(LAYER)}")).status == 200


async def test_a_known_layer_is_mounted_without_a_byte(docker: Docker) -> None:
    await docker.upload(LAYER)
    done = await docker("POST", f"{REPOSITORY}/blobs/uploads/", query=f"mount={digest(LAYER)}&from=other")
    assert done.status == 201
    unknown = await docker("POST", f"{REPOSITORY}/blobs/uploads/", query=f"mount={digest(b'new')}&from=other")
    assert unknown.status == 202


async def test_content_that_is_not_its_digest_is_refused(docker: Docker) -> None:
    begun = await docker("POST", f"{REPOSITORY}/blobs/uploads/")
    refused = await docker("PUT", begun.headers["location"], b"other", f"digest={digest(LAYER)}")
    assert (refused.status, refused.code) == (400, "DIGEST_INVALID")


async def test_an_aborted_upload_is_unknown(docker: Docker) -> None:
    where = (await docker("POST", f"{REPOSITORY}/blobs/uploads/")).headers["location"]
    assert (await docker("DELETE", where)).status == 204
    assert (await docker("PATCH", where, b"x")).code == "BLOB_UPLOAD_UNKNOWN"


async def test_a_repository_that_ecr_lacks_is_refused(docker: Docker) -> None:
    for name in ("111111111111/eu-west-1/nope", "222222222222/eu-west-1/counter/backend", "counter/backend"):
        refused = await docker("POST", f"/v2/{name}/blobs/uploads/")
        assert (refused.status, refused.code) == (404, "NAME_UNKNOWN")


async def test_an_immutable_tag_takes_the_same_image_again_and_no_other(docker: Docker) -> None:
    assert (await docker.push("one", manifest())).status == 201
    assert (await docker.push("one", manifest())).status == 201
    refused = await docker.push("one", manifest(extra="changed"))
    assert (refused.status, refused.code) == (400, "TAG_INVALID")
    assert (await docker("GET", f"{REPOSITORY}/manifests/one")).body == manifest()


async def test_a_mutable_tag_moves(docker: Docker, tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.immutable = dict.fromkeys(shelf.immutable, False)
    docker.registry = Registry(Blobs(tmp_path / "other"), shelf)
    await docker.push("one", manifest())
    assert (await docker.push("one", manifest(extra="changed"))).status == 201
    assert (await docker("GET", f"{REPOSITORY}/manifests/one")).body == manifest(extra="changed")


async def test_a_manifest_is_refused_before_its_layers_are_there(docker: Docker) -> None:
    refused = await docker("PUT", f"{REPOSITORY}/manifests/one", manifest(), kind=TYPE)
    assert (refused.status, refused.code) == (404, "MANIFEST_BLOB_UNKNOWN")


async def test_a_manifest_under_a_digest_that_is_not_its_own_is_refused(docker: Docker) -> None:
    refused = await docker.push(digest(b"another"), manifest())
    assert (refused.status, refused.code) == (400, "DIGEST_INVALID")


async def test_what_is_no_manifest_is_refused(docker: Docker) -> None:
    refused = await docker("PUT", f"{REPOSITORY}/manifests/one", b"[]", kind=TYPE)
    assert (refused.status, refused.code) == (400, "MANIFEST_INVALID")


async def test_a_deleted_image_is_gone_and_tags_are_listed(docker: Docker) -> None:
    await docker.push("two", manifest())
    await docker.push("one", manifest())
    listed = await docker("GET", f"{REPOSITORY}/tags/list")
    assert json.loads(listed.body)["tags"] == ["one", "two"]
    assert (await docker("DELETE", f"{REPOSITORY}/manifests/{digest(manifest())}")).status == 202
    assert (await docker("GET", f"{REPOSITORY}/manifests/one")).code == "MANIFEST_UNKNOWN"


async def test_after_a_restart_the_tags_are_gone_and_the_layers_are_not(docker: Docker, tmp_path: Path) -> None:
    await docker.push("one", manifest())
    docker.registry = Registry(Blobs(tmp_path), Shelf())
    assert (await docker("GET", f"{REPOSITORY}/manifests/one")).code == "MANIFEST_UNKNOWN"
    assert (await docker("HEAD", f"{REPOSITORY}/blobs/{digest(LAYER)}")).status == 200
    again = await docker("PUT", f"{REPOSITORY}/manifests/one", manifest(), kind=TYPE)
    assert again.status == 201


def test_an_image_is_as_large_as_its_layers_and_configuration() -> None:
    assert size_of(manifest()) == len(LAYER) + len(CONFIG)


def test_a_list_of_images_is_as_large_as_its_largest() -> None:
    content = json.dumps({"manifests": [{"digest": "a"}, {"digest": "b"}]}).encode()
    assert size_of(content, {"a": 3, "b": 7}) == 7
    assert size_of(json.dumps({"manifests": []}).encode()) == 0
