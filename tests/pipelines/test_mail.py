"""The mail of a stack as the command shows it. The cloud's side of it is tested in localcloud/tests/cloud."""

import datetime
import json
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud import cloud
from localcloud.cloud import mail as letters
from localcloud.errors import Trouble
from pipelines import cli, mail, show

RUNNING = cloud.Cloud(endpoint="http://127.0.0.1:4566", region="eu-west-1", docker=False, boot="boot")


def a_letter(subject: str, **more: Any) -> letters.Mail:
    described: dict[str, Any] = {
        "at": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        "message_id": subject,
        "sender": "shop@dev.slipway.example",
        "to": ("ann@example.com",),
        "subject": subject,
        "text": "Your order is on its way.\n",
        "html": "<p>Your order is on its way.</p>",
        "configuration_set": "",
        "headers": {},
        "tags": {},
    }
    return letters.Mail(**{**described, **dict.fromkeys(("cc", "bcc", "reply_to"), ()), **more})


@pytest.fixture(autouse=True)
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[letters.Mail]]:
    """What the account of dev has sent; every other account has sent nothing."""
    sent = [a_letter("Welcome"), a_letter("Order [7]", text="", cc=("bob@example.com",))]
    monkeypatch.setattr(cloud, "running", lambda: RUNNING)
    monkeypatch.setattr(letters, "inbox", lambda running, account: sent if account == "222222222222" else [])
    monkeypatch.setattr(show.out, "_width", 200)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield sent
    for number, handler in before.items():
        signal.signal(number, handler)


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr(sys, "argv", ["slipway", "mail", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_list_has_a_line_for_each_letter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [line.split() for line in printed(capsys, monkeypatch).splitlines()] == [
        ["sent", "from", "to", "subject"],
        ["1", "2026-01-02", "03:04:05+00:00", "shop@dev.slipway.example", "ann@example.com", "Welcome"],
        ["2", "2026-01-02", "03:04:05+00:00", "shop@dev.slipway.example", "ann@example.com", "Order", "[7]"],
    ]


def test_one_letter_is_read_by_its_number(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(capsys, monkeypatch, "dev", "--show", "1").splitlines() == [
        "From: shop@dev.slipway.example",
        "To: ann@example.com",
        "Date: 2026-01-02T03:04:05+00:00",
        "Subject: Welcome",
        "",
        "Your order is on its way.",
    ]


def test_a_letter_without_text_shows_its_html_and_everybody_who_got_it() -> None:
    lines = mail.as_text(mail.letter("dev", 2)).splitlines()
    assert lines[1] == "To: ann@example.com, bob@example.com"
    assert lines[-1] == "<p>Your order is on its way.</p>"


def test_json_has_the_whole_letter(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = json.loads(printed(capsys, monkeypatch, "--show", "1", "--json"))
    assert (found["at"], found["to"], found["subject"]) == ("2026-01-02T03:04:05+00:00", ["ann@example.com"], "Welcome")
    assert found["html"] == "<p>Your order is on its way.</p>"


def test_a_stack_that_sent_nothing_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(capsys, monkeypatch, "staging") == "staging: no mail was sent\n"
    assert printed(capsys, monkeypatch, "staging", "--json") == "[]\n"


@pytest.mark.parametrize(
    ("stack", "number", "message"),
    [
        ("dev", 3, "dev has no letter 3 → one of 1 to 2"),
        ("dev", 0, "dev has no letter 0 → one of 1 to 2"),
        ("staging", 1, "staging has no letter 1 → nothing was sent yet"),
    ],
)
def test_a_number_that_is_not_there_says_which_are(stack: str, number: int, message: str) -> None:
    with pytest.raises(Trouble) as caught:
        mail.letter(stack, number)
    assert str(caught.value) == message


def test_without_a_cloud_it_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "running", lambda: None)
    with pytest.raises(Trouble, match="the embedded cloud is not running → start it with: slipway up"):
        mail.letters("dev")
