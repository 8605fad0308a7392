"""The functions over a real DynamoDB API on loopback, and events as API Gateway sends them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

SENDER = "lists@ewelists.test"
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "CORS_ORIGINS": "https://ewelists.test,http://localhost:5173",
    "MAIL_FROM": SENDER,
    "POWERTOOLS_SERVICE_NAME": "ewelists",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "SITE_URL": "https://ewelists.test/",
    "TABLE_NAME": "ewelists",
    "USER_POOL_ID": "eu-west-1_none",
}


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of the server, told to every client by the environment."""
    from ewelists import table

    # The server answers one request after the other, on a machine that may be busy.
    table.CONNECT_SECONDS = table.READ_SECONDS = 240
    server = [sys.executable, str(Path(__file__).with_name("dynamodb.py"))]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        address = f"http://127.0.0.1:{int(running.stdout.readline())}"
        os.environ["AWS_ENDPOINT_URL"] = address
        try:
            yield address
        finally:
            running.communicate()


@pytest.fixture
def table(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an empty table of the test's own."""
    from development.table import make_table

    name = f"ewelists-{uuid.uuid4().hex[:8]}"
    make_table(boto3.client("dynamodb"), name)
    return name


@pytest.fixture(scope="session")
def pool(endpoint: str) -> str:
    """The id of a user pool that knows people by their addresses."""
    made = boto3.client("cognito-idp").create_user_pool(PoolName="ewelists", UsernameAttributes=["email"])
    return str(made["UserPool"]["Id"])


class Context:
    """What Lambda tells a function of its own."""

    function_name = "ewelists-api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:ewelists-api"
    aws_request_id = "request-of-lambda"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


@dataclass
class Answer:
    """What the function answered."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Person:
    """Somebody with an account, who calls the API."""

    id: str
    email: str
    name: str

    def __call__(self, method: str, path: str, body: object = None, **more: Any) -> Answer:
        """Send a request: `query={}`, `headers={}`, `raw={}` for other parts of the event."""
        claims = {"sub": self.id, "email": self.email, "name": self.name, "cognito:username": self.id}
        return send(method, path, body, claims, **more)


def send(
    method: str,
    path: str,
    body: object = None,
    claims: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    raw: dict[str, Any] | None = None,
) -> Answer:
    """The function's answer to a request, by an event of an HTTP API."""
    from ewelists.handler import handle

    sent = {"body": json.dumps(body)} if body is not None else {}
    event = {
        "version": "2.0",
        "routeKey": f"{method} /of-the-gateway",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"} | (headers or {}),
        "queryStringParameters": query or {},
        "isBase64Encoded": False,
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": path},
            **({"authorizer": {"jwt": {"claims": claims}}} if claims else {}),
        },
        **sent,
        **(raw or {}),
    }
    given = handle(event, Context())
    text = given.get("body") or ""
    is_json = "json" in given["headers"].get("Content-Type", "")
    return Answer(given["statusCode"], given["headers"], json.loads(text) if text and is_json else text)


@pytest.fixture
def people(table: str, pool: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Person]:
    """Makes a person with an account in the pool, over an empty table."""
    from ewelists import routes
    from ewelists.settings import Settings

    fresh = Settings(
        table=table,
        user_pool=pool,
        mail_from=SENDER,
        mail_configuration_set="",
        site_url="https://ewelists.test",
        cors_origins=routes.settings.cors_origins,
    )
    monkeypatch.setattr(routes, "settings", fresh)
    routes.services.cache_clear()
    boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER.rpartition("@")[2])
    service = boto3.client("cognito-idp")

    def make(name: str) -> Person:
        email = f"{name.lower()}-{uuid.uuid4().hex[:8]}@example.com"
        made = service.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
        return Person(made["User"]["Username"], email, name)

    return make


@pytest.fixture
def mails(endpoint: str) -> Callable[[], list[Any]]:
    """The mails that were sent, oldest first."""

    def read() -> list[Any]:
        with urllib.request.urlopen(f"{endpoint}/moto-api/data.json", timeout=60) as answer:
            return list(json.load(answer).get("ses", {}).get("Message", []))

    return read


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the function has written for CloudWatch: log lines and metrics."""
    from ewelists.telemetry import logger

    written = io.StringIO()
    before = [(handler, handler.setStream(written)) for handler in logger.handlers]
    yield lambda: written.getvalue() + capsys.readouterr().out  # metrics are printed
    for handler, stream in before:
        handler.setStream(stream)
