"""Unpacking a site: what browsers may keep, the order of things, and which assets stay."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from deploy_steps import handler, static_files
from deploy_steps.errors import StepError

FIRST = {"index.html": "<!doctype html>1", "assets/app-1.js": "one", "assets/all.css": "a{}", "icon.svg": "<svg/>"}
SECOND = {"index.html": "<!doctype html>2", "assets/app-2.js": "two", "assets/all.css": "a{}"}


@pytest.fixture
def release() -> Callable[[str, dict[str, str]], dict[str, Any]]:
    """Put a zip into the bucket of artifacts, and unpack it into the site's."""
    client = boto3.client("s3")
    for bucket in ("artifacts", "site"):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def unpack(address: str, files: dict[str, str]) -> dict[str, Any]:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name), text)  # the same bytes each time
        key = f"shop/web/{address}.zip"
        client.put_object(Bucket="artifacts", Key=key, Body=content.getvalue())
        event = {"source": {"bucket": "artifacts", "key": key}, "bucket": "site", "config": {"environment": "dev"}}
        return handler.handle({"step": "site", **event}, None)

    return unpack


def found(name: str) -> Any:
    return boto3.client("s3").get_object(Bucket="site", Key=name)


def names() -> set[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket="site").get("Contents", [])
    return {x["Key"] for x in listed if not x["Key"].startswith(static_files.RELEASES)}


def test_a_release_is_unpacked_with_what_browsers_may_keep_of_it(release: Callable[..., dict[str, Any]]) -> None:
    answer = release("aa", FIRST)

    assert names() == {*FIRST, "config.json"}
    assert (answer["files"], answer["removed"]) == (5, 0)
    assert answer["digest"].startswith("sha256:")
    kept = {name: (found(name)["ContentType"], found(name)["CacheControl"]) for name in names()}
    assert kept == {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "config.json": ("application/json; charset=utf-8", "no-cache"),
        "assets/app-1.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        "assets/all.css": ("text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        "icon.svg": ("image/svg+xml; charset=utf-8", "public, max-age=300"),
    }
    assert json.loads(found("config.json")["Body"].read()) == {"environment": "dev"}


def test_the_page_that_names_the_assets_comes_last(
    release: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    put = static_files._put
    monkeypatch.setattr(static_files, "_put", lambda *given: (order.append(given[2]), put(*given)))

    release("aa", FIRST)

    site = [name for name in order if not name.startswith(static_files.RELEASES)]
    assert set(site[:2]) == {"assets/app-1.js", "assets/all.css"}
    assert site[2:] == ["icon.svg", "config.json", "index.html"]


def test_a_page_is_told_where_aws_is_when_it_is_not_at_its_own_address(
    release: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "_settings", _told(static_files._settings, monkeypatch))

    release("aa", FIRST)

    assert json.loads(found("config.json")["Body"].read()) == {"environment": "dev", "endpoint": "http://127.0.0.1:1"}


def _told(settings: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """Let the step see an endpoint that the mocked account must not see."""

    def see(config: dict[str, Any]) -> bytes:
        with monkeypatch.context() as patched:
            patched.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            return settings(config)

    return see


def test_assets_of_the_release_before_stay_for_pages_that_are_open(release: Callable[..., dict[str, Any]]) -> None:
    release("aa", FIRST)
    answer = release("bb", SECOND)

    assert answer["removed"] == 0
    assert {"assets/app-1.js", "assets/app-2.js"} < names()
    assert found("index.html")["Body"].read() == b"<!doctype html>2"


def test_assets_that_only_old_releases_name_are_deleted(
    release: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Earlier(datetime):
        @classmethod
        def now(cls, zone: Any = None) -> datetime:
            return datetime.now(UTC) - timedelta(days=31)

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "datetime", Earlier)
        release("aa", FIRST)
        release("bb", SECOND)

    answer = release("bb", SECOND)

    assert answer["removed"] == 1
    assert "assets/app-1.js" not in names()
    assert {"assets/app-2.js", "assets/all.css"} < names()


def test_a_rollback_finds_its_assets_and_is_the_current_release_again(release: Callable[..., dict[str, Any]]) -> None:
    release("aa", FIRST)
    release("bb", SECOND)
    release("aa", FIRST)

    assert found("index.html")["Body"].read() == b"<!doctype html>1"
    told = json.loads(found("releases/shop-web-aa.zip.json")["Body"].read())
    assert told == {"assets": ["assets/all.css", "assets/app-1.js"], "replaced": None}


def test_unpacking_again_changes_nothing(release: Callable[..., dict[str, Any]]) -> None:
    assert release("aa", FIRST) == release("aa", FIRST)


def test_a_zip_without_a_page_is_refused(release: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(StepError, match=r"s3://artifacts/shop/web/aa\.zip holds no index\.html"):
        release("aa", {"assets/app-1.js": "one"})

    assert names() == set()
