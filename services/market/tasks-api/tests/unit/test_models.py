"""What is taken from outside, and what is not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError
from src.models.event import Event
from src.models.page import Place
from src.models.task import NewTask, TaskChange
from src.models.text import clean
from src.utils.problems import RefusedError

CONTRACTS = Path(__file__).parents[3] / "contracts"
EVENT = {
    "id": "7b0c1c0e-3f43-4b58-9f0b-0f6a7b0c1c0e",
    "type": "item.created",
    "at": "2026-11-21T20:00:00.000Z",
    "subject": "item-1",
    "actor": "user-1",
    "summary": 'offers "Bicycle" for 120.00 EUR',
    "requestId": "the-request",
}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Buy milk ", "Buy milk"),
        ("Cafe\u0301", "Café"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE tasks; --", "'; DROP TABLE tasks; --"),
        ("👩🏽‍🚀 launch", "👩🏽‍🚀 launch"),
    ],
)
def test_a_text_is_kept_in_one_normal_form(given: str, kept: str) -> None:
    assert NewTask(text=given).text == kept


@pytest.mark.parametrize(
    "unseen", ["\x00", "\x07", "\n", "\r", "\t", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ue000"]
)
def test_a_character_that_cannot_be_seen_is_refused(unseen: str) -> None:
    with pytest.raises(ValueError, match=f"U\\+{ord(unseen):04X}, stands at position 1"):
        clean(f"a{unseen}b")


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, 5, None, ["a"], {"a": 1}, True])
def test_a_text_has_1_to_500_characters(text: object) -> None:
    with pytest.raises(ValidationError):
        NewTask.model_validate({"text": text})
    assert len(NewTask(text="x" * 500).text) == 500


def test_what_a_task_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        NewTask.model_validate({"text": "a", "owner": "somebody else"})


def test_a_change_says_at_least_one_thing() -> None:
    with pytest.raises(ValidationError, match="text or done is needed"):
        TaskChange.model_validate({})
    assert TaskChange.model_validate({"done": False}).done is False


def test_a_place_is_the_same_after_its_cursor() -> None:
    place = Place(datetime(2026, 11, 21, 20, 0, 0, 123456, UTC), UUID(int=7))
    assert Place.parse(place.cursor()) == place
    assert Place.parse(None) is None


@pytest.mark.parametrize(
    "text", [b"", b"a", b"2026-11-21 7", b"2026-11-21T20:00:00 7b0c1c0e-3f43-4b58-9f0b-0f6a7b0c1c0e", b"\xff\xfe"]
)
def test_a_cursor_that_is_not_ours_is_422(text: bytes) -> None:
    with pytest.raises(RefusedError) as raised:
        Place.parse(base64.urlsafe_b64encode(text).rstrip(b"=").decode())
    assert (raised.value.status, raised.value.detail) == (422, "cursor: not one that this service gave")


def test_an_event_is_the_same_after_its_journey() -> None:
    event = Event.model_validate(EVENT)
    assert Event.model_validate_json(event.model_dump_json(by_alias=True)) == event
    assert event.at == datetime(2026, 11, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "change", [{"id": "x"}, {"type": "task.eaten"}, {"at": "2026-11-21T20:00:00"}, {"actor": ""}, {"summary": "a\nb"}]
)
def test_a_message_that_is_no_event_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate(EVENT | change)


@pytest.mark.skipif(not (CONTRACTS / "event.schema.json").exists(), reason="this service alone, without its system")
def test_the_events_of_the_contract_are_taken() -> None:
    schema = json.loads((CONTRACTS / "event.schema.json").read_text())
    assert sorted(schema["properties"]["type"]["enum"]) == sorted(
        Event.model_json_schema()["properties"]["type"]["enum"]
    )
    assert set(schema["required"]) <= set(EVENT)
    for example in schema.get("examples", []):
        assert str(Event.model_validate(example).id) == example["id"]
