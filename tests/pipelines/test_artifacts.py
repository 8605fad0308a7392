"""Zips for Lambda: the same bytes whoever packs them, uploaded once, and one line where that cannot be done."""

import hashlib
import io
import os
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from interface import names
from localcloud import cloud
from localcloud.errors import Trouble
from pipelines import artifacts, carried, stacks, zips

SERVICE = "platform/deploy-steps"
BUCKET = "slipway-artifacts-111111111111-eu-west-1"


class Store:
    """S3 with at most one bucket."""

    def __init__(self, exists: bool = True) -> None:
        self.exists = exists
        self.kept: dict[str, dict[str, Any]] = {}
        self.uploads = 0

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803  # AWS's own names
        if Key not in self.kept:
            raise missing()
        return self.kept[Key]

    def head_bucket(self, Bucket: str) -> None:  # noqa: N803  # AWS's own names
        if not self.exists:
            raise missing()

    def put_object(self, **given: Any) -> None:
        self.uploads += 1
        self.kept[given["Key"]] = given


def missing(status: int = 404) -> ClientError:
    answer: Any = {"Error": {"Code": str(status)}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "HeadObject")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    found = Store()
    sections = {"artifacts": {SERVICE: "build", "counter/backend": "build"}}
    monkeypatch.setattr(cloud, "client", lambda service, account, running: found)
    monkeypatch.setattr(stacks, "account", lambda stack: "111111111111")
    monkeypatch.setattr(stacks, "section", lambda stack, name: sections.get(name, {}))
    monkeypatch.setattr(zips, "_install", lambda sources, target, what, architecture: None)
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(tmp_path))
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "home"))
    return found


@pytest.fixture
def ready() -> Any:
    return SimpleNamespace(cloud=SimpleNamespace(region="eu-west-1"), environment=dict(os.environ))


def test_a_zip_is_uploaded_once_under_the_address_of_its_sources(store: Store, ready: Any) -> None:
    first, second = (artifacts.provide("dev", ready) for _ in range(2))

    [(key, kept)] = store.kept.items()
    assert (
        first
        == second
        == {SERVICE: {"address": key.rpartition("/")[2].removesuffix(".zip"), "digest": f"sha256:{_sha(kept['Body'])}"}}
    )
    assert key.startswith(f"{SERVICE}/")
    assert (kept["Bucket"], kept["Metadata"]) == (BUCKET, {"sha256": _sha(kept["Body"])})
    assert store.uploads == 1
    names = zipfile.ZipFile(io.BytesIO(kept["Body"])).namelist()
    assert {"deploy_steps/handler.py", "deploy_steps/logical_database.py"} < set(names)
    assert not any(name.startswith(("tests/", "uv.lock", ".dockerignore")) for name in names)


def test_a_stack_that_pins_uploads_nothing(store: Store, ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "section", lambda stack, name: {SERVICE: "unreleased"} if name == "artifacts" else {})

    assert artifacts.provide("prod", ready) == {}
    assert store.uploads == 0


def test_a_bucket_that_is_not_there_is_told_in_one_line(store: Store, ready: Any) -> None:
    store.exists = False

    with pytest.raises(Trouble, match=f"the bucket {BUCKET} does not exist → bring it up first: slipway up tooling"):
        artifacts.provide("dev", ready)


def test_a_bucket_that_refuses_is_told_as_such(store: Store, ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(**given: Any) -> None:
        raise missing(403)

    monkeypatch.setattr(store, "head_object", refuses)

    with pytest.raises(Trouble, match=f"the bucket {BUCKET} cannot be read: .*403"):
        artifacts.provide("dev", ready)


def test_what_this_machine_packed_before_is_not_packed_again_for_a_new_cloud(
    store: Store, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = artifacts.provide("dev", ready)
    store.kept.clear()
    monkeypatch.setattr(zips, "pack", lambda *given: pytest.fail("packed again"))

    assert artifacts.provide("dev", ready) == first
    assert store.uploads == 2


def test_what_belongs_to_a_system_that_the_stack_does_not_carry_is_not_packed(
    store: Store, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = {"shop/api": "build", "yard/api": "build", SERVICE: "build"}
    monkeypatch.setattr(stacks, "section", lambda stack, name: pins)
    monkeypatch.setattr(carried, "systems", lambda stack: ["yard"])
    monkeypatch.setattr(names, "ZIPS", ("shop/api", "yard/api", SERVICE))

    assert artifacts._wanted("dev") == ["yard/api", SERVICE]


def test_a_folder_that_cannot_be_packed_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "outside").symlink_to("/etc/hostname")

    with pytest.raises(Trouble, match=r"cannot be packed: ValueError: outside in .* is a link to something outside"):
        artifacts._contents(tmp_path, dict(os.environ))


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
