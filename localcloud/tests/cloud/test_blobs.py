import hashlib
import os
import time
from pathlib import Path

from localcloud.cloud.inside.blobs import Blobs

CONTENT = b"a layer"
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


def test_a_layer_is_found_under_its_digest(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert blobs.find(DIGEST) is None
    assert blobs.put(CONTENT) == DIGEST
    path = blobs.find(DIGEST)
    assert path is not None
    assert path.read_bytes() == CONTENT


def test_layers_outlive_the_process(tmp_path: Path) -> None:
    Blobs(tmp_path).put(CONTENT)
    path = Blobs(tmp_path).find(DIGEST)
    assert path is not None
    assert path.read_bytes() == CONTENT


def test_a_layer_whose_content_changed_on_disk_is_removed(tmp_path: Path) -> None:
    Blobs(tmp_path).put(CONTENT)
    path = tmp_path / "sha256" / DIGEST.removeprefix("sha256:")
    path.write_bytes(b"torn")
    assert Blobs(tmp_path).find(DIGEST) is None
    assert not path.exists()


def test_an_upload_in_parts_becomes_a_layer_when_its_digest_is_right(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.begin()
    upload = blobs.upload(name)
    assert upload is not None
    upload.write(CONTENT[:3])
    upload.write(CONTENT[3:])
    assert upload.size == len(CONTENT)
    assert blobs.commit(name, DIGEST)
    assert blobs.upload(name) is None
    assert blobs.find(DIGEST) is not None


def test_an_upload_with_another_digest_leaves_nothing(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.begin()
    assert not blobs.commit(name, DIGEST)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert blobs.find(DIGEST) is None


def test_uploads_of_an_earlier_process_are_swept(tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "half").write_bytes(CONTENT)
    Blobs(tmp_path)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_name_that_is_no_digest_is_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    assert Blobs(tmp_path).find("../secret") is None


def test_only_layers_unused_for_long_are_pruned(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(CONTENT)
    old = blobs.put(b"old")
    long_ago = time.time() - 31 * 86_400
    os.utime(tmp_path / "sha256" / old.removeprefix("sha256:"), (long_ago, long_ago))
    assert blobs.prune() == 1
    assert [path.name for path in (tmp_path / "sha256").iterdir()] == [DIGEST.removeprefix("sha256:")]


def test_use_makes_a_layer_young_again(tmp_path: Path) -> None:
    Blobs(tmp_path).put(CONTENT)
    path = tmp_path / "sha256" / DIGEST.removeprefix("sha256:")
    long_ago = time.time() - 31 * 86_400
    os.utime(path, (long_ago, long_ago))
    blobs = Blobs(tmp_path)
    assert blobs.find(DIGEST) == path
    assert blobs.prune() == 0
