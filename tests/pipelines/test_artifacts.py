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

from localcloud import cloud
from localcloud.errors import Trouble
from pipelines import artifacts, stacks

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
    monkeypatch.setattr(cloud, "client", lambda service, account, running: found)
    monkeypatch.setattr(stacks, "account", lambda stack: "111111111111")
    monkeypatch.setattr(stacks, "section", lambda stack, name: {SERVICE: "build", "counter/backend": "build"})
    monkeypatch.setattr(artifacts, "_install", lambda sources, target, what: None)
    monkeypatch.setenv("SLIPWAY_CONTEXTS", str(tmp_path))
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
    monkeypatch.setattr(stacks, "section", lambda stack, name: {SERVICE: "unreleased"})

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


def test_order_times_and_modes_make_no_difference_to_a_zip(tmp_path: Path) -> None:
    made = []
    for number, names in enumerate((("a.py", "b/c.py"), ("b/c.py", "a.py"))):
        folder = tmp_path / str(number)
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            path.chmod(0o600 if number else 0o755)
            os.utime(path, (number * 10**8, number * 10**8))
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "a.pyc").write_bytes(bytes([number]))
        made.append(artifacts.zipped(folder))

    assert made[0] == made[1]
    assert zipfile.ZipFile(io.BytesIO(made[0])).namelist() == ["a.py", "b/c.py"]


def test_a_folder_that_cannot_be_packed_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "outside").symlink_to("/etc/hostname")

    with pytest.raises(Trouble, match=r"cannot be packed: ValueError: outside in .* is a link to something outside"):
        artifacts._contents(tmp_path, dict(os.environ))


def test_without_uv_nothing_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "find_uv", lambda: None)

    with pytest.raises(
        Trouble, match="shop of 1 cannot be packed: there is no uv → make the environment with: make up"
    ):
        artifacts.pack(tmp_path, "shop of 1")


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
