"""Mails, through SES."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from ewelists.problems import TRY_AGAIN, RefusedError
from ewelists.settings import Settings

INVITATION_TEXT = """{owner} would like to share the list "{title}" with you.

Open this link to see it, within 30 days:
{link}

If you do not know {owner}, leave this mail alone: nothing happens.
"""
INVITATION_HTML = """<!doctype html>
<html lang="en"><body style="font-family: sans-serif; line-height: 1.5">
<p>{owner} would like to share the list <strong>{title}</strong> with you.</p>
<p><a href="{link}">See the list</a> (within 30 days)</p>
<p>If you do not know {owner}, leave this mail alone: nothing happens.</p>
</body></html>
"""


class Mail:
    """What the functions send."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def invite(self, address: str, owner: str, title: str, token: str) -> None:
        """Send an invitation; RefusedError when the address is refused (422) or no mail can be sent (503)."""
        link = f"{self._settings.site_url}/invitations/{token}"
        plain = INVITATION_TEXT.format(owner=owner, title=title, link=link)
        rich = INVITATION_HTML.format(owner=escape(owner), title=escape(title), link=escape(link))
        named = {"ConfigurationSetName": self._settings.mail_configuration_set}
        service = _service()
        try:
            service.send_email(
                FromEmailAddress=self._settings.mail_from,
                Destination={"ToAddresses": [address]},
                Content={
                    "Simple": {
                        "Subject": {"Data": f"{owner} shares a list with you", "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": plain, "Charset": "UTF-8"},
                            "Html": {"Data": rich, "Charset": "UTF-8"},
                        },
                    }
                },
                **(named if self._settings.mail_configuration_set else {}),
            )
        except (service.exceptions.BadRequestException, service.exceptions.MessageRejected):
            raise RefusedError(422, "mail-refused", "no mail can be sent to this address") from None
        except service.exceptions.ClientError:
            raise RefusedError(
                503, "mail-unavailable", "no mail can be sent now: try again", headers=TRY_AGAIN
            ) from None


@cache
def _service() -> Any:
    import boto3

    return boto3.client("sesv2")
