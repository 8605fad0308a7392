"""Settings, identities, cursors, the sign-up's trigger, and what a start costs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from importlib import metadata
from pathlib import Path

import boto3
import pytest
from ewelists import ids, sign_up
from ewelists.settings import load
from tests.conftest import Context

API = Path(__file__).parents[1]
PACKAGE_BYTES = 10_000_000
IMPORT_MILLISECONDS = 1500
"""Of a processor, not of the clock: the load of others makes no difference. Lambda starts with a whole one."""


def test_settings_that_are_missing_are_all_named() -> None:
    with pytest.raises(ValueError, match="TABLE_NAME, USER_POOL_ID, MAIL_FROM: not set in the function's environment"):
        load({"SITE_URL": "https://x"})


def test_identities_sort_by_when_they_were_made_and_are_never_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for milliseconds in (1, 999, 1_700_000_000_000, 2**48 - 1):
        monkeypatch.setattr(time, "time_ns", lambda at=milliseconds: at * 1_000_000)
        made.append(ids.new())
    assert made == sorted(made)
    assert all(ids.PATTERN.fullmatch(identity) for identity in made)
    assert len({ids.new() for _ in range(1000)}) == 1000


def test_a_cursor_leads_back_to_its_item_and_to_no_other_kind() -> None:
    key = f"LIST#{'0' * 26}"
    assert ids.sort_key(ids.cursor(key), "LIST#") == key
    with pytest.raises(ValueError, match="no cursor of this page"):
        ids.sort_key(ids.cursor(key), "PRODUCT#")
    assert ids.cursor(None) is None


def confirmed(trigger: str, name: str) -> dict:
    attributes = {"sub": "user-1", "email": "Ada@Example.com", "name": name}
    return {"triggerSource": trigger, "request": {"userAttributes": attributes}, "response": {}}


def test_a_confirmed_sign_up_writes_the_user_once(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", table)
    event = confirmed("PostConfirmation_ConfirmSignUp", "Ada")
    assert sign_up.handle(event, Context()) is event
    sign_up.handle(confirmed("PostConfirmation_ConfirmSignUp", "Other"), Context())
    (item,) = boto3.client("dynamodb").scan(TableName=table)["Items"]
    kept = {name: value["S"] for name, value in item.items() if name != "createdAt"}
    assert kept == {
        "PK": "USER#user-1",
        "SK": "PROFILE",
        "GSI1PK": "EMAIL#ada@example.com",
        "GSI1SK": "USER#user-1",
        "id": "user-1",
        "email": "Ada@Example.com",
        "name": "Ada",
    }


def test_a_password_that_was_set_anew_writes_no_user(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", table)
    sign_up.handle(confirmed("PostConfirmation_ConfirmForgotPassword", "Ada"), Context())
    assert boto3.client("dynamodb").scan(TableName=table)["Count"] == 0


@pytest.mark.parametrize("module", ["ewelists.handler", "ewelists.sign_up"])
def run(code: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=API, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("module", ["ewelists.handler", "ewelists.sign_up"])
def test_a_start_stays_within_its_budget(module: str) -> None:
    """The best of three: the first one reads files that nobody has read since the machine started."""
    code = f"import time; b = time.process_time(); import {module}; print((time.process_time() - b) * 1000)"
    took = min(float(run(code)) for _ in range(3))
    print(f"{module}: {took:.0f} ms to import")
    assert took < IMPORT_MILLISECONDS


def test_the_function_imports_nothing_that_only_a_developers_machine_has() -> None:
    lock = (API / "uv.lock").read_text()
    (ours,) = [part for part in lock.split("[[package]]") if 'name = "ewelists-api"' in part]
    assert '{ name = "boto3" }' not in ours.partition("[package.dev-dependencies]")[0]
    found = run("import sys, ewelists.handler, ewelists.sign_up; print(*sys.modules)").split()
    assert {"ewelists.handler", "aws_lambda_powertools"} <= set(found)
    assert {name.partition(".")[0] for name in found} & {"jwt", "moto", "werkzeug", "development"} == set()


def test_the_package_is_far_smaller_than_it_may_be() -> None:
    """The packages of this environment that the lock gives the functions, zipped; the platform packs the same ones."""
    packed = io.BytesIO()
    names = ("aws-lambda-powertools", "aws-xray-sdk", "fastjsonschema", "jmespath", "typing-extensions", "wrapt")
    files = [path.locate() for name in names for path in metadata.files(name) or () if path.suffix != ".pyc"]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for path in [*files, *(API / "ewelists").glob("*.py")]:
            package.write(path, str(path).removeprefix("/"))
    print(f"{packed.tell() / 1e6:.1f} MB zipped")
    assert 500_000 < packed.tell() < PACKAGE_BYTES
