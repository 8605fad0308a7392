"""ewelists as people and administrators use it, without a browser: accounts, requests, tools, and what it keeps."""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from tests.e2e import commands
from tests.e2e.commands import call
from tests.e2e.secret_search import Search
from tests.e2e.serverless import Serverless

ADMIN = commands.REPOSITORY / "services/ewelists/admin"
TRACES_AT_ONCE = 5
"""Which X-Ray gives out in one answer."""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed up and in."""

    id: str
    email: str
    name: str
    token: str
    site: str

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask the API; return status and JSON."""
        return call(f"{self.site}/api{path}", body, method, self.token)

    def made(self, path: str, body: object) -> Any:
        """Make something, and return what was made."""
        code, answer = self("POST", path, body)
        assert code == 201, answer
        return answer


class Ewelists(Serverless):
    """The system in dev."""

    NAME = "ewelists"
    HANDLERS: ClassVar = {"api": "ewelists.handler.handle", "sign-up": "ewelists.sign_up.handle"}

    @cached_property
    def table(self) -> str:
        """The table's name."""
        return str(self.aws("ssm").get_parameter(Name="/slipway/dev/ewelists/table")["Parameter"]["Value"])

    def person(self, first: str) -> Person:
        """Sign somebody up with the code that comes by mail, and in by SRP, as the page does."""
        email, token = self.sign_up(f"{first.lower()}-{uuid.uuid4().hex}@example.com")
        name = f"{first} {uuid.uuid4().hex}"
        code, me = call(f"{self.site}/api/me", {"name": name}, "PUT", token)
        assert code == 200, me
        return Person(me["id"], email, name, token, self.site)

    def items(self) -> list[dict[str, Any]]:
        """Return every item of the table."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def admin(self, folder: Path, command: str, **settings: str) -> str:
        """Run a line of a runbook as a shell does; it has to succeed. Returns what it prints."""
        tool = folder / "ewelists-admin"
        python = commands.REPOSITORY / ".venv/bin/python"
        tool.write_text(f'#!/bin/sh\nexec {python} -c "from ewelists_admin.cli import app; app()" "$@"\n')
        tool.chmod(0o755)
        environment = {
            **commands.environment(),
            "PATH": f"{folder}:{os.environ['PATH']}",
            "PYTHONPATH": str(ADMIN),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": self.pool.cloud.endpoint,
            "TABLE_NAME": self.table,
            "USER_POOL_ID": self.user_pool,
            "HTTP_FUNCTION": self.function("api")["FunctionName"],
            "HTTP_LOGS": self.function("api")["LoggingConfig"]["LogGroup"],
            "SIGN_UP_FUNCTION": self.function("sign-up")["FunctionName"],
            "TERM": "dumb",
            **settings,
        }
        done = subprocess.run(
            ["sh", "-euc", command], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{command} gave {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def log_groups(self) -> list[str]:
        """Return the names of all log groups of the account."""
        pages = self.aws("logs").get_paginator("describe_log_groups").paginate()
        return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def kept(system: Ewelists, search: Search) -> list[str]:
    """Say which values of a search are where they belong: in the table and in the account's user pools."""
    found = search.text("the table", json.dumps(system.items()))
    return found + search.text("the user pools", "\n".join(_users(system)))


def traces(system: Ewelists, search: Search) -> list[str]:
    """Say where else in the account they are: in log groups, buckets and traces."""
    found = []
    for group in system.log_groups():
        pages = system.aws("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [event["message"] for page in pages for event in page["events"]]
        found += search.text(f"log group {group}", "\n".join(lines))
    s3 = system.aws("s3")
    for bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            keys = [each["Key"] for each in page.get("Contents") or []]
            found += search.text(f"names in {bucket}", "\n".join(keys))
            for key in keys:
                found += search.text(f"{bucket}/{key}", s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return found + search.text("the traces", json.dumps(list(_segments(system)), default=str))


def _users(system: Ewelists) -> Iterator[str]:
    cognito = system.aws("cognito-idp")
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool["Id"]):
            yield json.dumps(page["Users"], default=str)


def _segments(system: Ewelists) -> Iterator[Any]:
    xray, now = system.aws("xray"), time.time()
    for page in xray.get_paginator("get_trace_summaries").paginate(StartTime=now - 3600, EndTime=now + 60):
        known = [each["Id"] for each in page["TraceSummaries"]]
        for first in range(0, len(known), TRACES_AT_ONCE):
            yield xray.batch_get_traces(TraceIds=known[first : first + TRACES_AT_ONCE])["Traces"]
