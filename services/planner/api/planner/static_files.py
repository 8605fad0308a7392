"""Static files under names that hold a hash of what is in them, so that they may be cached for ever."""

from __future__ import annotations

import mimetypes
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

from planner import environment

PACKAGE = Path(__file__).parent
PREFIX = "static/"
FOREVER = "public, max-age=31536000, immutable"


class Hashed(ManifestStaticFilesStorage):
    """The names as staticfiles.json of this package has them: the same in every worker, with no call to S3."""

    manifest_name = "staticfiles.json"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, manifest_storage=FileSystemStorage(location=PACKAGE), **options)


class Collected(ManifestStaticFilesStorage):
    """The files themselves, with their names written down beside them."""


def collect(folder: Path) -> list[str]:
    """Put every static file into a folder under its hashed name; the names."""
    from django.core.management import call_command
    from django.test.utils import override_settings

    shutil.rmtree(folder, ignore_errors=True)
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "planner.static_files.Collected"}}
    with override_settings(STORAGES=storages, STATIC_ROOT=str(folder)):
        call_command("collectstatic", interactive=False, verbosity=0)
        return sorted(set(Collected(location=str(folder), base_url=settings.STATIC_URL).hashed_files.values()))


def upload(s3: Any, folder: Path) -> int:
    """Upload what is not in the static bucket yet; how many files. Old ones stay: an open page may ask for them."""
    bucket = environment.text("STATIC_BUCKET")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX)
    present = {entry["Key"] for page in pages for entry in page.get("Contents", [])}
    missing = [name for name in collect(folder) if f"{PREFIX}{name}" not in present]
    for name in missing:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        s3.put_object(
            Bucket=bucket,
            Key=f"{PREFIX}{name}",
            Body=folder.joinpath(name).read_bytes(),
            ContentType=kind,
            CacheControl=FOREVER,
        )
    return len(missing)
