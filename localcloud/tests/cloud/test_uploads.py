"""Uploads by a browser straight to a bucket: what the signed policy asks for is enforced, pages are let in by CORS."""

import base64
import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from localcloud import cloud

pytestmark = [pytest.mark.cloud]

ACCOUNT = "222222222222"
BUCKET = "media-uploads"
LINE = "----line"


@pytest.fixture(scope="module")
def s3(plain: cloud.Cloud) -> Iterator[Any]:
    client = cloud.client("s3", ACCOUNT, plain)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": plain.region})
    rule = {
        "AllowedOrigins": ["https://planner.dev.slipway.example"],
        "AllowedMethods": ["POST"],
        "AllowedHeaders": ["*"],
        "MaxAgeSeconds": 300,
    }
    client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    return client


@pytest.fixture
def signer(plain: cloud.Cloud) -> Any:
    """A client that signs forms by version 4, as a function has to."""
    return boto3.client(
        "s3",
        endpoint_url=plain.endpoint,
        region_name=plain.region,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="embedded",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def form(s3: Any, **more: Any) -> dict[str, Any]:
    conditions = [["content-length-range", 1, 100], ["starts-with", "$Content-Type", "image/"]]
    return dict(s3.generate_presigned_post(BUCKET, "plans/1.png", Conditions=conditions, ExpiresIn=600, **more))


def send(
    plain: cloud.Cloud,
    fields: dict[str, str],
    body: bytes = b"\x89PNG",
    *,
    kind: str = "image/png",
    origin: str = "",
) -> tuple[int, bytes, dict[str, str]]:
    """Send a form as a browser does; return status, body and headers."""
    parts = [
        f'--{LINE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**fields, "Content-Type": kind}.items()
    ]
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="1.png"\r\nContent-Type: {kind}\r\n\r\n'
    content = b"".join(parts) + head.encode() + body + f"\r\n--{LINE}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={LINE}", **({"Origin": origin} if origin else {})}
    return exchange(plain, "POST", headers, content)


def exchange(
    plain: cloud.Cloud, method: str, headers: dict[str, str], content: bytes = b""
) -> tuple[int, bytes, dict[str, str]]:
    address = urlsplit(plain.endpoint)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    try:
        connection.request(method, f"/{BUCKET}", body=content, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_a_form_that_keeps_to_its_policy_is_stored(s3: Any, signer: Any, plain: cloud.Cloud) -> None:
    given = form(signer)
    assert given["url"].startswith(plain.endpoint)
    assert send(plain, given["fields"])[0] == 204
    stored = s3.get_object(Bucket=BUCKET, Key="plans/1.png")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"\x89PNG", "image/png")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"x" * 101, "image/png", 400, b"EntityTooLarge"),
        (b"", "image/png", 400, b"EntityTooSmall"),
        (b"x", "text/html", 403, b"AccessDenied"),
    ],
)
def test_a_wrong_size_or_type_is_refused_and_not_stored(
    s3: Any, signer: Any, plain: cloud.Cloud, body: bytes, kind: str, status: int, code: bytes
) -> None:
    s3.delete_object(Bucket=BUCKET, Key="plans/1.png")
    answered, text, _ = send(plain, form(signer)["fields"], body, kind=kind)
    assert (answered, b"<Code>" + code + b"</Code>" in text) == (status, True)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix="plans/")


def changed(fields: dict[str, str], **change: str) -> dict[str, str]:
    names = {"signature": "x-amz-signature", "credential": "x-amz-credential", "key": "key", "policy": "policy"}
    return {**fields, **{names[name]: value for name, value in change.items()}}


def test_another_key_than_the_signed_one_is_refused(s3: Any, signer: Any, plain: cloud.Cloud) -> None:
    status, text, _ = send(plain, changed(form(signer)["fields"], key="other/1.png"))
    assert (status, b"<Code>AccessDenied</Code>" in text) == (403, True)


def test_a_form_after_its_expiry_is_refused(s3: Any, signer: Any, plain: cloud.Cloud) -> None:
    expired = dict(signer.generate_presigned_post(BUCKET, "plans/1.png", ExpiresIn=-10))
    status, text, _ = send(plain, expired["fields"])
    assert (status, b"Policy expired" in text) == (403, True)


def test_a_policy_that_was_changed_or_signed_by_nobody_known_is_refused(
    s3: Any, signer: Any, plain: cloud.Cloud
) -> None:
    fields = form(signer)["fields"]
    document = json.loads(base64.b64decode(fields["policy"]))
    document["expiration"] = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    longer = base64.b64encode(json.dumps(document).encode()).decode()
    for change, code in (
        ({"policy": longer}, b"SignatureDoesNotMatch"),
        ({"signature": "0" * 64}, b"SignatureDoesNotMatch"),
        ({"credential": fields["x-amz-credential"].replace(ACCOUNT, "AKIAUNKNOWN")}, b"AccessDenied"),
    ):
        status, text, _ = send(plain, changed(fields, **change))
        assert (status, b"<Code>" + code + b"</Code>" in text) == (403, True), text


def test_a_signature_of_version_2_is_refused(plain: cloud.Cloud, s3: Any) -> None:
    status, text, _ = send(plain, form(s3)["fields"])
    assert (status, b"Please use AWS4-HMAC-SHA256" in text) == (400, True)


def test_a_form_without_a_signature_is_refused(plain: cloud.Cloud, s3: Any) -> None:
    status, text, _ = send(plain, {"key": "plans/2.png"})
    assert (status, b"<Code>AccessDenied</Code>" in text) == (403, True)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://planner.dev.slipway.example.localhost:8080", True),
        ("https://planner.dev.slipway.example", True),
        ("http://evil.example.localhost:8080", False),
    ],
)
def test_a_page_is_let_in_by_the_buckets_rules(
    s3: Any, signer: Any, plain: cloud.Cloud, origin: str, allowed: bool
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-own"}
    status, _, headers = exchange(plain, "OPTIONS", asked)
    assert (status, headers.get("access-control-allow-origin")) == ((200, origin) if allowed else (403, None))
    _, _, headers = send(plain, form(signer)["fields"], origin=origin)
    assert headers.get("access-control-allow-origin") == (origin if allowed else None)
