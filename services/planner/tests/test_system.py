"""The whole system under compose: a plan with a picture from end to end, and the API's own tests on a real Postgres."""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from .conftest import COMMAND_SECONDS, SYSTEM, Docker, Planner, ask, wait_for

pytestmark = [pytest.mark.docker, pytest.mark.slow]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 56
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def upload(planner: Planner, headers: dict[str, str], plan: str, content: bytes, kind: str) -> str:
    """Announce a file and send it to the bucket; the address of the attachment."""
    body = {"name": "a file", "contentType": kind, "size": len(content)}
    made = ask(f"{planner.site}/api/plans/{plan}/attachments", "POST", body, headers)
    assert made.status == 201, made.body
    form = made.json["upload"]
    assert send(form, content) == 201
    return f"{planner.site}/api/plans/{plan}/attachments/{made.json['attachment']['id']}"


def send(form: dict, content: bytes) -> int:
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form["fields"].items()
    ]
    parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n')
    body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
    return ask(form["url"], "POST", body, {"content-type": f"multipart/form-data; boundary={edge}"}).status


@pytest.fixture(scope="module")
def headers(planner: Planner) -> dict[str, str]:
    return planner.sign_in()


@pytest.fixture
def plan(planner: Planner, headers: dict[str, str]) -> str:
    made = ask(f"{planner.site}/api/plans", "POST", {"title": "Paint the shed"}, headers)
    assert made.status == 201, made.body
    return made.json["id"]


def test_one_address_leads_to_page_api_admin_and_static_files(planner: Planner) -> None:
    for path, status, kind in (
        ("/", 200, "text/html"),
        ("/config.json", 200, "application/json"),
        ("/api/readyz", 200, "application/json"),
        ("/api/openapi.json", 200, "application/vnd.oai.openapi+json"),
        ("/api/plans", 401, "application/problem+json"),
        ("/machine/due-steps", 200, "text/html"),
        ("/static/admin/css/base.css", 200, "text/css"),
    ):
        answer = ask(f"{planner.site}{path}", headers={"accept": "text/html, */*"})
        assert (path, answer.status, answer.headers["content-type"].split(";")[0]) == (path, status, kind)


def test_a_picture_goes_to_the_bucket_is_looked_at_and_served(
    planner: Planner, headers: dict[str, str], plan: str
) -> None:
    address = upload(planner, headers, plan, PNG, "image/png")
    wait_for("the scan", lambda: ask(address, headers=headers).json["state"] == "ready")
    assert ask(ask(address, headers=headers).json["url"]).body == PNG


@pytest.mark.parametrize(("content", "state"), [(EICAR, "infected"), (b"\0\1\2", "refused")])
def test_a_file_that_is_not_what_it_says_is_never_served(
    planner: Planner, headers: dict[str, str], plan: str, content: bytes, state: str
) -> None:
    address = upload(planner, headers, plan, content, "text/plain")
    wait_for("the scan", lambda: ask(address, headers=headers).json["state"] == state)


def test_the_bucket_takes_no_other_size_and_no_other_key(planner: Planner, headers: dict[str, str], plan: str) -> None:
    body = {"name": "a.png", "contentType": "image/png", "size": len(PNG)}
    form = ask(f"{planner.site}/api/plans/{plan}/attachments", "POST", body, headers).json["upload"]
    assert send(form, PNG + b"more") == 400
    assert send({**form, "fields": {**form["fields"], "key": "media/x"}}, PNG) == 403
    assert send({**form, "fields": {**form["fields"], "Content-Type": "text/html"}}, PNG) == 403


def test_no_request_that_the_document_allows_or_forbids_is_a_server_error(
    planner: Planner, headers: dict[str, str]
) -> None:
    schemathesis = SYSTEM / "api/.venv/bin/schemathesis"
    if not schemathesis.exists():
        pytest.skip("the API has no environment yet: run ./test.sh")
    options = ["--checks", "not_a_server_error", "--max-examples", "4", "--phases", "examples,fuzzing", "--seed", "1"]
    options += ["--request-timeout", "60", "--suppress-health-check", "all", "--no-color", "--url", planner.site]
    told = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    command = [str(schemathesis), "run", str(SYSTEM / "api/planner/openapi.json"), *options, *told]
    done = subprocess.run(
        command, cwd=SYSTEM / "api", capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert re.search(r"Test cases:\s+\d+ generated, \d+ passed", done.stdout), done.stdout[-2000:]


def test_a_changed_source_is_served_without_a_build(planner: Planner) -> None:
    def starts() -> int:
        logs = planner.compose("logs", "--no-log-prefix", "api").stdout
        return len(re.findall(r"changes detected|detected changes|Reloading", logs, re.IGNORECASE))

    before = starts()
    os.utime(SYSTEM / "api/planner/urls.py")
    wait_for("the reload", lambda: starts() > before)
    wait_for("the service", lambda: ask(f"{planner.site}/api/readyz").status == 200)


@pytest.fixture(scope="module")
def database(docker: Docker) -> Iterator[str]:
    """The address of a Postgres, gone afterwards."""
    name, password = f"planner-test-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex
    told = ["--name", name, "--label", "planner-test", "--env", f"POSTGRES_PASSWORD={password}"]
    try:
        published = ["--publish", "127.0.0.1::5432", "postgres:17-alpine", "postgres", "-c", "listen_addresses=*"]
        docker("run", "--detach", "--rm", *told, *published)
        ready = ("exec", name, "pg_isready", "--quiet", "--host", "127.0.0.1")
        wait_for("the database", lambda: docker(*ready, check=False).returncode == 0)
        yield f"postgres://postgres:{password}@{docker('port', name).stdout.split()[-1]}/planner"
    finally:
        docker("rm", "--force", "--volumes", name, check=False)


def test_the_api_passes_its_tests_on_a_real_postgres(database: str) -> None:
    command = [str(SYSTEM / "test.sh"), "stores"]
    told = {**os.environ, "TEST_DATABASE_URL": database}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert re.search(r"^[0-9]+ passed", done.stdout, re.MULTILINE), done.stdout[-2000:]
