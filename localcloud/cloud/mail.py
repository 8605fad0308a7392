"""The mail that an account of the embedded cloud has sent: none of it leaves this machine."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localcloud.cloud.service import Cloud

SECONDS = 10


@dataclass(frozen=True)
class Mail:
    """One letter, as it was handed to SES."""

    at: datetime
    message_id: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    subject: str
    text: str
    """Empty when the letter has none; `html` likewise."""
    html: str
    configuration_set: str
    headers: Mapping[str, str]
    tags: Mapping[str, str]


def inbox(cloud: Cloud, account: str) -> list[Mail]:
    """Return what a 12-digit account has sent since the cloud started, the oldest first. Raises OSError."""
    address = f"{cloud.endpoint}/_slipway/letters?account={account}"
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310  # loopback
        return [_mail(record) for record in json.load(answer)["letters"]]


def _mail(record: Mapping[str, Any]) -> Mail:
    return Mail(
        at=datetime.fromtimestamp(record["Timestamp"], UTC),
        message_id=record["MessageId"],
        sender=record["Source"],
        to=tuple(record["To"]),
        cc=tuple(record.get("CC") or ()),
        bcc=tuple(record.get("BCC") or ()),
        reply_to=tuple(record.get("ReplyTo") or ()),
        subject=record.get("Subject") or "",
        text=record.get("BodyText") or "",
        html=record.get("BodyHtml") or "",
        configuration_set=record.get("ConfigurationSetName") or "",
        headers=dict(record.get("Headers") or {}),
        tags=dict(record.get("Tags") or {}),
    )
