"""The media bucket's hook: what was uploaded is looked at, and only what is what it says goes where it is served from.

The uploaded file itself is always deleted: one that is ready lies at its own place, one that is infected nowhere.
Events come at least once and in any order; a file that is gone, or an attachment that is settled, changes nothing.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_plus

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
django.setup(set_prefix=False)

from planner import environment, kinds, logs, scanners, uploads  # noqa: E402 # models need Django's set-up
from planner.models import Attachment  # noqa: E402

LOG = logging.getLogger(__name__)
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
INCOMING = re.compile(rf"incoming/(?P<owner>[A-Za-z0-9_-]{{1,64}})/(?P<plan>{UUID})/(?P<id>{UUID})")
CACHE_CONTROL = "private, max-age=3600"


def handle(event: Mapping[str, Any], context: object = None) -> dict[str, int]:
    """Look at each file that the event names; how many ended how. An error makes Lambda send the event again."""
    from django.db import close_old_connections

    close_old_connections()
    token = logs.request_id.set(str(getattr(context, "aws_request_id", "")))
    counts: dict[str, int] = {}
    try:
        for record in event.get("Records", []):
            outcome = _settle(unquote_plus(record["s3"]["object"]["key"]))
            LOG.info("file", extra={"fields": {"outcome": outcome}})
            counts[outcome] = counts.get(outcome, 0) + 1
    finally:
        logs.request_id.reset(token)
    return counts


def _settle(key: str) -> str:
    """What has become of one uploaded file."""
    found = INCOMING.fullmatch(key)
    if found is None:
        return "ignored"
    attachment = (
        Attachment.objects.select_related("plan")
        .filter(id=found["id"], plan_id=found["plan"], plan__owner=found["owner"])
        .first()
    )
    content = _content(key)
    if content is None:
        return "gone"
    if attachment is None or attachment.state != Attachment.State.WAITING:
        # Its plan was deleted meanwhile, or a form was sent twice: what was looked at is not replaced.
        _delete(key)
        return "ignored"
    state = _judge(attachment, content)
    if state == Attachment.State.READY:
        _serve(attachment, content)
    kept = Attachment.objects.filter(id=attachment.id, state=Attachment.State.WAITING).update(state=state)
    _delete(key)
    if not kept and not Attachment.objects.filter(id=attachment.id).exists():
        uploads.remove([attachment])
    return state


def _judge(attachment: Attachment, content: bytes) -> str:
    """Whether a file may be served: nothing bad in it, and what it was announced as."""
    if name := scanners.configured().scan(content):
        LOG.warning("an infected file was deleted", extra={"fields": {"attachment": str(attachment.id), "found": name}})
        return str(Attachment.State.INFECTED)
    announced = (attachment.content_type, attachment.size)
    if (kinds.kind_of(content), len(content)) != announced:
        return str(Attachment.State.REFUSED)
    return str(Attachment.State.READY)


def _content(key: str) -> bytes | None:
    """The file; None when it is not there any more."""
    from botocore.exceptions import ClientError

    try:
        answer = uploads.bucket().get_object(Bucket=environment.text("MEDIA_BUCKET"), Key=key)
    except ClientError as error:
        # Without the right to list, S3 says "denied" of what is not there.
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            return None
        raise
    # One byte more than is allowed is enough to see that it is too large.
    content: bytes = answer["Body"].read(kinds.LARGEST_FILE + 1)
    return content


def _serve(attachment: Attachment, content: bytes) -> None:
    """Put a file where it is served from; pictures are shown, everything else is downloaded under its name."""
    way = "inline" if attachment.content_type.startswith("image/") else "attachment"
    uploads.bucket().put_object(
        Bucket=environment.text("MEDIA_BUCKET"),
        Key=attachment.media_key,
        Body=content,
        ContentType=f"{attachment.content_type}; charset=utf-8"
        if attachment.content_type == kinds.TEXT
        else attachment.content_type,
        ContentDisposition=f"{way}; filename*=UTF-8''{quote(attachment.name, safe='')}",
        CacheControl=CACHE_CONTROL,
    )


def _delete(key: str) -> None:
    uploads.bucket().delete_object(Bucket=environment.text("MEDIA_BUCKET"), Key=key)
