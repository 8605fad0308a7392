"""The function as it is packed: how soon it starts, what it loads, and the files that are made from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from development import openapi, static_files
from django.db import OperationalError
from planner import migrate, vault
from planner.database.base import DatabaseWrapper
from planner.static_files import Hashed

API = Path(__file__).parents[1]
BUDGET_SECONDS = 1.5
"""Of processor time, on a machine with nothing else to do; what Lambda's first answer may wait for."""
START = """
import json, sys, time
began = time.process_time()
import planner.lambda_handler
spent = time.process_time() - began
late = ["boto3", "botocore", "cryptography", "jwt", "drf_spectacular", "planner.admin", "planner.sign_in"]
print(json.dumps({"seconds": spent, "loaded": [name for name in late if name in sys.modules]}))
"""


def start() -> dict[str, Any]:
    told = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=API, env=told, capture_output=True, text=True, check=True, timeout=300
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_a_worker_starts_within_its_budget_and_loads_nothing_early() -> None:
    """The best of three: the first one may have to write bytecode, a busy machine makes the others slower as well."""
    runs = [start() for _ in range(3)]
    seconds = min(run["seconds"] for run in runs)
    print(f"import of the handler: {seconds:.2f} s of processor time")
    assert [run["loaded"] for run in runs] == [[], [], []]
    assert seconds <= BUDGET_SECONDS


def test_the_document_that_is_served_is_the_one_of_the_views() -> None:
    """Made anew by `python -m development.openapi`, in a process of its own: it changes the framework's settings."""
    code = "import json; from development import openapi; print(json.dumps(openapi.document()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=API, capture_output=True, text=True, check=True, timeout=300
    )
    made = json.loads(done.stdout.splitlines()[-1])
    assert made == json.loads(openapi.DOCUMENT.read_text())
    assert len(made["paths"]) == 9
    assert "Warning" not in done.stderr, done.stderr


def test_the_names_of_static_files_are_those_of_the_files(tmp_path: Path) -> None:
    """Made anew by `python -m development.static_files`."""
    static_files.write(tmp_path / "made.json")
    assert json.loads((tmp_path / "made.json").read_text()) == json.loads(static_files.MANIFEST.read_text())
    assert Hashed().url("admin/css/base.css").startswith("/static/admin/css/base.")


def test_a_migration_takes_one_command_alone() -> None:
    with pytest.raises(migrate.MigrationError, match='the only command is "migrate"'):
        migrate.handle({"command": "flush"})


SECRET = {"host": "db.test", "port": 5432, "dbname": "planner", "username": "u", "password": "old", "ca": "PEM"}


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the driver was told; it lets in who has the password "new"."""
    found: list[dict[str, Any]] = []

    def connect(**told: Any) -> Any:
        found.append(told)
        if told["password"] != "new":
            raise psycopg.OperationalError("password authentication failed")
        return SimpleNamespace(isolation_level=None, cursor_factory=None)

    monkeypatch.setattr("planner.database.base.base.Database.connect", connect)
    monkeypatch.setattr(vault, "RENEW_SECONDS", -1)
    return found


def wrapper() -> DatabaseWrapper:
    from planner.settings import _database

    told = {**_database(), "LOGIN_SECRET_ARN": "arn:database", "NAME": "", "USER": "", "PASSWORD": "", "HOST": ""}
    return DatabaseWrapper({**told, "PORT": "", "TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False})


def test_a_refused_login_is_tried_again_with_the_secret_read_anew(
    tries: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = iter([SECRET, {**SECRET, "password": "new"}])
    monkeypatch.setattr(vault, "_read", lambda arn: next(secrets))
    database = wrapper()
    database.get_new_connection(database.get_connection_params())
    assert [told["password"] for told in tries] == ["old", "new"]
    assert {told["sslmode"] for told in tries} == {"verify-full"}
    assert Path(tries[0]["sslrootcert"]).read_text() == "PEM"
    assert (tries[0]["host"], tries[0]["dbname"], tries[0]["user"]) == ("db.test", "planner", "u")


def test_a_proxy_takes_the_servers_place_and_public_authorities_are_trusted_as_well(
    tries: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PROXY_HOST", "proxy.test")
    monkeypatch.setattr("planner.database.base._public", lambda: "PUBLIC\n")
    monkeypatch.setattr(vault, "_read", lambda arn: {**SECRET, "password": "new"})
    database = wrapper()
    database.get_new_connection(database.get_connection_params())
    assert (tries[0]["host"], tries[0]["sslmode"], tries[0]["user"]) == ("proxy.test", "verify-full", "u")
    assert Path(tries[0]["sslrootcert"]).read_text() == "PUBLIC\nPEM"


def test_a_login_that_is_still_the_same_is_not_tried_twice(
    tries: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_read", lambda arn: dict(SECRET))
    database = wrapper()
    with pytest.raises(psycopg.OperationalError):
        database.get_new_connection(database.get_connection_params())
    assert len(tries) == 1


def test_a_secret_that_cannot_be_read_is_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(arn: str) -> None:
        raise vault.SecretUnreadableError("a secret cannot be read: ClientError")

    monkeypatch.setattr(vault, "_read", unreadable)
    with pytest.raises(OperationalError, match="a secret cannot be read"):
        wrapper().get_connection_params()
