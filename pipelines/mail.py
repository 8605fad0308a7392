"""`slipway mail`: what the systems of a stack have sent; the embedded cloud keeps it, nothing leaves this machine."""

import dataclasses
from typing import Any

from rich.markup import escape
from rich.table import Table

from localcloud import cloud
from localcloud.cloud import mail
from localcloud.cloud.mail import Mail
from localcloud.errors import Trouble
from pipelines import stacks


def letters(stack: str) -> list[Mail]:
    """Return what the stack's account has sent since the cloud was started, the oldest first."""
    (name,) = stacks.check_names([stack])
    running = cloud.running()
    if running is None:
        raise Trouble("the embedded cloud is not running", "start it with: slipway up")
    return mail.inbox(running, stacks.account(name))


def letter(stack: str, number: int) -> Mail:
    """Return one letter by its number in the list, from 1; a Trouble says how many there are."""
    found = letters(stack)
    if not 1 <= number <= len(found):
        known = f"one of 1 to {len(found)}" if found else "nothing was sent yet"
        raise Trouble(f"{stack} has no letter {number}", known)
    return found[number - 1]


def as_dict(found: Mail) -> dict[str, Any]:
    """Return a letter for JSON, its time in ISO 8601."""
    return {**dataclasses.asdict(found), "at": found.at.isoformat(timespec="seconds")}


def as_table(found: list[Mail]) -> Table:
    """Return a line for each letter, with the number by which it is read."""
    table = Table(box=None, pad_edge=False)
    for title in ("", "sent", "from", "to", "subject"):
        table.add_column(title, overflow="fold")
    for number, each in enumerate(found, 1):
        when = each.at.isoformat(sep=" ", timespec="seconds")
        table.add_row(str(number), when, escape(each.sender), escape(", ".join(each.to)), escape(each.subject))
    return table


def as_text(found: Mail) -> str:
    """Return a letter as a person reads it: a few headers and the text, the HTML where there is no text."""
    headers = [
        f"From: {found.sender}",
        f"To: {', '.join((*found.to, *found.cc, *found.bcc))}",
        f"Date: {found.at.isoformat(timespec='seconds')}",
        f"Subject: {found.subject}",
    ]
    return "\n".join([*headers, "", (found.text or found.html).rstrip()])
