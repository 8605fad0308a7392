"""The whole system under compose, through the page's one address."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import COMMAND_SECONDS, SYSTEM, Ewelists, ask, wait_for

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def test_a_list_is_shared_by_mail_and_of_200_reservations_at_once_as_many_succeed_as_there_are(
    ewelists: Ewelists,
) -> None:
    api = f"{ewelists.page}/api"
    _, ada = ewelists.sign_up("Ada")
    address, bob = ewelists.sign_up("Bob")
    made = ask(f"{api}/lists", "POST", {"title": "Wedding"}, ada)
    assert (made.status, made.json["owner"]) == (201, {"name": "Ada"})
    at = f"{api}/lists/{made.json['id']}"
    product = ask(f"{at}/products", "POST", {"name": "Cups", "quantity": 7}, ada).json["id"]
    assert ask(f"{api}/shared/{made.json['id']}", headers=bob).status == 404
    assert ask(f"{at}/share", "POST", {"email": address}, ada).status == 201
    mails = json.dumps(ask(f"{ewelists.aws}/_ministack/ses/messages").json)
    (token,) = set(re.findall(rf"/invitations/({made.json['id']}\.[\w-]{{43}})", mails))
    assert ask(f"{api}/invitations/{token}/accept", "POST", headers=bob).status == 200

    def reserve(_: int) -> int:
        return ask(f"{at}/products/{product}/reserve", "POST", {}, bob).status

    with ThreadPoolExecutor(20) as threads:
        told = Counter(threads.map(reserve, range(200)))
    assert told == {201: 7, 409: 193}
    (seen,) = ask(f"{api}/shared/{made.json['id']}", headers=bob).json["items"]
    assert (seen["available"], seen["reservedByMe"]) == (0, 7)


def test_a_token_that_is_not_the_pools_is_refused_before_the_function(ewelists: Ewelists) -> None:
    api = f"{ewelists.page}/api"
    _, ada = ewelists.sign_up("Ada")
    assert ask(f"{api}/me", headers=ada).json["name"] == "Ada"
    head, claims, signature = ada["Authorization"].removeprefix("Bearer ").split(".")
    for token in ("", "x", f"{head}.{claims}.", f"{head}.{claims}.{signature[:-8]}AAAAAAAA", f"{head}.e30.{signature}"):
        assert ask(f"{api}/me", headers={"Authorization": f"Bearer {token}"}).status == 401, token
    assert ask(f"{api}/health").json == {"status": "ok"}


def test_no_request_that_the_openapi_document_allows_or_forbids_is_a_server_error(
    ewelists: Ewelists, tmp_path: Path
) -> None:
    schemathesis = SYSTEM / "api/.venv/bin/schemathesis"
    if not schemathesis.exists():
        pytest.skip("api has no environment yet: run ./test.sh")
    _, ada = ewelists.sign_up("Ada")
    options = ["--checks", "not_a_server_error", "--max-examples", "8", "--phases", "examples,fuzzing", "--seed", "1"]
    options += ["--request-timeout", "60", "--suppress-health-check", "all", "--no-color"]
    options += ["--url", f"{ewelists.page}/api", "--header", f"Authorization: {ada['Authorization']}"]
    # The account would be gone for the requests that follow.
    options += ["--exclude-path", "/me", "--exclude-method", "DELETE"]
    done = subprocess.run(
        [str(schemathesis), "run", str(SYSTEM / "api/openapi.json"), *options],
        cwd=tmp_path,  # it writes what it has found
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert re.search(r"Test cases:\s+\d+ generated, \d+ passed", done.stdout), done.stdout[-2000:]


def test_the_page_and_its_modules_are_served(ewelists: Ewelists) -> None:
    assert b'<div id="root">' in ask(f"{ewelists.page}/").body
    assert b"createRoot" in ask(f"{ewelists.page}/src/main.tsx").body
    config = ask(f"{ewelists.page}/config.json").json
    needed = {"environment", "region", "userPoolId", "userPoolClientId", "apiUrl", "endpoint"}
    assert (set(config), config["apiUrl"]) == (needed, "/api")


def test_a_changed_source_is_served_without_a_build(ewelists: Ewelists) -> None:
    """Compose mounts the sources read-only; a copy of the time of change is enough for the watcher."""

    def starts() -> int:
        return ewelists.compose("logs", "--no-log-prefix", "api").stdout.count("Restarting with stat")

    before = starts()
    os.utime(SYSTEM / "api/ewelists/text.py")
    wait_for("the reload", lambda: starts() > before or "Detected change" in _said(ewelists))
    wait_for("the API", lambda: ask(f"{ewelists.page}/api/health").status == 200)


def _said(ewelists: Ewelists) -> str:
    return ewelists.compose("logs", "--no-log-prefix", "api").stdout
