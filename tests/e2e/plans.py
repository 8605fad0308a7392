"""The planner as people, machines and administrators use it without a browser: accounts, requests, files, functions."""

import json
import re
import struct
import uuid
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tests.e2e.commands import ask, call
from tests.e2e.serverless import Serverless

REGION = "eu-west-1"
ADMINS = "admins"


@dataclass(frozen=True)
class Person:
    """Somebody who has signed up and in."""

    id: str
    email: str
    token: str
    site: str

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask the API; return status and JSON."""
        return call(f"{self.site}/api{path}", body, method, self.token)

    def plan(self, title: str) -> str:
        """Make a plan; return its id."""
        code, made = self("POST", "/plans", {"title": title})
        assert code == 201, made
        return str(made["id"])

    def announce(self, plan: str, content: bytes, kind: str = "image/png") -> tuple[dict[str, Any], dict[str, Any]]:
        """Announce a file for a plan; return the attachment and the form that it is to be sent with."""
        body = {"name": "a file", "contentType": kind, "size": len(content)}
        code, made = self("POST", f"/plans/{plan}/attachments", body)
        assert code == 201, made
        return made["attachment"], made["upload"]


class Planner(Serverless):
    """The system in dev."""

    NAME = "planner"
    HANDLERS: ClassVar = {
        "api": "planner.lambda_handler.handle",
        "migrate": "planner.migrate.handle",
        "scan": "planner.scan.handle",
    }

    def person(self) -> Person:
        """Sign somebody up with the code that comes by mail, and in by SRP, as the page does."""
        email, token = self.sign_up(f"{uuid.uuid4().hex}@example.com")
        code, me = call(f"{self.site}/api/me", token=token)
        assert code == 200, me
        return Person(me["id"], email, token, self.site)

    def administrator(self) -> str:
        """Make an account of the group that Django's pages are for; return its address."""
        email, cognito = self.pool.join(f"{uuid.uuid4().hex}@example.com"), self.aws("cognito-idp")
        groups = [each["GroupName"] for each in cognito.list_groups(UserPoolId=self.user_pool)["Groups"]]
        if ADMINS not in groups:
            cognito.create_group(UserPoolId=self.user_pool, GroupName=ADMINS)
        cognito.admin_add_user_to_group(UserPoolId=self.user_pool, Username=email, GroupName=ADMINS)
        return email

    def machine(self, path: str, method: str = "GET", key: str = "embedded") -> tuple[int, Any]:
        """Ask the API at its own address, signed with the key of the account, or a wrong one."""
        host = self.site.replace("://planner.", "://planner-api.")
        request = AWSRequest(method, f"{host}{path}")
        SigV4Auth(Credentials(self.account, key), "execute-api", REGION).add_auth(request)
        code, text = ask(f"{host}{path}", method, headers=dict(request.headers.items()))
        return code, json.loads(text) if text else None

    @cached_property
    def bucket(self) -> str:
        """The name of the media bucket."""
        return str(self.function("api")["Environment"]["Variables"]["MEDIA_BUCKET"])

    def form(self, key: str, seconds: int) -> dict[str, Any]:
        """Sign a form for a PNG as the function does, for another time than the function would."""
        client = boto3.client(
            "s3",
            endpoint_url=self.pool.cloud.endpoint,
            region_name=REGION,
            aws_access_key_id=self.account,
            aws_secret_access_key="embedded",
            config=Config(signature_version="s3v4"),
        )
        fields = {"Content-Type": "image/png", "success_action_status": "201"}
        conditions = [{name: value} for name, value in fields.items()]
        made: dict[str, Any] = client.generate_presigned_post(self.bucket, key, fields, conditions, seconds)
        return made

    def stored(self, person: Person) -> list[str]:
        """Return the keys of all files of a person, wherever they lie."""
        pages = self.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [each["Key"] for page in pages for each in page.get("Contents") or []]
        return [key for key in keys if person.id in key]

    def invoke(self, part: str, event: dict[str, Any]) -> Any:
        """Call what was uploaded last, which nobody else calls: the first time, in a process of its own."""
        answer = self.aws("lambda").invoke(
            FunctionName=self.function(part)["FunctionName"], Payload=json.dumps(event).encode()
        )
        given = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, given
        return given

    def starts(self, part: str) -> list[tuple[int, int]]:
        """Return for each process of a function the milliseconds of its start, and of the call that waited for it."""
        group = self.function(part)["LoggingConfig"]["LogGroup"]
        pages = self.aws("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [each["message"] for page in pages for each in page["events"]]
        found = (re.search(r"^REPORT .*\tDuration: (\d+) ms.*\tInit Duration: (\d+) ms", line) for line in lines)
        return [(int(report[2]), int(report[1])) for report in found if report]


def request(site: str, path: str) -> dict[str, Any]:
    """Return a GET as API Gateway hands it to a function."""
    called = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "tests"}
    context = {"http": called, "requestId": uuid.uuid4().hex, "stage": "$default", "routeKey": f"GET {path}"}
    return {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": urlsplit(site).netloc},
        "requestContext": context,
        "isBase64Encoded": False,
    }


def send(form: dict[str, Any], content: bytes, **changed: str) -> tuple[int, str]:
    """Send a form with a file to the bucket, as a page does, some fields changed; return status and message."""
    edge = uuid.uuid4().hex
    lines = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {**form["fields"], **changed}.items()
    ]
    lines.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n')
    body = "".join(lines).encode() + content + f"\r\n--{edge}--\r\n".encode()
    code, text = ask(form["url"], "POST", body, {"Content-Type": f"multipart/form-data; boundary={edge}"})
    return code, "".join(re.findall("<Message>(.*)</Message>", text))


def painting(width: int = 480, height: int = 320) -> bytes:
    """Return a PNG of hills under an evening sky."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            hill = height * 0.62 + 26 * ((x / 70) % 2 - 1) ** 2 + x / 16
            sky = (250 - y // 2, 190 - y // 4, 120 + y // 4)
            rows += bytes(sky if y < hill else (46, 96 + (y - int(hill)) // 4, 72))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
