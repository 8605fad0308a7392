"""The media bucket: what may be sent to it straight from a browser, and what is taken out of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from planner import environment, vault
from planner.models import Attachment
from planner.problems import UnavailableError

EXPIRY_SECONDS = 300
"""How long an upload may be begun after it was asked for."""


@cache
def bucket(endpoint: str = "") -> Any:
    """A client of S3. Virtual-hosted addresses name the region, as the page's content security policy does."""
    addressing = "path" if endpoint or environment.text("AWS_ENDPOINT_URL") else "virtual"
    return vault.client("s3", endpoint or None, signature_version="s3v4", s3={"addressing_style": addressing})


def presigned_post(attachment: Attachment) -> dict[str, Any]:
    """`{"url", "fields"}` of a form that stores exactly this file: its key, its type and its size, for five minutes."""
    from botocore.exceptions import BotoCoreError

    fields = {"Content-Type": attachment.content_type, "success_action_status": "201"}
    conditions = [
        {"Content-Type": attachment.content_type},
        {"success_action_status": "201"},
        ["content-length-range", attachment.size, attachment.size],
    ]
    try:
        made: dict[str, Any] = bucket(environment.text("UPLOAD_ENDPOINT_URL")).generate_presigned_post(
            environment.text("MEDIA_BUCKET"),
            attachment.incoming_key,
            Fields=fields,
            Conditions=conditions,
            ExpiresIn=EXPIRY_SECONDS,
        )
    except BotoCoreError as error:
        raise UnavailableError("the media bucket") from error
    return made


def remove(attachments: Iterable[Attachment]) -> None:
    """Take files out of the bucket, wherever they are by now; UnavailableError. Those that are gone are no error."""
    keys = [{"Key": key} for attachment in attachments for key in (attachment.incoming_key, attachment.media_key)]
    if not keys:
        return
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        for first in range(0, len(keys), 1000):
            told = {"Objects": keys[first : first + 1000], "Quiet": True}
            answer = bucket().delete_objects(Bucket=environment.text("MEDIA_BUCKET"), Delete=told)
            if answer.get("Errors"):
                raise UnavailableError("the media bucket")
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("the media bucket") from error
