"""Attachments: announced, uploaded, looked at, served; on S3 as moto's server plays it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from moto.server import ThreadedMotoServer
from planner import cookies, scan, scanners, vault
from planner.kinds import LARGEST_FILE, kind_of
from planner.models import Attachment
from rest_framework.test import APIClient

from .support import ADA, key

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 56


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    # The user pool is not the server's: its key set is answered by `published`.
    client = boto3.client("s3", region_name="eu-west-1", endpoint_url=aws)
    client.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield client
    for entry in client.list_objects_v2(Bucket="media").get("Contents", []):
        client.delete_object(Bucket="media", Key=entry["Key"])
    client.delete_bucket(Bucket="media")


def keys(s3: Any) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket="media").get("Contents", [])]


def announce(client: APIClient, plan: dict[str, Any], **changes: object) -> Any:
    body = {"name": "Shed, größer.png", "contentType": "image/png", "size": len(PNG)} | changes
    return client.post(f"/api/plans/{plan['id']}/attachments", body, format="json")


def arrived(key: str) -> dict[str, int]:
    return scan.handle({"Records": [{"s3": {"object": {"key": quote(key, safe="")}}}]})


def test_a_form_stores_one_file_at_one_place_for_five_minutes(ada: APIClient, plan: dict[str, Any], s3: Any) -> None:
    made = announce(ada, plan)
    assert made.status_code == 201, made.content
    attachment, upload = made.json()["attachment"], made.json()["upload"]
    assert (attachment["state"], attachment["url"], upload["expiresInSeconds"]) == ("waiting", None, 300)
    policy = json.loads(base64.b64decode(upload["fields"]["policy"]))
    place = f"incoming/{ADA}/{plan['id']}/{attachment['id']}"
    assert {"bucket": "media"} in policy["conditions"]
    assert {"key": place} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert ["content-length-range", len(PNG), len(PNG)] in policy["conditions"]
    ends = time.mktime(time.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 0 < ends - time.time() <= 301


def test_on_aws_the_form_goes_to_the_buckets_own_address(ada: APIClient, plan: dict[str, Any]) -> None:
    assert announce(ada, plan).json()["upload"]["url"] == "https://media.s3.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"contentType": "text/html"}, "contentType"),
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"size": 0}, "size"),
        ({"size": LARGEST_FILE + 1}, "size"),
        ({"size": "5"}, "size"),
        ({"name": "../a.png"}, "name"),
        ({"name": "a\nb.png"}, "name"),
        ({"key": "media/x"}, "key"),
    ],
)
def test_a_file_that_may_not_be_attached_gets_no_form(
    ada: APIClient, plan: dict[str, Any], changes: dict[str, object], path: str
) -> None:
    answer = announce(ada, plan, **changes)
    assert (answer.status_code, [each["path"] for each in answer.json()["errors"]]) == (422, [path])
    assert Attachment.objects.count() == 0


def test_a_clean_file_is_served_from_its_owners_prefix(ada: APIClient, plan: dict[str, Any], s3: Any) -> None:
    made = announce(ada, plan).json()
    place = made["upload"]["fields"]["key"]
    s3.put_object(Bucket="media", Key=place, Body=PNG)
    assert arrived(place) == {"ready": 1}
    identity = made["attachment"]["id"]
    served = f"{ADA}/{plan['id']}/{identity}/file.png"
    assert keys(s3) == [f"media/{served}"]
    read = ada.get(f"/api/plans/{plan['id']}").json()
    assert read["attachments"][0]["url"] == read["picture"] == f"https://planner.test/media/{served}"
    assert ada.get(f"/api/plans/{plan['id']}/attachments/{identity}").json()["state"] == "ready"
    head = s3.head_object(Bucket="media", Key=f"media/{served}")
    assert (head["ContentType"], head["CacheControl"]) == ("image/png", "private, max-age=3600")
    assert head["ContentDisposition"] == "inline; filename*=UTF-8''Shed%2C%20gr%C3%B6%C3%9Fer.png"


@pytest.mark.parametrize(
    ("content", "changes", "state"),
    [
        (scanners.EICAR, {"contentType": "text/plain"}, "infected"),
        (PNG + b"x" * 9 + scanners.EICAR, {}, "infected"),
        (b"<html><script>", {}, "refused"),
        (PNG, {"contentType": "image/jpeg"}, "refused"),
        (PNG + b"more", {"size": len(PNG)}, "refused"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_deleted_and_marked(
    ada: APIClient, plan: dict[str, Any], s3: Any, content: bytes, changes: dict[str, object], state: str
) -> None:
    made = announce(ada, plan, **({"size": len(content)} | changes)).json()
    s3.put_object(Bucket="media", Key=made["upload"]["fields"]["key"], Body=content)
    assert arrived(made["upload"]["fields"]["key"]) == {state: 1}
    assert keys(s3) == []
    attachment = ada.get(f"/api/plans/{plan['id']}").json()["attachments"][0]
    assert (attachment["state"], attachment["url"]) == (state, None)


def test_events_that_come_twice_or_for_nothing_change_nothing(ada: APIClient, plan: dict[str, Any], s3: Any) -> None:
    made = announce(ada, plan).json()
    place = made["upload"]["fields"]["key"]
    assert arrived(place) == {"gone": 1}
    s3.put_object(Bucket="media", Key=place, Body=PNG)
    assert arrived(place) == {"ready": 1}
    assert arrived(place) == {"gone": 1}
    s3.put_object(Bucket="media", Key=place, Body=scanners.EICAR)
    assert arrived(place) == {"ignored": 1}
    assert arrived("elsewhere/a") == {"ignored": 1}
    assert [key.startswith("media/") for key in keys(s3)] == [True]
    assert Attachment.objects.get().state == "ready"


def test_a_file_of_a_plan_that_was_deleted_meanwhile_goes_too(ada: APIClient, plan: dict[str, Any], s3: Any) -> None:
    place = announce(ada, plan).json()["upload"]["fields"]["key"]
    assert ada.delete(f"/api/plans/{plan['id']}").status_code == 204
    s3.put_object(Bucket="media", Key=place, Body=PNG)
    assert arrived(place) == {"ignored": 1}
    assert keys(s3) == []


def test_deleting_takes_the_files_along(ada: APIClient, plan: dict[str, Any], s3: Any) -> None:
    for _ in range(2):
        place = announce(ada, plan).json()["upload"]["fields"]["key"]
        s3.put_object(Bucket="media", Key=place, Body=PNG)
        arrived(place)
    first = ada.get(f"/api/plans/{plan['id']}").json()["attachments"][0]["id"]
    assert len(keys(s3)) == 2
    assert ada.delete(f"/api/plans/{plan['id']}/attachments/{first}").status_code == 204
    assert len(keys(s3)) == 1
    assert ada.delete(f"/api/plans/{plan['id']}").status_code == 204
    assert keys(s3) == []


def test_another_scanner_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCANNER", "unittest.mock:MagicMock")
    assert type(scanners.configured()).__name__ == "MagicMock"
    monkeypatch.delenv("SCANNER")
    assert type(scanners.configured()) is scanners.SignatureScanner


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"%PDF-1.7", "application/pdf"),
        ("Grüße\r\n".encode(), "text/plain"),
        (b"MZ\x90\0", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_kind_is_known_by_the_first_bytes(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind


def test_a_media_session_is_three_cookies_for_ones_own_prefix(ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    private = key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    monkeypatch.setenv("MEDIA_KEY_SECRET_ARN", "arn:key")
    monkeypatch.setenv("MEDIA_KEY_PAIR_ID", "K123")
    monkeypatch.setattr(vault, "_read", lambda arn: {"kid": "k", "privateKey": private.decode()})
    answer = ada.post("/api/media-session")
    assert answer.status_code == 200
    found = {name: morsel.value for name, morsel in answer.cookies.items()}
    assert sorted(found) == ["CloudFront-Key-Pair-Id", "CloudFront-Policy", "CloudFront-Signature"]
    back = str.maketrans("-_~", "+=/")
    policy, signature = (
        base64.b64decode(found[f"CloudFront-{name}"].translate(back)) for name in ("Policy", "Signature")
    )
    key().public_key().verify(signature, policy, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 # CloudFront's own choice
    statement = json.loads(policy)["Statement"][0]
    assert statement["Resource"] == f"https://planner.test/media/{ADA}/*"
    ends = statement["Condition"]["DateLessThan"]["AWS:EpochTime"]
    assert 0 < ends - time.time() <= cookies.LIFE_SECONDS
    for morsel in answer.cookies.values():
        assert (morsel["path"], morsel["secure"], morsel["httponly"], morsel["samesite"]) == (
            "/media",
            True,
            True,
            "Strict",
        )


def test_without_a_bucket_a_plan_is_not_half_deleted(
    ada: APIClient, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert announce(ada, plan).status_code == 201
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr("planner.uploads.bucket", lambda endpoint="": vault.client("s3"))
    assert ada.delete(f"/api/plans/{plan['id']}").status_code == 503
    assert ada.get(f"/api/plans/{plan['id']}").status_code == 200
